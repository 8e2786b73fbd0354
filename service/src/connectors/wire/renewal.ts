import { z } from 'zod'
import { carrierSchema, provinceSchema } from '../../../../src/shared/domain/geography.ts'
import { msisdnSchema } from '../../../../src/shared/domain/scalars.ts'
import { answerSchema, wireInstantSchema } from './common.ts'

/*
 * The number-renewal platform as the service sees it: it passes a number on to app operators, who release what its former holder had
 * bound, or do not, each by its own decision.
 */

// POST /renewals: numbers and the apps to ask for each, once per `renewalId`.
export const renewalRequestSchema = z.object({
  renewalId: z.string().min(1).max(80),
  /** `batch`: by the carrier before a number is given out again; `active`: for its new holder. */
  mode: z.enum(['batch', 'active']),
  numbers: z
    .array(
      z.object({
        msisdn: msisdnSchema,
        carrier: carrierSchema,
        homeProvince: provinceSchema,
        /** Only bindings made before this are to be released. */
        boundBefore: wireInstantSchema,
        apps: z.array(z.string().min(1).max(40)).min(1).max(500),
      }),
    )
    .min(1)
    .max(1000),
})
/** Refusals: DUPLICATE_RENEWAL, TOO_MANY_NUMBERS {limit}. */
export const renewalAnswerSchema = answerSchema({
  receivedAt: wireInstantSchema,
  /** Numbers for which nothing is done: NUMBER_IN_USE, PORTED_NUMBER_UNSUPPORTED … */
  notEligible: z.array(z.object({ msisdn: msisdnSchema, code: z.string().min(1) })),
})
export type RenewalRequest = z.infer<typeof renewalRequestSchema>
export type RenewalAnswer = z.infer<typeof renewalAnswerSchema>

// GET /renewals/{renewalId}: what each app has said. Refusals: UNKNOWN_RENEWAL.
export const appAnswerStates = ['submitted', 'pushed', 'accepted', 'refused', 'notCovered'] as const
export const renewalStateSchema = answerSchema({
  numbers: z.array(
    z.object({
      msisdn: msisdnSchema,
      apps: z.array(
        z.object({
          app: z.string().min(1),
          state: z.enum(appAnswerStates),
          /** With `refused`: APP_BANNED_ACCOUNT, BOUND_DURING_HOLDING … */
          reason: z.string().min(1).optional(),
          at: wireInstantSchema,
        }),
      ),
    }),
  ),
})
export type RenewalState = z.infer<typeof renewalStateSchema>
