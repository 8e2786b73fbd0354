import type { Finding } from '../base/subscriber.ts'

/** How lists and named values are written into one CSV cell. See the README beside the simulators. */

/** `a|b|c`. */
export function writeList(items: readonly string[]): string {
  return items.join('|')
}

/** Reads `a|b|c`; an empty cell is an empty list. */
export function readList(cell: string): string[] {
  return cell === '' ? [] : cell.split('|')
}

/** `name=12;other=3`. */
export function writeNamed(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(';')
}

/** Reads `name=12;other=text`; integers become numbers. Undefined when a part has no `=`. */
export function readNamed(cell: string): Record<string, string | number> | undefined {
  const values: Record<string, string | number> = {}
  if (cell === '') return values
  for (const part of cell.split(';')) {
    const at = part.indexOf('=')
    if (at <= 0) return undefined
    const text = part.slice(at + 1)
    // Numbers of subscribers stay texts; amounts and counts become numbers.
    values[part.slice(0, at)] = /^-?(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : text
  }
  return values
}

/** `CODE|CODE(name=value;name=value)`. */
export function writeFindings(findings: readonly Finding[]): string {
  return writeList(
    findings.map(({ code, params }) => (Object.keys(params).length === 0 ? code : `${code}(${writeNamed(params)})`)),
  )
}

/** Reads what `writeFindings` wrote; undefined when it is malformed. */
export function readFindings(cell: string): Finding[] | undefined {
  const findings: Finding[] = []
  for (const part of readList(cell)) {
    const match = /^([A-Z][A-Z0-9_]*)(?:\((.*)\))?$/.exec(part)
    const params = match ? readNamed(match[2] ?? '') : undefined
    if (!match || !params) return undefined
    findings.push({ code: match[1]!, params })
  }
  return findings
}
