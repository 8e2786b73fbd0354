import canonicalize from 'canonicalize'
import { sql } from 'kysely'
import { type Failure, fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import {
  type JobEnvelope,
  type JobKind,
  jobEnvelopeSchema,
  jobKinds,
  jobPayloads,
  jobPayloadVersion,
  type Receipt,
  receiptSchema,
} from '../../../src/shared/protocol/jobs.ts'
import { sha256Hex } from '../auth/secrets.ts'
import type { Database, ServiceContext, Tx } from '../service-context.ts'
import { type Effect, type JobHandler, type JobScene, jobHandlers } from './job-kinds.ts'
import { noteSequence } from './note-sequence.ts'

/** Leaves a transaction with its writes undone; the failure travels as a value again outside. */
class Refusal extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.code)
    this.failure = failure
  }
}

function parseEnvelope(raw: unknown): Result<JobEnvelope> {
  const kind = typeof raw === 'object' && raw !== null ? (raw as { kind?: unknown }).kind : undefined
  if (typeof kind === 'string' && !(jobKinds as readonly string[]).includes(kind))
    return fail('job.unknownKind', { field: 'kind' })
  const parsed = jobEnvelopeSchema.safeParse(raw)
  if (!parsed.success) return fail('job.malformed', { field: parsed.error.issues[0]?.path.join('.') ?? '' })
  if (parsed.data.version !== jobPayloadVersion)
    return fail('job.malformed', { field: 'version', params: { version: parsed.data.version } })
  return ok(parsed.data)
}

async function staffOfJob(db: Database, device: Device, staffId: string): Promise<Result<Staff>> {
  const row = await db
    .selectFrom('staff')
    .selectAll()
    .where('staff_id', '=', staffId)
    .where('active', '=', true)
    .executeTakeFirst()
  if (!row) return fail('job.staffUnknown', { field: 'staffId' })
  if (row.store_id !== device.storeId) return fail('job.storeDiffers', { field: 'staffId' })
  if (row.role !== 'clerk' && row.role !== 'supervisor') return fail('auth.forbidden', { field: 'staffId' })
  return ok({ staffId: row.staff_id, name: row.name, role: row.role, storeId: row.store_id })
}

async function carryOut(scene: JobScene): Promise<Result<Effect>> {
  const { kind, payload } = scene.envelope
  const parsed = jobPayloads[kind].safeParse(payload)
  if (!parsed.success)
    return fail('job.malformed', { field: ['payload', ...(parsed.error.issues[0]?.path ?? [])].join('.') })
  // Kind and payload belong together by construction of the two tables; TypeScript cannot follow that across the union.
  const handler = jobHandlers[kind] as JobHandler<JobKind>
  return handler(scene, parsed.data as never)
}

/** The stored receipt when this id came before: the same one for the same body, a refusal for another. */
async function earlierReceipt(tx: Tx, id: string, bodySha256: string): Promise<Result<Receipt> | undefined> {
  const row = await tx.selectFrom('job').select(['body_sha256', 'receipt']).where('id', '=', id).executeTakeFirst()
  if (!row) return undefined
  return row.body_sha256 === bodySha256 ? ok(receiptSchema.parse(JSON.parse(row.receipt))) : fail('job.bodyDiffers')
}

/** Inserts the job's row, carries it out, completes the row's receipt. Throws a `Refusal` when the writes must be undone. */
async function acceptOnce(
  tx: Tx,
  context: ServiceContext,
  device: Device,
  envelope: JobEnvelope,
  bodySha256: string,
): Promise<Result<Receipt>> {
  const staff = await staffOfJob(tx, device, envelope.staffId)
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
  await noteSequence(tx, device.deviceId, envelope.sequence, now)
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

async function recordRefusal(
  tx: Tx,
  context: ServiceContext,
  device: Device,
  envelope: JobEnvelope,
  refusal: { bodySha256: string; code: string },
): Promise<void> {
  const now = context.clock.now()
  const row = { code: refusal.code, body_sha256: refusal.bodySha256, refused_at: now }
  await tx
    .insertInto('job_refusal')
    .values({
      id: envelope.id,
      device_id: device.deviceId,
      sequence: envelope.sequence,
      kind: envelope.kind,
      ...row,
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
  await noteSequence(tx, device.deviceId, envelope.sequence, now)
}

/**
 * Takes in one job exactly once inside a transaction: the same id and body give the first receipt again, for ever; uniqueness is the
 * database's, effect and receipt end in one commit. A refused job leaves nothing but the note of its refusal. Errors: `job.malformed`,
 * `job.unknownKind`, `job.bodyDiffers`, `job.sequenceConflict`, `job.staffUnknown`, `job.storeDiffers`, and those of the job's kind.
 */
export async function acceptJob(
  tx: Tx,
  context: ServiceContext,
  device: Device,
  raw: unknown,
): Promise<Result<Receipt>> {
  const envelope = parseEnvelope(raw)
  if (!envelope.ok) return envelope
  const bodySha256 = sha256Hex(canonicalize(raw)!)
  await sql`savepoint job`.execute(tx)
  try {
    const accepted = await acceptOnce(tx, context, device, envelope.value, bodySha256)
    await sql`release savepoint job`.execute(tx)
    return accepted
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await sql`rollback to savepoint job`.execute(tx)
    await recordRefusal(tx, context, device, envelope.value, { bodySha256, code: error.failure.code })
    return { ok: false, error: error.failure }
  }
}
