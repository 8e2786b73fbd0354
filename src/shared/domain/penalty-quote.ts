import { z } from 'zod'
import { type Agreement, agreementTypeSchema } from './account.ts'
import { type Instant, monthsAfter, shanghaiDate } from './calendar.ts'
import { fen, zeroFen } from './money.ts'
import { createRuleEnvironment, ruleStepSchema } from './penalty-rule.ts'
import { fail, ok, type Result } from './result.ts'
import type { EffectiveRules } from './rules/resolve-rules.ts'
import { packRefSchema } from './rules/rule-pack.ts'
import { fenSchema, instantSchema } from './scalars.ts'

/** A quote binds for this long; afterwards it is computed anew. */
export const quoteLifeMs = 24 * 3_600_000

/** A penalty with its whole derivation. Immutable: another day or another choice makes another quote. */
export const penaltyQuoteSchema = z.object({
  agreementId: z.string(),
  agreementType: agreementTypeSchema,
  agreementName: z.string(),
  ruleId: z.string(),
  /** The pack that spoke last about the rule, and all that took part: with them the quote can be computed again. */
  packId: z.string(),
  packVersion: z.string(),
  packs: z.array(packRefSchema).min(1),
  clause: z.object({ zh: z.string(), en: z.string() }),
  assumed: z.boolean(),
  source: z.object({ zh: z.string(), en: z.string() }),
  inputs: z.record(z.string(), z.int()),
  steps: z.array(ruleStepSchema.extend({ value: z.int() })),
  amountFen: fenSchema,
  quotedAt: instantSchema,
  expiresAt: instantSchema,
})
export type PenaltyQuote = z.infer<typeof penaltyQuoteSchema>

const environment = createRuleEnvironment()

/** The figures a rule may use besides the agreement's terms: months from the calendar, devices from the counter. */
function calendarInputs(agreement: Agreement, at: Instant, devicesReturned: number): Record<string, number> {
  const today = shanghaiDate(at)
  const { startDate, endDate } = agreement.agreementPeriod
  return {
    remainingMonths: monthsAfter(today, endDate),
    elapsedMonths: Math.min(monthsAfter(startDate, today), monthsAfter(startDate, endDate)),
    totalMonths: monthsAfter(startDate, endDate),
    devicesNotReturned: Math.max(0, agreement.devices.length - devicesReturned),
  }
}

/**
 * Prices the termination of one agreement now. Never negative; an agreement that has ended costs nothing.
 * Errors: `quote.noRule`, `quote.termMissing` (the agreement lacks what its rule names).
 */
export function quotePenalty(request: {
  agreement: Agreement
  /** The rules of the agreement's line on that day. */
  rules: EffectiveRules
  at: Instant
  devicesReturned: number
}): Result<PenaltyQuote> {
  const { agreement, at, rules } = request
  const rule = rules.penaltyRules.find(({ agreementType }) => agreementType === agreement.agreementType)
  if (!rule) return fail('quote.noRule', { params: { agreement: agreement.name } })
  const origin = rules.origins.penaltyRules.get(rule.id)!
  const inputs = { ...agreement.terms, ...calendarInputs(agreement, at, request.devicesReturned) }
  const scope: Record<string, bigint> = {}
  for (const [name, value] of Object.entries(inputs)) scope[name] = BigInt(value)
  const steps: PenaltyQuote['steps'] = []
  for (const step of rule.steps) {
    try {
      const value = environment.evaluate(step.expression, scope) as bigint
      scope[step.name] = value
      steps.push({ ...step, value: Number(value) })
    } catch {
      return fail('quote.termMissing', { params: { agreement: agreement.name, step: step.name } })
    }
  }
  const amount = fen(Math.max(0, steps.at(-1)!.value))
  return ok({
    agreementId: agreement.id,
    agreementType: agreement.agreementType,
    agreementName: agreement.name,
    ruleId: rule.id,
    packId: origin.id,
    packVersion: origin.version,
    packs: [...rules.packs],
    clause: rule.clause,
    assumed: rule.assumed,
    source: rule.source,
    inputs,
    steps,
    amountFen: agreement.agreementPeriod.endDate < shanghaiDate(at) ? zeroFen : amount,
    quotedAt: at,
    expiresAt: (at + quoteLifeMs) as Instant,
  })
}
