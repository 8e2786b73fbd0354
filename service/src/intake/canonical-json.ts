import { isStorableText } from '../storable.ts'

/** Deeper than any job; what is nested thousands of times would end the stack. */
const deepest = 64

/** Text JSON writes as it is. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

function quoted(text: string): string | undefined {
  if (plain.test(text)) return `"${text}"`
  return isStorableText(text) ? JSON.stringify(text) : undefined
}

function write(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : undefined
  if (typeof value !== 'object' || value === null) return `${value}`
  if (depth > deepest) return undefined
  let text = ''
  if (Array.isArray(value)) {
    for (const one of value) {
      const written = write(one, depth + 1)
      if (written === undefined) return undefined
      text += text === '' ? written : `,${written}`
    }
    return `[${text}]`
  }
  // By UTF-16 units, as JavaScript sorts.
  for (const name of Object.keys(value).sort()) {
    const [key, written] = [quoted(name), write((value as Record<string, unknown>)[name], depth + 1)]
    if (key === undefined || written === undefined) return undefined
    text += `${text === '' ? '' : ','}${key}:${written}`
  }
  return `{${text}}`
}

/**
 * Canonical JSON (RFC 8785) of what was read from JSON, for which nothing has to be looked for that only programs make: twice as fast
 * as the library that writes it of anything. Undefined for what has no canonical form (half a character, a number beyond all bounds), no
 * database could keep, or is nested deeper than any job.
 */
export function canonicalJson(value: unknown): string | undefined {
  return write(value, 0)
}
