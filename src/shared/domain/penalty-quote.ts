import { z } from 'zod'
import { type Agreement, agreementTypeSchema } from './account.ts'
import { type Instant, millisecondsPerDay, shanghaiDate } from './calendar.ts'
import { fen, zeroFen } from './money.ts'
import { type PenaltyRule, ruleBases } from './penalty-rule.ts'
import { fail, ok, type Result } from './result.ts'
import { figureUnitSchema } from './rules/agreement-terms.ts'

import { heldUntil } from './rules/hold-until.ts'
import {
  hasEnded,
  type PricedRule,
  type PricedStep,
  type PricingScene,
  priceAgreement,
  stepsByName,
} from './rules/price-rules.ts'
import { calendarInputs } from './rules/pricing-inputs.ts'
import type { EffectiveRules } from './rules/resolve-rules.ts'
import { packRefSchema } from './rules/rule-pack.ts'
import { dateSchema, fenSchema, instantSchema } from './scalars.ts'

const told = z.object({ zh: z.string(), en: z.string() })

const quoteStepSchema = z.object({
  name: z.string(),
  label: told,
  unit: figureUnitSchema,
  expression: z.string(),
  value: z.int(),
  /** The value was rounded half-up to a whole unit. */
  rounded: z.literal(true).optional(),
  /** Of a tier table: what was measured, and the bounds of the row that counted. */
  tier: z.object({ by: z.string(), value: z.int(), from: z.int().optional(), below: z.int().optional() }).optional(),
})

/** One rule computed to the end: what the customer can check step by step. */
export const penaltyDerivationSchema = z.object({
  ruleId: z.string(),
  /** The pack that spoke last about the rule. */
  packId: z.string(),
  packVersion: z.string(),
  basis: z.enum(ruleBases),
  clause: told,
  source: told,
  assumed: z.boolean(),
  /** The price may rise as time passes; a coming day's figure is then a lower bound. */
  grows: z.literal(true).optional(),
  steps: z.array(quoteStepSchema).min(1),
  amountFen: fenSchema,
})
export type PenaltyDerivation = z.infer<typeof penaltyDerivationSchema>

/**
 * A penalty with its whole derivation: the rule that is charged, and beside it every other that applies. Immutable: another day,
 * another version of the rules or another choice makes another quote. All packs that took part are named, so that it can be computed
 * again at any time.
 */
export const penaltyQuoteSchema = penaltyDerivationSchema.extend({
  agreementId: z.string(),
  agreementType: agreementTypeSchema,
  agreementName: z.string(),
  packs: z.array(packRefSchema).min(1),
  inputs: z.record(z.string(), z.int()),
  /** Why this rule is charged: it is the only one, the lowest for the customer, or first in the prescribed order. */
  chosenBy: z.enum(['only', 'lowest', 'order']),
  /** The other rules that apply, in the order in which they would be charged. */
  alternatives: z.array(penaltyDerivationSchema),
  /** A hard block: nothing can be terminated before that day (unless its reason goes away earlier). */
  hold: z.object({ ruleId: z.string(), reason: told, until: dateSchema }).optional(),
  quotedAt: instantSchema,
  expiresAt: instantSchema,
})
export type PenaltyQuote = z.infer<typeof penaltyQuoteSchema>
export type QuoteStep = PenaltyDerivation['steps'][number]

const neverNegative = { zh: '不低于零', en: 'Never below zero' }
const agreementEnded = { zh: '协议已到期，不再收取', en: 'The agreement has ended: nothing is charged' }

function quoteStep({ compiled, expression, value, rounded, tier }: PricedStep): QuoteStep {
  const { name, label, unit } = compiled.step
  return {
    name,
    label,
    unit,
    expression,
    value,
    ...(rounded ? { rounded: true as const } : {}),
    ...(tier ? { tier } : {}),
  }
}

