import type { Result } from '../../../src/shared/domain/result.ts'
import { fail, ok } from '../../../src/shared/domain/result.ts'
import type { Device } from '../../../src/shared/protocol/device.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { Tx } from '../database/handle.ts'
import { isOneOf } from '../database/insert-rows.ts'
import { publicRuleKeys } from '../rule-packs/rule-keys.ts'
import type { ServiceContext } from '../service-context.ts'
import { burnProofs } from './burn-proofs.ts'
import type { UnburntProof } from './dpop.ts'
import { enrolmentCodeHash } from './secrets.ts'

/** The enrolled, unrevoked devices that hold these keys, each with its thumbprint; strangers have none. */
export async function devicesOfKeys(
  context: Pick<ServiceContext, 'db' | 'serviceId'>,
  thumbprints: readonly string[],
): Promise<Map<string, Device>> {
  const rows = await context.db
    .selectFrom('device')
    .innerJoin('store', 'store.store_id', 'device.store_id')
    .select([
      'device.device_id',
      'device.name',
      'device.thumbprint',
      'store.store_id',
      'store.name as store_name',
      'store.province',
    ])
    .where(isOneOf('device.thumbprint', thumbprints))
    .where('device.revoked_at', 'is', null)
    .execute()
  return new Map(
    rows.map((row) => [
      row.thumbprint!,
      {
        deviceId: row.device_id,
        deviceName: row.name,
        storeId: row.store_id,
        storeName: row.store_name,
        handlingProvince: row.province,
        serviceId: context.serviceId,
      },
    ]),
  )
}

/** The enrolled, unrevoked device that holds a key; undefined for a stranger. */
export async function deviceOfKey(
  context: Pick<ServiceContext, 'db' | 'serviceId'>,
  thumbprint: string,
): Promise<Device | undefined> {
  return (await devicesOfKeys(context, [thumbprint])).get(thumbprint)
}

interface Enrolment {
  enrolmentCode: string
  /** By the key that is to be enrolled. */
  proof: UnburntProof
}

async function useCode(tx: Tx, { enrolmentCode: code, proof }: Enrolment, now: number): Promise<Result<string>> {
  const { thumbprint } = proof
  const isFirstUse = async () => (await burnProofs(tx, [proof])).size === 1
  const replayed = () => fail('auth.proofInvalid', { params: { reason: 'replayed', serviceTime: now } })
  const row = await tx
    .selectFrom('enrolment_code')
    .innerJoin('device', 'device.device_id', 'enrolment_code.device_id')
    .select(['enrolment_code.device_id', 'used_by', 'code_hash', 'device.thumbprint', 'revoked_at'])
    .where('code_hash', '=', enrolmentCodeHash(code))
    .forUpdate()
    .executeTakeFirst()
  if (!row || row.revoked_at !== null) return fail('device.enrolmentCode', { field: 'enrolmentCode' })
  // The same counter asking again: its first answer was lost on the way.
  if (row.used_by === thumbprint && row.thumbprint === thumbprint)
    return (await isFirstUse()) ? ok(row.device_id) : replayed()
  if (row.used_by !== null) return fail('device.enrolmentCode', { field: 'enrolmentCode' })
  const other = await tx
    .selectFrom('device')
    .select('device_id')
    .where('thumbprint', '=', thumbprint)
    .executeTakeFirst()
  if (other) return fail('device.alreadyEnrolled')
  if (!(await isFirstUse())) return replayed()
  await tx
    .updateTable('enrolment_code')
    .set({ used_at: now, used_by: thumbprint })
    .where('code_hash', '=', row.code_hash)
    .execute()
  await tx.updateTable('device').set({ thumbprint, enrolled_at: now }).where('device_id', '=', row.device_id).execute()
  await tx
    .updateTable('staff_session')
    .set({ revoked_at: now })
    .where('device_id', '=', row.device_id)
    .where('revoked_at', 'is', null)
    .execute()
  return ok(row.device_id)
}

/**
 * Binds a counter's key to the device its one-time code was given for. A later code for the same device replaces the key.
 * The proof is used up together with the code; whoever has none that is good causes nothing to be written, however often they ask.
 * Errors: `device.enrolmentCode` (unknown, used, or the device is revoked), `device.alreadyEnrolled` (the key has a device),
 * `auth.proofInvalid` (the proof was used before).
 */
export async function enrolDevice(context: ServiceContext, request: Enrolment): Promise<Result<Device>> {
  const now = context.clock.now()
  const { thumbprint } = request.proof
  const used = await context.db.transaction().execute(async (tx): Promise<Result<number>> => {
    const result = await useCode(tx, request, now)
    if (!result.ok) return result
    const { store_id, highest_sequence } = await tx
      .selectFrom('device')
      .select(['store_id', 'highest_sequence'])
      .where('device_id', '=', result.value)
      .executeTakeFirstOrThrow()
    await appendAudit(tx, {
      storeId: store_id,
      at: now,
      actor: `device:${result.value}`,
      deviceId: result.value,
      action: 'device.enrolled',
      subject: result.value,
    })
    return ok(highest_sequence)
  })
  if (!used.ok) return used
  const device = await deviceOfKey(context, thumbprint)
  const ruleKeys = await publicRuleKeys(context.db)
  return device
    ? ok({ ...device, lastSequence: used.value, ruleKeys })
    : fail('device.enrolmentCode', { field: 'enrolmentCode' })
}
