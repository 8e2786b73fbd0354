import { z } from 'zod'
import { attachmentRefSchema } from './jobs.ts'

/** Largest paper that can be uploaded, and largest part of it. */
export const largestUploadBytes = 20 * 1024 * 1024
export const largestPartBytes = 1024 * 1024

/**
 * `POST /v1/uploads`: begins to bring a paper in parts, or finds out how far an earlier attempt came. The upload has the id of the
 * attachment it becomes.
 */
export const uploadRequestSchema = z.object({
  attachmentId: attachmentRefSchema.shape.attachmentId,
  mediaType: attachmentRefSchema.shape.mediaType,
  sha256: attachmentRefSchema.shape.sha256,
  bytes: z.int().positive().max(largestUploadBytes),
})
export type UploadRequest = z.infer<typeof uploadRequestSchema>

/** How far an upload is: the next part begins at `offset`. Complete: everything is there and is what it said it would be. */
export const uploadStateSchema = z.object({
  attachmentId: attachmentRefSchema.shape.attachmentId,
  offset: z.int().nonnegative(),
  bytes: z.int().positive(),
  complete: z.boolean(),
})
export type UploadState = z.infer<typeof uploadStateSchema>

/** `PATCH /v1/uploads/:attachmentId?offset=N` brings the next part as `application/offset+octet-stream`. */
export const uploadPartType = 'application/offset+octet-stream'
export const uploadPartQuerySchema = z.object({ offset: z.coerce.number().int().nonnegative() })
export const uploadsPath = '/v1/uploads'
