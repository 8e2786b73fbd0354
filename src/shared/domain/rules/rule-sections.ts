import { z } from 'zod'
import { blockerRules } from '../blocker-policy.ts'
import { invoicePolicySchema } from '../invoice-policy.ts'
import { lateFeeRuleSchema } from '../late-fee.ts'
import { askerRuleSchema, askerRulesSchema, identityRulesSchema } from '../papers.ts'
import { penaltyRuleSchema, penaltyRulesSchema } from '../penalty-rule.ts'
import { refundRouteRuleSchema } from '../refund-routes.ts'
import { riskLimitSchema, riskRuleSchema, riskRulesSchema, riskSettingsSchema } from '../risk-policy.ts'
import { agreementTermSchema } from './agreement-terms.ts'
import { deadlinesSchema } from './deadlines.ts'
import { listSection, objectSection, type RuleSection } from './rule-section.ts'

/**
 * Every section a rule pack may hold. A section is registered here and nowhere else: its schema lives with its owner, `listSection`
 * or `objectSection` says how a province's words are laid over the nation's. After merging every section must be whole.
 */
export const ruleSections = {
  terms: listSection(agreementTermSchema, 'name'),
  penaltyRules: listSection(penaltyRuleSchema, 'id', penaltyRulesSchema),
  lateFee: objectSection(lateFeeRuleSchema),
  risk: objectSection(riskSettingsSchema),
  riskRules: listSection(riskRuleSchema, 'id', riskRulesSchema),
  riskLimits: listSection(riskLimitSchema, 'id'),
  deadlines: objectSection(deadlinesSchema),
  blockers: blockerRules,
  refundRoutes: listSection(refundRouteRuleSchema, 'route'),
  invoice: objectSection(invoicePolicySchema),
  papers: listSection(askerRuleSchema, 'asker', askerRulesSchema),
  identity: objectSection(identityRulesSchema),
}

export type SectionName = keyof typeof ruleSections
export const sectionNames = Object.keys(ruleSections) as SectionName[]

type WholeOf<Section> = Section extends RuleSection<infer Whole> ? Whole : never
/** What all packs of a carrier and province say together, section by section. */
export type EffectiveSections = { [Name in SectionName]: WholeOf<(typeof ruleSections)[Name]> }

/** The sections of one pack, checked and kept as written. */
export const packSectionsSchema = z
  .object(
    Object.fromEntries(sectionNames.map((name) => [name, ruleSections[name].part.optional()])) as Record<
      SectionName,
      z.ZodOptional<z.ZodType>
    >,
  )
  .partial()
  .strict()
