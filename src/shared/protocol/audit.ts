import { z } from 'zod'

/** An entry of the store's central audit chain, exactly as hashed (`chainedText`), with its hash and the names for reading it. */
export const auditEntrySchema = z.object({
  chain: z.string(),
  sequence: z.int().positive(),
  at: z.int(),
  actor: z.string(),
  device_id: z.string().nullable(),
  action: z.string(),
  subject: z.string(),
  details: z.string(),
  previous_hash: z.string(),
  hash: z.string(),
  /** The actor's name today; absent when it is no member of staff. Not part of what is hashed. */
  actorName: z.string().optional(),
})
export type AuditEntryView = z.infer<typeof auditEntrySchema>

/**
 * `GET /v1/store/audit?before=&after=&limit=&caseId=&actor=&action=`: newest first before a sequence, or oldest first after one.
 * Filters are the beginning of an action, a person, and a case, by id or
 * number (also through its orders).
 */
export const auditQuerySchema = z.object({
  before: z.coerce.number().int().positive().optional(),
  after: z.coerce.number().int().nonnegative().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  caseId: z.uuid().optional(),
  caseNumber: z.string().max(40).optional(),
  actor: z.string().max(40).optional(),
  action: z
    .string()
    .max(60)
    .regex(/^[A-Za-z.]*$/)
    .optional(),
})
export type AuditQuery = z.infer<typeof auditQuerySchema>

export const auditPageSchema = z.object({
  entries: z.array(auditEntrySchema),
  /** The head of the whole chain, whatever was filtered. */
  head: z.object({ sequence: z.int().nonnegative(), hash: z.string() }),
})
export type AuditPage = z.infer<typeof auditPageSchema>
