import { z } from 'zod'
import {
  attachmentRefSchema,
  type JobKind,
  type JobPayload,
  jobPayloads,
  jobPayloadVersion,
} from '../../../shared/protocol/jobs.ts'
import { readMeta, writeMeta } from '../meta.ts'
import type { Ports } from '../ports.ts'
import type { Transaction } from '../storage/store.ts'

/** Papers are stored once, in `attachment`: their job names them and the content joins it when it is sent. */
export const storedAttachmentSchema = attachmentRefSchema.extend({ caseId: z.uuid() })

/** Payload of each kind as it lies in the outbox. */
export const storedPayloads = { ...jobPayloads, 'attachment.store': storedAttachmentSchema } as const
export type StoredPayload<K extends JobKind> = K extends 'attachment.store'
  ? z.infer<typeof storedAttachmentSchema>
  : JobPayload<K>

export interface NewJob<K extends JobKind> {
  /** The case: jobs of one lane are sent in order, lanes do not wait for each other. */
  lane: string
  msisdn: string
  kind: K
  payload: StoredPayload<K>
  staffId: string
}

/**
 * Puts a job into the outbox within the caller's transaction, so that the change and the report of it are one.
 * Its sequence is the next of this device, without gaps; its id is the idempotency key at the service. Returns the id.
 */
export async function enqueue<K extends JobKind>(
  tx: Transaction,
  ports: Pick<Ports, 'ids' | 'clock'>,
  job: NewJob<K>,
): Promise<string> {
  const sequence = ((await readMeta(tx, 'lastJobSequence')) ?? 0) + 1
  writeMeta(tx, 'lastJobSequence', sequence)
  const id = ports.ids.uuid()
  tx.run(
    `INSERT INTO outbox_job (sequence, id, lane, msisdn, kind, version, payload, staff_id, state, attempts, next_try_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, 0, ?)`,
    [
      sequence,
      id,
      job.lane,
      job.msisdn,
      job.kind,
      jobPayloadVersion,
      JSON.stringify(storedPayloads[job.kind].parse(job.payload)),
      job.staffId,
      ports.clock.now(),
    ],
  )
  return id
}
