import { z } from 'zod'

// POST {faceUrl}/comparisons — repeatable: the same `key` with the same body gives the same answer; another body 409.
export const faceRequestSchema = z.object({
  key: z.string().min(1).max(120),
  identificationId: z.string().min(1).max(40),
  name: z.string().min(1).max(60),
  mediaType: z.enum(['image/png', 'image/jpeg']),
  contentBase64: z.base64().max(12_000_000),
})
/** Score and threshold belong to this vendor and model version: keep all four, compare none across versions. */
export const faceAnswerSchema = z.object({
  vendor: z.string().min(1),
  modelVersion: z.string().min(1),
  score: z.number().min(0).max(100),
  threshold: z.number().min(0).max(100),
  outcome: z.enum(['match', 'noMatch', 'noReference']),
})
export type FaceRequest = z.infer<typeof faceRequestSchema>
export type FaceAnswer = z.infer<typeof faceAnswerSchema>
