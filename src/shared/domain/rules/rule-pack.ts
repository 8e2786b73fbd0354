import { z } from 'zod'
import { type Carrier, carriers, type Province, provinces } from '../geography.ts'
import { dateSchema } from '../scalars.ts'
import { packSectionsSchema, type SectionName } from './rule-sections.ts'

/** `cn`, `cn-cmcc`, `cn-cmcc-23`: the nation, a carrier, a carrier in a province. */
export const packIdSchema = z.string().regex(/^cn(-(cmcc|cucc|ctcc|cbn)(-\d{2})?)?$/)

/** A pack by name. The same id and version always mean the same content. */
export const packRefSchema = z.object({ id: packIdSchema, version: z.string().min(1).max(40) })
export type PackRef = z.infer<typeof packRefSchema>

/** A set of rules in force from a day on (until a day, if it says so), laid over the pack it extends. */
export const rulePackSchema = z
  .object({
    ...packRefSchema.shape,
    /** The pack whose rules this one takes over; only the national pack extends none. */
    extends: packIdSchema.optional(),
    validFrom: dateSchema,
    /** Last day in force; without it, until a newer version begins. */
    validTo: dateSchema.optional(),
    /** True when nothing authoritative is known for this carrier or province: what applies is inherited by assumption. */
    assumed: z.boolean(),
    /** Inherited entries that do not apply here, by section: rule ids or property names. */
    without: z.record(z.string(), z.array(z.string().min(1))).default({}),
    sections: packSectionsSchema.default({}),
  })
  .strict()
  .superRefine((pack, context) => {
    if ((pack.id === 'cn') !== (pack.extends === undefined))
      context.addIssue({ code: 'custom', path: ['extends'], message: 'every pack but "cn" extends another' })
    if (pack.validTo !== undefined && pack.validTo < pack.validFrom)
      context.addIssue({ code: 'custom', path: ['validTo'], message: 'ends before it begins' })
    for (const section of Object.keys(pack.without))
      if (!(section in packSectionsSchema.shape))
        context.addIssue({ code: 'custom', path: ['without', section], message: `no section is called "${section}"` })
    const { province } = packScope(pack.id)
    if (province !== undefined && !(provinces as readonly string[]).includes(province))
      context.addIssue({ code: 'custom', path: ['id'], message: `no province has the code ${province}` })
  })
export type RulePack = z.infer<typeof rulePackSchema>

/** Where a line belongs, which decides the rules it is under. */
export interface RulePlace {
  carrier: Carrier
  province: Province
}

/** The carrier and province a pack id stands for. */
export function packScope(id: string): { carrier?: Carrier; province?: Province } {
  const [, carrier, province] = id.split('-')
  return {
    ...(carrier ? { carrier: carriers.find((each) => each.toLowerCase() === carrier)! } : {}),
    ...(province ? { province: province as Province } : {}),
  }
}

/** The packs that may speak for a place, the most specific first. */
export function packIdsFor({ carrier, province }: RulePlace): string[] {
  const of = `cn-${carrier.toLowerCase()}`
  return [`${of}-${province}`, of, 'cn']
}

/** What a pack says of a section, as written. */
export function partOf(pack: RulePack, section: SectionName): unknown {
  return (pack.sections as Partial<Record<SectionName, unknown>>)[section]
}
