import { z } from 'zod'
import { type Asker, askerSchema, askers, secondRole } from './asker.ts'
import { type AttachmentKind, attachmentKindSchema } from './attachment-kind.ts'
import { documentTypes, type IdentificationType, identificationTypeSchema } from './identification-type.ts'
import { type Expectation, type IdentityDocument, manualReasonCodeSchema } from './identity-document.ts'
import { type RefundRoute, refundRoutes } from './refund-routes.ts'
import { fail, ok, type Result } from './result.ts'

const textSchema = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
const typesSchema = z.array(identificationTypeSchema).min(1)

/** One paper beyond documents, portrait and signed form. */
const paperSchema = z.strictObject({
  code: attachmentKindSchema,
  /** What it must be, in words a clerk says to the customer. */
  text: textSchema,
  /** False: it is looked at and given back; nothing of it is kept. */
  photographed: z.boolean(),
})

/** Section `papers` of the rule packs, an entry per asker: what they may do here, and with which papers. */
export const askerRuleSchema = z.strictObject({
  asker: askerSchema,
  allowed: z.boolean(),
  /** Why not, and what the customer can do instead; shown when it is not allowed. */
  why: textSchema.optional(),
  holder: z.strictObject({
    /** `original`: shown and photographed. `stated`: only its data, for instance from a death certificate. */
    document: z.enum(['original', 'stated']),
    types: typesSchema,
    age: z.enum(['adult', 'minor', 'any']),
  }),
  /** The document of the person at the counter, where that is not the holder. */
  second: z.strictObject({ types: typesSchema }).optional(),
  /** Whose face is compared, with the same person's document. */
  face: z.enum(['holder', 'second']),
  /** Whether service password or one-time code must be given. */
  credential: z.enum(['required', 'none']),
  /** A supervisor looks at the papers as well. */
  secondPerson: z.boolean(),
  refund: z.strictObject({ to: z.enum(['holder', 'second']), routes: z.array(z.enum(refundRoutes)).min(1) }),
  /** Keeps what is known of the line and all papers unchangeably before the line is closed. */
  preserveEvidence: z.boolean(),
  papers: z.array(paperSchema),
  /** True where no published rule was found. */
  assumed: z.boolean(),
  source: z.string().optional(),
})
export type AskerRule = z.infer<typeof askerRuleSchema>

/** All askers of a place: each one there once, refusals with their reason, a face only of somebody who shows a document. */
export const askerRulesSchema = z.array(askerRuleSchema).superRefine((rules, context) => {
  const issue = (message: string) => context.addIssue({ code: 'custom', message })
  for (const asker of askers) {
    const found = rules.filter((rule) => rule.asker === asker)
    if (found.length !== 1) issue(`asker ${asker} stands here ${found.length} times`)
    for (const rule of found) {
      if (!rule.allowed && !rule.why) issue(`asker ${asker} is not allowed and it is not said why`)
      if (Boolean(rule.second) !== Boolean(secondRole(asker))) issue(`asker ${asker}: the second document does not fit`)
      if ((rule.face === 'second' || rule.refund.to === 'second') && !rule.second)
        issue(`asker ${asker}: there is no second person`)
    }
  }
})

/** A reason for typing a document that has a chip. */
const manualReasonSchema = z.strictObject({
  code: manualReasonCodeSchema,
  text: textSchema,
  /** It must be said in words as well. */
  words: z.boolean(),
})
export type ManualReason = z.infer<typeof manualReasonSchema>

/** What may be chosen where the rules in force say nothing of their own: packs from before they listed reasons, or none yet. */
export const usualManualReasons: ManualReason[] = [
  { code: 'noReader', text: { zh: '本台未接读卡器', en: 'No reader at this desk' }, words: false },
  { code: 'readerBroken', text: { zh: '读卡器故障', en: 'Reader out of order' }, words: false },
  { code: 'chipUnreadable', text: { zh: '芯片读不出', en: 'Chip cannot be read' }, words: false },
  { code: 'other', text: { zh: '其他', en: 'Other' }, words: true },
]

/** Seconds a proof counts where the rules in force say nothing of their own (domain facts, chapter 2: one operator's practice). */
export const usualProofSeconds = 1800

/** Section `identity` of the rule packs. */
export const identityRulesSchema = z.strictObject({
  /** Document types the remote flow accepts at all. */
  documentTypes: typesSchema,
  /** Who may type a document that has a chip. */
  manualRoles: z.array(z.enum(['clerk', 'supervisor', 'trainer'])),
  /** Whether it must be said why. */
  manualReasonNeeded: z.boolean(),
  /** The reasons to choose from, in the order of their digits. */
  manualReasons: z
    .array(manualReasonSchema)
    .min(1)
    .max(9)
    .refine((reasons) => new Set(reasons.map(({ code }) => code)).size === reasons.length)
    .default(usualManualReasons),
  /** Seconds an identity proof counts; then the customer proves themselves again. */
  proofSeconds: z.int().min(60).max(86_400).default(usualProofSeconds),
  assumed: z.boolean(),
})
export type IdentityRules = z.infer<typeof identityRulesSchema>

/** The two sections together, as the rules of a place have them. */
export interface PaperRules {
  papers: readonly AskerRule[]
  identity: IdentityRules
}

