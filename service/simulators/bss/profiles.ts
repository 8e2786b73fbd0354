import { z } from 'zod'
import { type Carrier, carrierSchema, type Province, provinceSchema } from '../../../src/shared/domain/geography.ts'
import { identificationTypeSchema } from '../../../src/shared/domain/identity-document.ts'
import profileFile from '../data/profiles.json' with { type: 'json' }

/** How one carrier's system in one province behaves; 31 × 4 of them from one file of defaults and differences. */
const profileSchema = z.strictObject({
  latencyMedianMs: z.number().nonnegative(),
  latencyJitterMs: z.number().nonnegative(),
  /** Typical work on one submission. */
  reviewSeconds: z.number().nonnegative(),
  /** Share of first submissions that come back for a blurred attachment. */
  returnShare: z.number().min(0).max(1),
  /** Days at the end and the start of a month in which cancellations are queued. */
  monthEndWindow: z.strictObject({ lastDays: z.int(), firstDays: z.int() }).nullable(),
  /** Findings that this system only asks about or does not look at; all others block as the catalogue says. */
  treatments: z.record(z.string(), z.enum(['ask', 'ignore'])),
  supportedDocuments: z.array(identificationTypeSchema),
  /** Whether an agent with papers may ask in place of the holder. */
  agentsAccepted: z.boolean(),
  /** Often-called numbers a premium line must name. */
  oftenCalledRequired: z.int(),
  maskCharacter: z.string().length(1),
  /** Share of the remaining work that one urge saves. */
  urgeShortensReview: z.number().min(0).max(1),
})
export type Profile = z.infer<typeof profileSchema>

const profileFileSchema = z.strictObject({
  defaults: profileSchema,
  carriers: z.partialRecord(carrierSchema, profileSchema.partial()),
  provinces: z.partialRecord(provinceSchema, profileSchema.partial()),
})
const parsed = profileFileSchema.parse(profileFile)

/** The profile of a carrier in a province: defaults, then the carrier's, then the province's differences. */
export function profileOf(carrier: Carrier, province: Province): Profile {
  return profileSchema.parse({ ...parsed.defaults, ...parsed.carriers[carrier], ...parsed.provinces[province] })
}
