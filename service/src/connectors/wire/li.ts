import { type Fen, fen } from '../../../../src/shared/domain/money.ts'

/** Home provinces exchange money in li (1/1000 yuan); the product counts in fen (1/100 yuan): 1 fen = 10 li. */
const liPerFen = 10

/** Fen as li, exactly. */
export function liFromFen(amount: number): number {
  return amount * liPerFen
}

/** Li as fen; undefined when the amount is no whole number of fen, which no bill of a home province may be. */
export function fenFromLi(li: number): Fen | undefined {
  return Number.isSafeInteger(li) && li % liPerFen === 0 ? fen(li / liPerFen) : undefined
}

/** Renames `…Fen` to `…Li` and multiplies; all other entries stay. For agreement terms and blocker parameters. */
export function namedFenToLi<V extends string | number>(entries: Record<string, V>): Record<string, V | number> {
  return renameMoney(entries, 'Fen', 'Li', (value) => value * liPerFen)
}

/** Renames `…Li` to `…Fen` and divides exactly; throws a RangeError on a fraction of a fen. */
export function namedLiToFen<V extends string | number>(entries: Record<string, V>): Record<string, V | number> {
  return renameMoney(entries, 'Li', 'Fen', (value) => {
    const amount = fenFromLi(value)
    if (amount === undefined) throw new RangeError(`not a whole number of fen: ${value} li`)
    return amount
  })
}

function renameMoney<V extends string | number>(
  entries: Record<string, V>,
  from: string,
  to: string,
  convert: (value: number) => number,
): Record<string, V | number> {
  const renamed: Record<string, V | number> = {}
  for (const [name, value] of Object.entries(entries)) {
    if (typeof value === 'number' && name.endsWith(from)) renamed[name.slice(0, -from.length) + to] = convert(value)
    else renamed[name] = value
  }
  return renamed
}
