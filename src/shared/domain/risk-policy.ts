import { z } from 'zod'
import { compileCondition } from './risk-condition.ts'

/** What a second person looks at; a rule names one of these, its own sentence says why. `other` is for what packs invent. */
export const approvalSubjects = [
  'premiumNumber',
  'waiver',
  'largeRefund',
  'faceByEye',
  'blacklist',
  'manualIdentity',
  'asker',
  'recentChange',
  'nightHours',
  'manyCancellations',
  'severalNumbers',
  'other',
] as const
export const approvalSubjectSchema = z.enum(approvalSubjects)
export type ApprovalSubject = z.infer<typeof approvalSubjectSchema>

const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) })
const idSchema = z.string().regex(/^[a-z][A-Za-z0-9]*$/)

/** What happens when a rule is met, from the mildest to the strictest. */
export const riskMeasureSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('secondPerson'),
    subject: approvalSubjectSchema,
    /** Only beside the clerk: what has to be looked at is at the counter, e.g. a face or an original. */
    beside: z.boolean().optional(),
  }),
  /** Nothing is sent to the home province for so many hours; the true holder can stop it by SMS meanwhile. */
  z.object({
    kind: z.literal('coolingOff'),
    hours: z.int().min(1).max(720),
    /** A supervisor who has looked may end it before its time. */
    mayEndEarly: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('refusal') }),
])
export type RiskMeasure = z.infer<typeof riskMeasureSchema>

/** Whose cancellations are counted: the clerk's, the store's, or those of one document (all its numbers). */
export const riskCountSubjects = ['clerk', 'store', 'document'] as const

/** A figure only the service knows, named for the rule's condition: orders accepted in the last hours, this one not counted. */
export const riskCountSchema = z.object({
  name: idSchema,
  of: z.enum(riskCountSubjects),
  hours: z
    .int()
    .min(1)
    .max(24 * 366),
})
export type RiskCount = z.infer<typeof riskCountSchema>

/** One rule: a CEL condition over the facts of `risk-condition.ts`, what follows, and why, in both languages. */
export const riskRuleSchema = z.object({
  id: idSchema,
  when: z.string().min(1).max(500),
  counts: z.array(riskCountSchema).max(4).optional(),
  measure: riskMeasureSchema,
  reason: bilingual,
  source: bilingual.optional(),
  assumed: z.boolean(),
})
export type RiskRule = z.infer<typeof riskRuleSchema>

export const limitSubjects = ['cancellations', 'waivedFen', 'refundFen', 'manualEntries'] as const

/**
 * What one person may do in an hour (the last sixty minutes) or a day (Shanghai calendar day): pieces, or fen where the name says so.
 * A clerk's own acts; for a supervisor `waivedFen` is what they granted.
 */
export const riskLimitSchema = z.object({
  id: idSchema,
  role: z.enum(['clerk', 'supervisor']),
  of: z.enum(limitSubjects),
  per: z.enum(['hour', 'day']),
  most: z.int().nonnegative(),
})
export type RiskLimit = z.infer<typeof riskLimitSchema>

/** The message to the number itself and the way in which its true holder stops the order. */
export const riskWarningSchema = z.object({
  /** What is replied, before the code. Letters only, so that any phone can type it. */
  stopWord: z.string().regex(/^[A-Z]{2,8}$/),
  /** The warning is repeated so many hours before a cooling-off ends. */
  againHoursBefore: z.int().min(0).max(72),
  /** After so many replies with a wrong code nobody but the store can stop the order, and supervisors hear of it. */
  wrongCodesToLock: z.int().min(1).max(20),
})

/** Everything of the policy that is not a list. */
export const riskSettingsSchema = z.object({
  warning: riskWarningSchema,
  /** How long a request for approval on another counter stays open. */
  approvalMinutes: z.int().min(1).max(1440),
})
export type RiskSettings = z.infer<typeof riskSettingsSchema>

/** Rules as a whole: besides their shape every condition must compile, name only facts and its own counts, and be a yes or no. */
export const riskRulesSchema = z.array(
  riskRuleSchema.superRefine((rule, issues) => {
    const compiled = compileCondition(
      rule.when,
      (rule.counts ?? []).map(({ name }) => name),
    )
    if ('problem' in compiled)
      issues.addIssue({ code: 'custom', path: ['when'], message: `rule ${rule.id}: ${compiled.problem}` })
  }),
)

/** When somebody must look, wait or be sent away (product rows 10, 19 and 20), as data. */
export interface RiskPolicy extends RiskSettings {
  /** The packs it was put together from, as `id@version`. */
  version: string
  rules: readonly RiskRule[]
  limits: readonly RiskLimit[]
}

/** The policy among the rules of a place. */
export function riskPolicyOf(rules: {
  risk: RiskSettings
  riskRules: readonly RiskRule[]
  riskLimits: readonly RiskLimit[]
  packs: readonly { id: string; version: string }[]
}): RiskPolicy {
  return {
    ...rules.risk,
    version: rules.packs.map((pack) => `${pack.id}@${pack.version}`).join(' '),
    rules: rules.riskRules,
    limits: rules.riskLimits,
  }
}
