import type { Fen } from './scalars.ts'

export type { Fen } from './scalars.ts'

/** Marks an integer as fen; throws on a fraction or beyond 2^53, which is always a bug. */
export function fen(amount: number): Fen {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`not an integer number of fen: ${amount}`)
  return (amount === 0 ? 0 : amount) as Fen
}

export const zeroFen = fen(0)

/** Sum of amounts, in fen. */
export function sumFen(amounts: Iterable<Fen>): Fen {
  let total = 0
  for (const amount of amounts) total += amount
  return fen(total)
}

/**
 * `amount × numerator ÷ denominator`, rounded half-up (away from zero) to the fen, in exact integer arithmetic.
 * Rounding is not stated by any source for late fees; half-up is our assumption and is shown wherever it is used.
 */
export function multiplyRatio(amount: Fen, numerator: bigint, denominator: bigint): Fen {
  if (denominator <= 0n) throw new RangeError('denominator must be positive')
  const product = BigInt(amount) * numerator
  const magnitude = product < 0n ? -product : product
  const rounded = (2n * magnitude + denominator) / (2n * denominator)
  return fen(Number(product < 0n ? -rounded : rounded))
}

/** Reads a decimal such as `"0.003"` or `"30"` exactly as numerator and denominator; undefined if it is no decimal. */
export function parseDecimal(text: string): { numerator: bigint; denominator: bigint } | undefined {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,12}))?$/.exec(text.trim())
  if (!match) return undefined
  const fraction = match[3] ?? ''
  const numerator = BigInt(`${match[1]}${match[2]}${fraction}`)
  return { numerator, denominator: 10n ** BigInt(fraction.length) }
}

/** Reads an amount typed by a clerk in yuan (`"18,388.50"`, `"12"`) as fen; undefined if it is not an amount. */
export function parseYuan(text: string): Fen | undefined {
  const match = /^(-?)(\d{1,11})(?:\.(\d{1,2}))?$/.exec(
    text
      .trim()
      .replace(/^[¥￥]\s*/, '')
      .replaceAll(',', ''),
  )
  if (!match) return undefined
  const magnitude = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'))
  return fen(match[1] ? -magnitude : magnitude)
}

/** Formats fen as yuan with grouped thousands and two decimals, e.g. `18,388.50`; the minus is the true minus sign. */
export function formatYuan(amount: Fen): string {
  const magnitude = Math.abs(amount)
  const yuan = String(Math.trunc(magnitude / 100)).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${amount < 0 ? '−' : ''}${yuan}.${String(magnitude % 100).padStart(2, '0')}`
}
