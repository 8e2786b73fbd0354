import { z } from 'zod'
import { blockerCodeSchema } from '../domain/blocker.ts'
import { instantSchema } from '../domain/scalars.ts'
import { signInRequestSchema } from './device.ts'
import { sealSchema } from './identity.ts'

/** `POST /v1/blocker-overrides`: a supervisor decides about one soft finding of a pre-check, with their own password. */
export const blockerOverrideRequestSchema = z.object({
  caseId: z.uuid(),
  preCheckId: z.uuid(),
  code: blockerCodeSchema,
  reason: z.string().trim().min(2).max(200),
  approver: signInRequestSchema,
})
export type BlockerOverrideRequest = z.infer<typeof blockerOverrideRequestSchema>

export const blockerOverrideSchema = z.object({
  overrideId: z.uuid(),
  caseId: z.uuid(),
  code: blockerCodeSchema,
  reason: z.string(),
  approverId: z.string(),
  approverName: z.string(),
  decidedAt: instantSchema,
  seal: sealSchema.optional(),
})
export type BlockerOverride = z.infer<typeof blockerOverrideSchema>
