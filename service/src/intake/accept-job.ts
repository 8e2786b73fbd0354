import { sql } from 'kysely'
import { type Failure, fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Device } from '../../../src/shared/protocol/device.ts'
import { type JobEnvelope, type JobKind, type Receipt, receiptSchema } from '../../../src/shared/protocol/jobs.ts'
import type { Tx } from '../database/handle.ts'
import { alarmOnRefusal } from '../risk/alarm-on-refusal.ts'
import type { ServiceContext } from '../service-context.ts'
import { jobHandlers } from './job-kinds.ts'
import { earlierReceipts, noteRefusals } from './job-rows.ts'
import type { Effect, JobHandler, JobScene } from './job-scene.ts'
import { holdDevice, type KnownDevice, noteSequences } from './note-sequence.ts'
import { payloadOf, type ReadJob } from './read-job.ts'
import { staffOfJobs } from './staff-of-jobs.ts'

/** Leaves a transaction with its writes undone; the failure travels as a value again outside. */
class Refusal extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.code)
    this.failure = failure
  }
}

async function carryOut(scene: JobScene): Promise<Result<Effect>> {
  const { kind } = scene.envelope
  const payload = payloadOf(scene.envelope, kind)
  if (!payload.ok) return payload
  // Kind and payload belong together by construction of the two tables; TypeScript cannot follow that across the union.
  const handler = jobHandlers[kind] as JobHandler<JobKind>
  return handler(scene, payload.value as never)
}

async function earlierReceipt(tx: Tx, id: string, bodySha256: string): Promise<Result<Receipt> | undefined> {
  return (await earlierReceipts(tx, [id]))(id, bodySha256)
}

/** Inserts the job's row, carries it out, completes the row's receipt. Throws a `Refusal` when the writes must be undone. */
async function acceptOnce(
  tx: Tx,
  context: ServiceContext,
  { device, held }: { device: Device; held: KnownDevice },
  envelope: JobEnvelope,
  bodySha256: string,
): Promise<Result<Receipt>> {
  const staff = (await staffOfJobs(tx, [envelope.staffId]))(device, envelope.staffId)
  // A receipt once given stays given, even after the person has left.
  if (!staff.ok) {
    const earlier = await earlierReceipt(tx, envelope.id, bodySha256)
    if (earlier) return earlier
    throw new Refusal(staff.error)
  }
  const now = context.clock.now()
  const inserted = await tx
    .insertInto('job')
    .values({
      id: envelope.id,
      device_id: device.deviceId,
      sequence: envelope.sequence,
      lane: envelope.lane,
      kind: envelope.kind,
      staff_id: envelope.staffId,
      body_sha256: bodySha256,
      receipt: '',
      received_at: now,
    })
    // Waits for a twin that is being accepted at this moment; afterwards its row is there to be read.
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!inserted)
    return (await earlierReceipt(tx, envelope.id, bodySha256)) ?? fail('job.sequenceConflict', { field: 'sequence' })
  await noteSequences(tx, { device: held, accepted: [envelope.sequence], refused: [] }, now)
  const effect = await carryOut({ tx, context, device, staff: staff.value, envelope, now })
  if (!effect.ok) throw new Refusal(effect.error)
  const receipt: Receipt = receiptSchema.parse({
    jobId: envelope.id,
    receivedAt: now,
    bodySha256,
    effect: effect.value,
  })
  await tx
    .updateTable('job')
    .set({ receipt: JSON.stringify(receipt) })
    .where('id', '=', envelope.id)
    .execute()
  return ok(receipt)
}

/**
 * Takes in one job exactly once inside a transaction: the same id and body give the first receipt again, for ever; uniqueness is the
 * database's, effect and receipt end in one commit. A refused job leaves nothing but the note of its refusal. Errors: `auth.deviceUnknown`,
 * `job.malformed`, `job.unknownKind`, `job.bodyDiffers`, `job.sequenceConflict`, `job.staffUnknown`, `job.storeDiffers`, and those of the job's kind.
 */
export async function acceptJob(
  tx: Tx,
  context: ServiceContext,
  device: Device,
  job: ReadJob,
): Promise<Result<Receipt>> {
  const { envelope, bodySha256 } = job
  if (!envelope.ok) return envelope
  const held = await holdDevice(tx, device.deviceId)
  if (!held) return fail('auth.deviceUnknown')
  await sql`savepoint job`.execute(tx)
  try {
    const accepted = await acceptOnce(tx, context, { device, held }, envelope.value, bodySha256)
    await sql`release savepoint job`.execute(tx)
    return accepted
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await sql`rollback to savepoint job`.execute(tx)
    const now = context.clock.now()
    await noteRefusals(tx, [{ device, envelope: envelope.value, bodySha256, code: error.failure.code }], now)
    await noteSequences(tx, { device: held, accepted: [], refused: [envelope.value.sequence] }, now)
    await alarmOnRefusal(tx, context, device, envelope.value, error.failure)
    return { ok: false, error: error.failure }
  }
}