/** What a place says about an asker. Throws when it says nothing: sections are whole. */
export function ruleFor({ papers }: PaperRules, asker: Asker): AskerRule {
  const rule = papers.find((each) => each.asker === asker)
  if (!rule) throw new Error(`no rule for ${asker}`)
  return rule
}

/** One thing on the list of what is needed. */
export interface NeededPaper {
  kind: AttachmentKind
  /** Whose it is. */
  of: 'holder' | 'second' | 'case'
  /** In the words of the rule, where it is not one of the papers every case has. */
  text: { zh: string; en: string } | undefined
  photographed: boolean
}

export interface PapersNeeded {
  asker: Asker
  rule: AskerRule
  papers: NeededPaper[]
}

function sides(
  type: IdentificationType | undefined,
  front: AttachmentKind,
  back: AttachmentKind,
  of: NeededPaper['of'],
) {
  const one = (kind: AttachmentKind): NeededPaper => ({ kind, of, text: undefined, photographed: true })
  return type && !documentTypes[type].back ? [one(front)] : [one(front), one(back)]
}

/**
 * The one complete list of what an asker needs, in the order in which a clerk takes it: the holder's document, the second person's, the
 * papers of the rule, the portrait, the signed form. Sides depend on the types once known; before that both are listed.
 * Error: `asker.notAllowed` with `asker`.
 */
export function papersNeeded(
  rules: PaperRules,
  asker: Asker,
  types: { holder?: IdentificationType | undefined; second?: IdentificationType | undefined } = {},
): Result<PapersNeeded> {
  const rule = ruleFor(rules, asker)
  if (!rule.allowed) return fail('asker.notAllowed', { field: 'asker', params: { asker } })
  const own = (kind: AttachmentKind): NeededPaper => ({ kind, of: 'case', text: undefined, photographed: true })
  return ok({
    asker,
    rule,
    papers: [
      ...(rule.holder.document === 'original' ? sides(types.holder, 'documentFront', 'documentBack', 'holder') : []),
      ...(rule.second ? sides(types.second, 'secondDocumentFront', 'secondDocumentBack', 'second') : []),
      ...rule.papers.map(
        ({ code, text, photographed }): NeededPaper => ({ kind: code, of: 'case', text, photographed }),
      ),
      own('portrait'),
      own('signedForm'),
    ],
  })
}

/** What is expected of the age and life of the two documents. */
export function expectationsOf(rule: AskerRule): { holder: Expectation; second: Expectation } {
  return {
    holder: { age: rule.holder.age, mayBeOver: rule.holder.document === 'stated' },
    second: { age: 'adult', mayBeOver: false },
  }
}

/** Whether a person's document is of a type that is accepted for that person here. Error: `document.typeNotAccepted`. */
export function checkType(
  rules: PaperRules,
  asker: Asker,
  who: 'holder' | 'second',
  type: IdentificationType,
): Result<undefined> {
  const rule = ruleFor(rules, asker)
  const accepted = who === 'holder' ? rule.holder.types : (rule.second?.types ?? [])
  return accepted.includes(type) && rules.identity.documentTypes.includes(type)
    ? ok(undefined)
    : fail('document.typeNotAccepted', { field: 'identificationType', params: { documentType: type } })
}

/**
 * Typing a document that has a chip needs a right and one of the listed reasons, with words where it says nothing by itself (product
 * row 2). Errors: `document.manualForbidden`, `document.reasonMissing`.
 */
export function checkManualEntry(
  { identity }: PaperRules,
  document: Pick<IdentityDocument, 'identificationType' | 'entry' | 'manualReason' | 'manualNote'>,
  role: string,
): Result<undefined> {
  if (document.entry !== 'manual' || !documentTypes[document.identificationType].chip) return ok(undefined)
  if (!(identity.manualRoles as readonly string[]).includes(role)) return fail('document.manualForbidden')
  if (!identity.manualReasonNeeded) return ok(undefined)
  const reason = identity.manualReasons.find(({ code }) => code === document.manualReason)
  if (!reason) return fail('document.reasonMissing', { field: 'manualReason' })
  return reason.words && !document.manualNote ? fail('document.reasonMissing', { field: 'manualNote' }) : ok(undefined)
}

/** Two people are two: nobody is their own agent, guardian or heir. Errors: `asker.documentMissing`, `asker.samePerson`. */
export function checkSecond(
  asker: Asker,
  holder: Pick<IdentityDocument, 'identificationType' | 'identificationId'>,
  second: Pick<IdentityDocument, 'identificationType' | 'identificationId'> | undefined,
): Result<undefined> {
  if (!secondRole(asker)) return ok(undefined)
  if (!second) return fail('asker.documentMissing', { field: 'asker.document' })
  return second.identificationId === holder.identificationId
    ? fail('asker.samePerson', { field: 'asker.document' })
    : ok(undefined)
}

/** A refund by a route that the asker may not use: an absent holder's money is not handed over in cash. Error: `refund.routeForAsker`. */
export function checkRefundRoute(rule: AskerRule, route: RefundRoute): Result<undefined> {
  return rule.refund.routes.includes(route)
    ? ok(undefined)
    : fail('refund.routeForAsker', { field: 'refund.route', params: { route } })
}
