import type { MissingItem } from '../../../shared/domain/case-missing.ts'

type Gathered = 'acknowledge' | 'choice'

/** One line of the stub: one thing missing, or several of the same kind. */
export interface MissingLine {
  items: [MissingItem, ...MissingItem[]]
  many: { code: Gathered; count: number } | undefined
}

const gathered: readonly MissingItem['code'][] = ['acknowledge', 'choice']

/**
 * What stops first, then what waits, each in the order of the steps. Findings to be told and agreements to be decided
 * become one line from the third on; nothing is left out of the count.
 */
export function gatherMissing(missing: readonly MissingItem[]): MissingLine[] {
  const ordered = [
    ...missing.filter((item) => item.severity === 'stops'),
    ...missing.filter((item) => item.severity !== 'stops'),
  ]
  const lines: MissingLine[] = []
  for (const item of ordered) {
    const alike = ordered.filter((other) => other.code === item.code)
    if (!gathered.includes(item.code) || alike.length < 3) lines.push({ items: [item], many: undefined })
    else if (alike[0] === item)
      lines.push({ items: [item, ...alike.slice(1)], many: { code: item.code as Gathered, count: alike.length } })
  }
  return lines
}
