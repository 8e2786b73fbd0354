/** A number field's text after a keystroke: grouped 3-4-4, with the caret where the clerk left it. */
export interface TypedNumber {
  /** The digits alone, without a leading +86 or 0086. */
  digits: string
  text: string
  caret: number
}

/** One more than an IoT number has, so that a number that is too long is told apart instead of cut silently. */
const longest = 13

/** `1393510` → `139 3510`; whatever follows the eleventh digit stands as a group of its own. */
export function groupDigits(digits: string): string {
  return [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7, 11), digits.slice(11)].filter(Boolean).join(' ')
}

/** Reads what is in the field after typing, pasting or scanning, and says what to show and where the caret belongs. */
export function typeNumber(text: string, caret: number): TypedNumber {
  // Chinese input methods may write full-width digits; they fold to one plain digit each.
  const plain = text.normalize('NFKC')
  const all = plain.replace(/\D/g, '')
  const lead = /^(?:86|0086)(?=1\d)/.exec(all)?.[0].length ?? 0
  const digits = all.slice(lead, lead + longest)
  const before = Math.min(Math.max(0, plain.slice(0, caret).replace(/\D/g, '').length - lead), digits.length)
  const grouped = groupDigits(digits)
  let position = 0
  for (let seen = 0; seen < before; position++) if (grouped[position] !== ' ') seen++
  // After the last digit of a full group the caret goes behind the space, so that the next digit lands where it is shown.
  if (grouped[position] === ' ') position++
  return { digits, text: grouped, caret: position }
}

const mask = '___ ____ ____'

/** The places still empty, to be shown after what was typed. */
export function restOfMask(text: string): string {
  return mask.slice(text.length)
}
