import { z } from 'zod'
import { errorCodeSchema } from '../contract/errors.ts'
import { agreementTermsSchema, agreementTypeSchema } from './account.ts'
import { figureNameSchema, figureUnitSchema } from './rules/agreement-terms.ts'
import { bilingualSchema } from './rules/bilingual.ts'
import { dateSchema, fenSchema } from './scalars.ts'

const expressionSchema = z.string().trim().min(1).max(500)

/** One row of a tier table: it counts while the measured figure is below `below`; the last row has no bound. */
export const tierRowSchema = z.object({ below: z.int().optional(), expression: expressionSchema }).strict()

/** One line of a derivation: a name later steps may use, what it is called at the counter, and how it is computed. */
export const ruleStepSchema = z
  .object({
    name: figureNameSchema,
    label: bilingualSchema,
    unit: figureUnitSchema,
    expression: expressionSchema.optional(),
    /** Instead of one expression: which one counts depends on a figure, for example on the months that have passed. */
    tiers: z
      .object({ by: expressionSchema, rows: z.array(tierRowSchema).min(1).max(60) })
      .strict()
      .optional(),
  })
  .strict()
export type RuleStep = z.infer<typeof ruleStepSchema>

/** A hard block: while the condition holds nothing can be terminated, whatever is paid. */
export const ruleHoldSchema = z
  .object({
    while: expressionSchema,
    /** Calendar months, or days, after which it is lifted; without both the coming days are tried one by one. */
    liftedInMonths: expressionSchema.optional(),
    liftedInDays: expressionSchema.optional(),
    reason: bilingualSchema,
  })
  .strict()

/** An example inside the pack: an agreement on a day, and what the rule must say of it. */
export const ruleCaseSchema = z
  .object({
    name: z.string().min(1),
    on: dateSchema,
    startDate: dateSchema,
    endDate: dateSchema,
    terms: agreementTermsSchema.optional(),
    devices: z.int().nonnegative().max(20).optional(),
    devicesReturned: z.int().nonnegative().max(20).optional(),
    /** What it costs, in fen; or the error code; `notApplicable` when `when` must exclude it. */
    fen: fenSchema.optional(),
    error: errorCodeSchema.optional(),
    notApplicable: z.literal(true).optional(),
    /** First day on which the hold is lifted; absent: it must not be held. */
    heldUntil: dateSchema.optional(),
    /** Days from `on` to the first day on which it costs nothing. */
    freeInDays: z.int().nonnegative().optional(),
  })
  .strict()
export type RuleCase = z.infer<typeof ruleCaseSchema>

/** On what a rule rests: the agreement's own text, law, or the carrier's practice. */
export const ruleBases = ['contract', 'statute', 'practice'] as const

/** A penalty rule: steps over the agreement's terms and the calendar; the last step is the penalty in fen. */
export const penaltyRuleSchema = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/),
  agreementType: agreementTypeSchema,
  basis: z.enum(ruleBases),
  clause: bilingualSchema,
  /** Where the formula was seen; `assumed` when nothing authoritative was found, shown to the customer as such. */
  source: bilingualSchema,
  assumed: z.boolean(),
  /** The rule applies only while this holds; without it, always. */
  when: expressionSchema.optional(),
  /** The rule applies only to agreements that carry every term it names. */
  onlyWithTerms: z.boolean().optional(),
  /**
   * Of several rules that apply, the one with the smallest rank is charged; rules without a rank stand behind and compete among
   * themselves: the lowest for the customer is charged.
   */
  rank: z.int().positive().optional(),
  /** The price may rise as time passes, for example because discounts add up. */
  grows: z.boolean().optional(),
  steps: z.array(ruleStepSchema).min(1).max(40),
  hold: ruleHoldSchema.optional(),
  cases: z.array(ruleCaseSchema).optional(),
})
export type PenaltyRule = z.infer<typeof penaltyRuleSchema>

/** All rules of a place after inheritance, with what must hold across their properties. */
export const penaltyRulesSchema = z.array(
  penaltyRuleSchema.superRefine((rule, context) => {
    const names = new Set<string>()
    for (const [index, step] of rule.steps.entries()) {
      const path = ['steps', index]
      if (names.has(step.name))
        context.addIssue({ code: 'custom', path, message: `two steps are called "${step.name}"` })
      names.add(step.name)
      if ((step.expression === undefined) === (step.tiers === undefined))
        context.addIssue({ code: 'custom', path, message: 'a step has either an expression or tiers' })
      const bounds = step.tiers?.rows.map(({ below }) => below) ?? []
      if (step.tiers && bounds.pop() !== undefined)
        context.addIssue({ code: 'custom', path, message: 'the last tier must be open' })
      if (bounds.some((bound, at) => bound === undefined || (at > 0 && bound <= bounds[at - 1]!)))
        context.addIssue({ code: 'custom', path, message: 'tiers must have rising bounds' })
    }
    if (rule.steps.at(-1)!.unit !== 'fen')
      context.addIssue({ code: 'custom', path: ['steps'], message: 'the last step must be money' })
  }),
)
