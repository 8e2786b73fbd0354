import { z } from 'zod'
import { type BlockerSeverity, blockerEntry, blockerSeverities } from './blocker-catalogue.ts'
import type { ShanghaiDate } from './calendar.ts'
import type { RuleSection } from './rules/rule-section.ts'
import { dateSchema } from './scalars.ts'
import { type TaskWay, taskWaySchema } from './task-kinds.ts'

/** Kinds of business a rule is about. The counter does one of them; the data name it, so that others can follow. */
export const businessTypes = ['remoteCancellation'] as const
export const businessTypeSchema = z.enum(businessTypes)
export type BusinessType = z.infer<typeof businessTypeSchema>

const bilingual = z.object({ zh: z.string().min(1), en: z.string().min(1) })

/**
 * What one blocker does to one kind of business: block, ask or ignore (domain facts, chapter 5). Absent parts are those of
 * the level above, and in the end those of the catalogue. What an authority has ordered can neither be asked nor ignored.
 */
export const blockerRuleSchema = z
  .strictObject({
    code: z.string().regex(/^[A-Z][A-Z0-9_]{1,59}$/),
    businessType: businessTypeSchema.default('remoteCancellation'),
    treatment: z.enum(['block', 'ask', 'ignore']).optional(),
    severity: z.enum(blockerSeverities).optional(),
    /** Who may override it while it is soft. */
    overrideBy: z.enum(['clerk', 'supervisor', 'nobody']).optional(),
    /** Days the customer has to remove it. */
    deadlineDays: z.int().min(1).max(365).optional(),
    /** Ways in which its task may be done. */
    taskWays: z.array(taskWaySchema).min(1).optional(),
    /** Days on which the rule holds, both included; absent: as long as its pack. */
    validFrom: dateSchema.optional(),
    validTo: dateSchema.optional(),
    source: bilingual,
    assumed: z.boolean(),
  })
  .superRefine((rule, context) => {
    if (blockerEntry(rule.code)?.owner !== 'authority') return
    const softened = rule.severity !== undefined && rule.severity !== 'hard'
    if (softened || (rule.treatment !== undefined && rule.treatment !== 'block'))
      context.addIssue({ code: 'custom', message: `${rule.code} is ordered by an authority and always blocks` })
  })
export type BlockerRule = z.infer<typeof blockerRuleSchema>

/** The section `blockers` of a rule pack. */
export const blockerSectionSchema = z.strictObject({
  /** Days a case waits for a customer who must come back. */
  handOverDays: z.int().min(1).max(90).optional(),
  rules: z.array(blockerRuleSchema).default([]),
})
export type BlockerSection = z.infer<typeof blockerSectionSchema>

/** Names a rule within its section: the code, and where they are not the usual ones its business and its days. */
function keyOf(rule: BlockerRule): string {
  const business = rule.businessType === 'remoteCancellation' ? '' : rule.businessType
  return [rule.code, business, rule.validFrom ?? '', rule.validTo ?? ''].join('/').replace(/\/+$/, '')
}

/** A child's section over its parent's: rule by rule, and within a rule part by part. Associative. */
export function mergeBlockerSections(parent: BlockerSection, child: BlockerSection): BlockerSection {
  const rules = new Map(parent.rules.map((rule) => [keyOf(rule), rule]))
  for (const rule of child.rules) rules.set(keyOf(rule), { ...rules.get(keyOf(rule)), ...rule })
  const handOverDays = child.handOverDays ?? parent.handOverDays
  return { ...(handOverDays === undefined ? {} : { handOverDays }), rules: [...rules.values()] }
}

/** The section `blockers` as rule packs hold and inherit it. */
export const blockerRules: RuleSection<BlockerSection> = {
  part: z.unknown().superRefine((value, context) => {
    for (const issue of blockerSectionSchema.safeParse(value).error?.issues ?? [])
      context.addIssue({ code: 'custom', path: issue.path, message: issue.message })
  }),
  whole: z.preprocess((value) => value ?? {}, blockerSectionSchema) as unknown as z.ZodType<BlockerSection>,
  merge: (inherited, part) =>
    mergeBlockerSections(blockerSectionSchema.parse(inherited ?? {}), blockerSectionSchema.parse(part)),
  keysOf: (part) => blockerSectionSchema.parse(part).rules.map(keyOf),
  drop: (inherited, keys) => {
    const section = blockerSectionSchema.parse(inherited ?? {})
    return { ...section, rules: section.rules.filter((rule) => !keys.includes(keyOf(rule))) }
  },
}

/** The rules in force for one kind of business on one day. */
export interface BlockerPolicy {
  handOverDays: number
  rules: ReadonlyMap<string, BlockerRule>
}

/** Days a case waits for the customer when no pack says otherwise: as long as an order may take (domain facts, chapter 2). */
export const defaultHandOverDays = 7

/** The policy of a section on a day; where several dated rules hold, the one that began last wins, part by part. */
export function blockerPolicyOn(
  section: BlockerSection | undefined,
  on: ShanghaiDate,
  businessType: BusinessType = 'remoteCancellation',
): BlockerPolicy {
  const inForce = (section?.rules ?? [])
    .filter((rule) => rule.businessType === businessType)
    .filter((rule) => (rule.validFrom ?? '') <= on && on <= (rule.validTo ?? '9999-12-31'))
    .sort((a, b) =>
      (a.validFrom ?? '') < (b.validFrom ?? '') ? -1 : (a.validFrom ?? '') > (b.validFrom ?? '') ? 1 : 0,
    )
  const rules = new Map<string, BlockerRule>()
  for (const rule of inForce) rules.set(rule.code, { ...rules.get(rule.code), ...rule })
  return { handOverDays: section?.handOverDays ?? defaultHandOverDays, rules }
}

/** The policy without any pack: what the catalogue says. */
export const cataloguePolicy: BlockerPolicy = { handOverDays: defaultHandOverDays, rules: new Map() }

/** What a policy makes of a code. Unknown codes are hard; `asked`: the home province itself only asks about it. */
export function treatmentOf(
  code: string,
  policy: BlockerPolicy,
  asked = false,
): {
  severity: BlockerSeverity | 'ignored'
  overrideBy: 'clerk' | 'supervisor' | undefined
  ways?: readonly TaskWay[]
} {
  const entry = blockerEntry(code)
  const rule = policy.rules.get(code)
  const fixed = entry?.owner === 'authority' || !entry
  if (rule?.treatment === 'ignore' && !fixed) return { severity: 'ignored', overrideBy: undefined }
  const told = rule?.severity ?? (rule?.treatment === 'block' ? 'hard' : undefined)
  const softened = rule?.treatment === 'ask' || (asked && rule?.treatment === undefined && rule?.severity === undefined)
  const plain = told ?? entry?.severity ?? 'hard'
  const severity = fixed ? 'hard' : softened && plain === 'hard' ? 'soft' : plain
  const overrideBy =
    severity !== 'soft' || rule?.overrideBy === 'nobody'
      ? undefined
      : (rule?.overrideBy ?? entry?.override ?? (entry?.severity === 'hard' ? 'supervisor' : 'clerk'))
  return { severity, overrideBy, ...(rule?.taskWays ? { ways: rule.taskWays } : {}) }
}
