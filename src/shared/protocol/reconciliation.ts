import { z } from 'zod'
import { sealSchema } from './identity.ts'

/** Most numbers one answer carries; the counter asks again after it has dealt with them. */
export const mostForgottenAtOnce = 1000

const rangeSchema = z
  .tuple([z.int().positive(), z.int().positive()])
  .refine(([first, last]) => first <= last && last - first < 1_000_000)

/**
 * `POST /v1/devices/current/reconciliation`: what a counter holds of a service that may have been restored from an older backup:
 * the numbers of jobs it has receipts for, as ranges with both ends, and seals of what it was given online.
 */
export const reconciliationSchema = z.object({
  receipts: z.array(rangeSchema).max(2000),
  seals: z.array(sealSchema).max(300).default([]),
})
export type Reconciliation = z.infer<typeof reconciliationSchema>

export const reconciliationAnswerSchema = z.object({
  /** Numbers the service does not know although the counter holds their receipts, lowest first. */
  forgotten: z.array(z.int().positive()),
  /** Sealed things that were put back. */
  restored: z.int().nonnegative(),
})
export type ReconciliationAnswer = z.infer<typeof reconciliationAnswerSchema>
