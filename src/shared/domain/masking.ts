/** `王小明` → `王*明`, `陈强` → `陈*`; the home province's own mask (all but the last character) stays as it comes. */
export function maskName(name: string): string {
  const characters = [...name.trim()]
  if (characters.length <= 1) return characters.join('')
  if (characters.length === 2) return `${characters[0]}*`
  return `${characters[0]}${'*'.repeat(characters.length - 2)}${characters.at(-1)}`
}

/** `412…0019`: the first three and last four characters of a document number. */
export function maskIdentification(id: string): string {
  return id.length <= 8 ? `${id.slice(0, 1)}…${id.slice(-2)}` : `${id.slice(0, 3)}…${id.slice(-4)}`
}
