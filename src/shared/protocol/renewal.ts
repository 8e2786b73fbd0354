import { z } from 'zod'
import { carrierSchema, provinceSchema } from '../domain/geography.ts'
import { appStates, renewalStatuses, resourceStates } from '../domain/renewal.ts'
import { bilingualSchema } from '../domain/rules/bilingual.ts'
import { dateSchema, instantSchema, msisdnSchema } from '../domain/scalars.ts'

/**
 * `GET /v1/numbers/:msisdn/renewal`: what is known of a number between two holders. `known: false`: no line of it was ended through
 * this service, which says nothing of what others ended.
 */
export const renewalViewSchema = z.discriminatedUnion('known', [
  z.object({ known: z.literal(false), msisdn: msisdnSchema }),
  z.object({
    known: z.literal(true),
    msisdn: msisdnSchema,
    carrier: carrierSchema,
    homeProvince: provinceSchema,
    /** TM Forum Resource: suspended (resting), reserved (being renewed), available (released). */
    state: z.enum(resourceStates),
    cancelledAt: instantSchema,
    /** Shanghai day up to which it rests. */
    agingUntil: dateSchema,
    status: z.enum(renewalStatuses),
    /** The platform takes no requests for it, e.g. PORTED_NUMBER_UNSUPPORTED. */
    notEligibleFor: z.string().optional(),
    /** The policy lets it go only when every app has accepted, and some have not. */
    held: z.boolean(),
    releasedAt: instantSchema.optional(),
    /** `disclosed`: some apps are not clean, and whoever chooses the number has to be told which. */
    release: z.enum(['clean', 'disclosed']).optional(),
    apps: z.array(
      z.object({
        app: z.string(),
        name: bilingualSchema,
        category: z.string(),
        state: z.enum(appStates),
        reason: z.string().optional(),
        at: instantSchema,
        round: z.int().positive(),
      }),
    ),
  }),
])
export type RenewalView = z.infer<typeof renewalViewSchema>
