import { z } from 'zod'
import { instantSchema } from '../domain/scalars.ts'
import { arrivedChangeSchema } from './arrived-changes.ts'
import { changeSchema, laterChangeSchema, rulesChangeSchema } from './changes.ts'

/** `GET /v1/changes?after=N&waitSeconds=S`: changes of this device's store after a cursor; waits when there are none. */
export const changesQuerySchema = z.object({
  after: z.coerce.number().int().nonnegative(),
  /** `changeMark` of the change at the cursor: tells whether it is still the change the service has under this number. */
  mark: z.string().max(100).optional(),
  waitSeconds: z.coerce.number().int().min(0).max(30).default(0),
})
export const changesAnswerSchema = z.object({
  changes: z.array(arrivedChangeSchema),
  cursor: z.int().nonnegative(),
  /** The cursor asked with is from a time the service does not remember: read again from the beginning. */
  restart: z.boolean().optional(),
  /** Jobs of the asking device this service has accepted; a counter that holds more receipts must reconcile. */
  acceptedJobs: z.int().nonnegative().optional(),
  /** Highest job number of the asking device; a counter that never gave it stands on a disk that was set back. */
  lastSequence: z.int().nonnegative().optional(),
  /** Names the set of published rule packs; a counter that has dealt with another one asks for the list. */
  rulesSetDigest: rulesChangeSchema.shape.setDigest.optional(),
  /** The session asked with was ended, or its person put out. */
  signedOut: z.boolean().optional(),
  serviceTime: instantSchema,
})
export type ChangesAnswer = z.output<typeof changesAnswerSchema>

/** A change as a service sends it: in its own words, or in those of a newer service beside it, which it passes on. */
export const sentChangeSchema = z.union([changeSchema, laterChangeSchema])
export type SentChange = z.infer<typeof sentChangeSchema>

/** The answer as a service gives it. */
export const sentChangesSchema = z.object({ ...changesAnswerSchema.shape, changes: z.array(sentChangeSchema) })
export type SentChanges = z.infer<typeof sentChangesSchema>
