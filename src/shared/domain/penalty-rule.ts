import { Environment } from '@marcbachmann/cel-js'
import { z } from 'zod'
import { agreementTypeSchema } from './account.ts'
import { fen, multiplyRatio, parseDecimal } from './money.ts'

const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) })

/** One line of a derivation: a name later steps may use, what it is called at the counter, and how it is computed. */
export const ruleStepSchema = z.object({
  name: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
  label: bilingual,
  unit: z.enum(['fen', 'months', 'count', 'percent']),
  expression: z.string().min(1),
})

/** A penalty rule: CEL steps over the agreement's terms; the last step is the penalty in fen. */
export const penaltyRuleSchema = z.object({
  id: z.string().min(1),
  agreementType: agreementTypeSchema,
  clause: bilingual,
  /** Where the formula was seen; `assumed` when nothing authoritative was found, shown to the customer as such. */
  source: bilingual,
  assumed: z.boolean(),
  steps: z.array(ruleStepSchema).min(1),
})
export type PenaltyRule = z.infer<typeof penaltyRuleSchema>

/** What a rule's expressions may call. All arithmetic is on 64-bit integers: fen, months, pieces; nothing floats. */
export function createRuleEnvironment(): Environment {
  const ratio = (amount: bigint, rate: string, hundredfold: bigint): bigint => {
    const decimal = parseDecimal(rate)
    if (!decimal) throw new Error(`not a decimal: ${rate}`)
    return BigInt(multiplyRatio(fen(Number(amount)), decimal.numerator, decimal.denominator * hundredfold))
  }
  return new Environment({ unlistedVariablesAreDyn: true })
    .registerFunction('percent(int, string): int', (amount: bigint, rate: string) => ratio(amount, rate, 100n))
    .registerFunction('times(int, string): int', (amount: bigint, factor: string) => ratio(amount, factor, 1n))
    .registerFunction('max(int, int): int', (a: bigint, b: bigint) => (a > b ? a : b))
    .registerFunction('min(int, int): int', (a: bigint, b: bigint) => (a < b ? a : b))
}