function derivation(rules: EffectiveRules, rule: PenaltyRule, steps: QuoteStep[]): PenaltyDerivation {
  const origin = rules.origins.penaltyRules.get(rule.id)!
  return {
    ruleId: rule.id,
    packId: origin.id,
    packVersion: origin.version,
    basis: rule.basis,
    clause: rule.clause,
    source: rule.source,
    assumed: rule.assumed,
    ...(rule.grows ? { grows: true as const } : {}),
    steps,
    amountFen: fen(steps.at(-1)!.value),
  }
}

function derivationOf(rules: EffectiveRules, priced: PricedRule): PenaltyDerivation {
  const steps = priced.steps.map(quoteStep)
  const last = steps.at(-1)!
  if (last.value < 0)
    steps.push({ name: 'floor', label: neverNegative, unit: 'fen', expression: `max(${last.name}, 0)`, value: 0 })
  return derivation(rules, priced.compiled.rule, steps)
}

function chosenBy([first, second]: readonly PricedRule[]): PenaltyQuote['chosenBy'] {
  if (!second) return 'only'
  return first!.compiled.rule.rank === second.compiled.rule.rank ? 'lowest' : 'order'
}

/** Of several blocks the one that lasts longest. */
function holdOf(priced: readonly PricedRule[], scene: PricingScene): PenaltyQuote['hold'] {
  return priced
    .filter(({ held }) => held)
    .map((each) => ({
      ruleId: each.compiled.rule.id,
      reason: each.compiled.rule.hold!.reason,
      until: heldUntil(each.compiled, scene, stepsByName(each)),
    }))
    .sort((a, b) => (a.until < b.until ? 1 : -1))[0]
}

/** The derivation of an agreement whose last day has passed: one step, nothing charged. */
function endedQuote(rules: EffectiveRules, agreement: Agreement): Result<PenaltyDerivation> {
  const ofKind = rules.penaltyRules.filter((each) => each.agreementType === agreement.agreementType)
  const rankOf = ({ rank = Number.MAX_SAFE_INTEGER }: PenaltyRule) => rank
  const rule = ofKind.sort((a, b) => rankOf(a) - rankOf(b) || (a.id < b.id ? -1 : 1))[0]
  if (!rule) return fail('quote.noRule', { params: { agreement: agreement.name } })
  return ok(derivation(rules, rule, [{ name: 'ended', label: agreementEnded, unit: 'fen', expression: '0', value: 0 }]))
}

/** Until when figures computed at an instant bind: a deadline of the rules. */
export function quotesBindUntil(rules: EffectiveRules, at: Instant): Instant {
  return (at + rules.deadlines.quote.days * millisecondsPerDay) as Instant
}

/**
 * Prices the termination of one agreement at an instant by the rules of its line on that Shanghai day. Never negative; an agreement
 * that has ended costs nothing. Amounts in fen, each step that divides rounded half-up.
 * Errors: `quote.noRule`, `quote.termMissing` (the agreement lacks what a rule names), `quote.ruleBroken` (a rule cannot be computed).
 */
export function quotePenalty(request: {
  agreement: Agreement
  rules: EffectiveRules
  at: Instant
  devicesReturned: number
}): Result<PenaltyQuote> {
  const { agreement, at, rules, devicesReturned } = request
  const scene = { agreement, on: shanghaiDate(at), devicesReturned }
  const head = {
    agreementId: agreement.id,
    agreementType: agreement.agreementType,
    agreementName: agreement.name,
    packs: [...rules.packs],
    inputs: { ...agreement.terms, ...calendarInputs(agreement, scene.on, devicesReturned) },
    quotedAt: at,
    expiresAt: quotesBindUntil(rules, at),
  }
  if (hasEnded(scene)) {
    const ended = endedQuote(rules, agreement)
    return ended.ok ? ok({ ...head, ...ended.value, amountFen: zeroFen, chosenBy: 'only', alternatives: [] }) : ended
  }
  const priced = priceAgreement(rules, scene)
  if (!priced.ok) return priced
  const [charged, ...others] = priced.value.map((each) => derivationOf(rules, each))
  const hold = holdOf(priced.value, scene)
  return ok({
    ...head,
    ...charged!,
    chosenBy: chosenBy(priced.value),
    alternatives: others,
    ...(hold ? { hold } : {}),
  })
}
