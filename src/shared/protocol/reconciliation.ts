import { z } from 'zod'
import { carrierSchema, provinceSchema } from '../domain/geography.ts'
import { sealSchema } from './identity.ts'
import { paymentTakeSchema, receiptSchema, refundPaySchema } from './jobs.ts'

/** Most numbers one answer carries; the counter asks again after it has dealt with them. */
export const mostForgottenAtOnce = 1000

const rangeSchema = z
  .tuple([z.int().positive(), z.int().positive()])
  .refine(([first, last]) => first <= last && last - first < 1_000_000)

/** Numbers all ranges together may name, each of which is looked for: more than a counter comes to in its life. */
const mostNumbersAtOnce = 2_000_000

function isBearable(ranges: readonly (readonly [number, number])[]): boolean {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0) <= mostNumbersAtOnce
}

/**
 * `POST /v1/devices/current/reconciliation`: what a counter holds of a service that may have been restored from an older backup:
 * the numbers of jobs it has receipts for, as ranges with both ends, and seals of what it was given online.
 */
export const reconciliationSchema = z.object({
  receipts: z.array(rangeSchema).max(2000).refine(isBearable, 'too many numbers'),
  seals: z.array(sealSchema).max(300).default([]),
  /** Asked by a counter whose own disk may have been set back: what the service has of its jobs from this number on. */
  from: z.int().positive().optional(),
  /** Numbers that will never arrive: their jobs were closed behind a correction before they were sent. */
  closed: z.array(z.int().positive()).max(500).optional(),
})
export type Reconciliation = z.infer<typeof reconciliationSchema>

/** A job the service has accepted, as far as the counter needs it to know of it again. */
export const takenJobSchema = z.object({
  sequence: z.int().positive(),
  id: z.uuid(),
  lane: z.uuid(),
  kind: z.string(),
  /** Empty when nothing of this case tells it. */
  msisdn: z.string(),
  staffId: z.string(),
  staffName: z.string().optional(),
  receipt: receiptSchema,
  /** Money the job reported, as the service wrote it down: the case it was taken in may have forgotten it. */
  payment: paymentTakeSchema.optional(),
  refundPaid: refundPaySchema.optional(),
  /** The order a submission made: enough for its case to be found again where nothing is left of it. */
  order: z
    .object({
      orderId: z.uuid(),
      caseNumber: z.string(),
      carrier: carrierSchema,
      homeProvince: provinceSchema,
      /** Absent once its people are forgotten. */
      maskedName: z.string().optional(),
    })
    .optional(),
})
export type TakenJob = z.infer<typeof takenJobSchema>

/** Most jobs one answer tells of; the counter asks again from the number after the last one. */
export const mostTakenAtOnce = 500

export const reconciliationAnswerSchema = z.object({
  /** Numbers the service does not know although the counter holds their receipts, lowest first. */
  forgotten: z.array(z.int().positive()),
  /** Sealed things that were put back. */
  restored: z.int().nonnegative(),
  /** Jobs from the number asked for on, lowest first. */
  taken: z.array(takenJobSchema).optional(),
  /** Highest job number this service has seen of the device; with `taken`. */
  lastSequence: z.int().nonnegative().optional(),
})
export type ReconciliationAnswer = z.infer<typeof reconciliationAnswerSchema>
