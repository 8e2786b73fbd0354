/** Where something stands in a text, counted from one. */
export interface TextPosition {
  line: number
  column: number
}

/** Offsets of every value of a JSON text by its path (`["sections","risk"]` as JSON text). */
type Offsets = Map<string, number>

const space = /[\s]*/y
const text = /"(?:[^"\\]|\\.)*"/y
const scalar = /-?\d[\d.eE+-]*|true|false|null/y

function match(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0] ?? ''
}

/** Notes where the value at `at` and everything in it begins; answers where it ends. The text is valid JSON. */
function scan(source: string, at: number, path: (string | number)[], offsets: Offsets): number {
  let here = at + match(space, source, at).length
  offsets.set(JSON.stringify(path), here)
  const open = source[here]
  if (open !== '{' && open !== '[') {
    return here + (open === '"' ? match(text, source, here) : match(scalar, source, here)).length
  }
  const close = open === '{' ? '}' : ']'
  here += 1
  for (let index = 0; ; index += 1) {
    here += match(space, source, here).length
    if (source[here] === close) return here + 1
    let key: string | number = index
    if (open === '{') {
      const name = match(text, source, here)
      key = JSON.parse(name) as string
      here += name.length
      here += match(space, source, here).length + 1
    }
    here = scan(source, here, [...path, key], offsets)
    here += match(space, source, here).length
    if (source[here] === ',') here += 1
  }
}

function positionAt(source: string, offset: number): TextPosition {
  const before = source.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}

/**
 * Reads a JSON text and answers its value together with a function that says where a path of it stands; of a path that is not there,
 * where the nearest part of it stands. A text that is no JSON is answered with the place of its first error.
 */
export function readJson(
  source: string,
):
  | { ok: true; value: unknown; locate(path: readonly PropertyKey[]): TextPosition }
  | { ok: false; message: string; position: TextPosition } {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const told = /line (\d+) column (\d+)/.exec(message)
    const position = told ? { line: Number(told[1]), column: Number(told[2]) } : positionAt(source, source.length)
    return { ok: false, message: message.replace(/ in JSON at position.*| \(line.*/, ''), position }
  }
  let offsets: Offsets | undefined
  return {
    ok: true,
    value,
    locate(path) {
      if (!offsets) {
        offsets = new Map()
        scan(source, 0, [], offsets)
      }
      for (let length = path.length; length >= 0; length -= 1) {
        const offset = offsets.get(JSON.stringify(path.slice(0, length)))
        if (offset !== undefined) return positionAt(source, offset)
      }
      return { line: 1, column: 1 }
    },
  }
}
