import { Environment } from '@marcbachmann/cel-js'
import { z } from 'zod'
import { type AgreementType, agreementTypeSchema } from './account.ts'
import type { ShanghaiDate } from './calendar.ts'
import { type Carrier, carrierSchema, type Province, provinceSchema } from './geography.ts'
import { lateFeeRuleSchema } from './late-fee.ts'
import { fen, multiplyRatio, parseDecimal } from './money.ts'
import { dateSchema } from './scalars.ts'

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
  scope: z.object({ carrier: carrierSchema.optional(), province: provinceSchema.optional() }).default({}),
  clause: bilingual,
  /** Where the formula was seen; `assumed` when nothing authoritative was found, shown to the customer as such. */
  source: bilingual,
  assumed: z.boolean(),
  steps: z.array(ruleStepSchema).min(1),
})
export type PenaltyRule = z.infer<typeof penaltyRuleSchema>

/** A set of rules in force from a day on. */
export const rulePackSchema = z.object({
  id: z.string().min(1),
  version: z.string().min(1),
  validFrom: dateSchema,
  lateFee: lateFeeRuleSchema,
  penaltyRules: z.array(penaltyRuleSchema),
})
export type RulePack = z.infer<typeof rulePackSchema>

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

/** The pack in force on a day: the latest that has begun. */
export function packOn(packs: readonly RulePack[], on: ShanghaiDate): RulePack | undefined {
  return packs.filter((pack) => pack.validFrom <= on).sort((a, b) => (a.validFrom < b.validFrom ? 1 : -1))[0]
}

/** The rule that applies: the most specific scope wins (carrier and province, then carrier, then nation-wide). */
export function ruleFor(
  pack: RulePack,
  where: { agreementType: AgreementType; carrier: Carrier; province: Province },
): PenaltyRule | undefined {
  const specificity = (rule: PenaltyRule) => (rule.scope.province ? 2 : 0) + (rule.scope.carrier ? 1 : 0)
  return pack.penaltyRules
    .filter((rule) => rule.agreementType === where.agreementType)
    .filter((rule) => !rule.scope.carrier || rule.scope.carrier === where.carrier)
    .filter((rule) => !rule.scope.province || rule.scope.province === where.province)
    .sort((a, b) => specificity(b) - specificity(a) || (a.id < b.id ? -1 : 1))[0]
}
