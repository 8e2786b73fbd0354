import { instant } from '../../../src/shared/domain/calendar.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Device, Session, Staff } from '../../../src/shared/protocol/device.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { ServiceContext } from '../service-context.ts'
import { clearFailures, countFailure, lockedUntil } from './lockout.ts'
import { verifyPassword } from './passwords.ts'
import { newToken, sha256Hex } from './secrets.ts'

/** Wrong passwords until a staff member is locked. */
export const staffFailuresToLock = 5

/**
 * Checks a staff member's own password, counting failures. Used for signing in and for a supervisor's approval beside the clerk. `storeId`:
 * of the counter where it is typed. Wrong passwords at a counter of another store are counted for that store by itself, so that
 * nobody can lock a stranger out of their own; what is no name of anybody is counted in one of 4,096 places, because it may be anything
 * that was typed, a password too, and any number of them. Errors: `auth.credentials`, `auth.locked` with `minutes`.
 */
export async function checkCredentials(
  context: ServiceContext,
  storeId: string,
  credentials: { staffId: string; password: string },
): Promise<Result<Staff>> {
  const now = context.clock.now()
  const row = await context.db
    .selectFrom('staff')
    .selectAll()
    .where('staff_id', '=', credentials.staffId)
    .where('active', '=', true)
    .executeTakeFirst()
  const subject = row
    ? `staff:${row.staff_id}${row.store_id === storeId ? '' : `@${storeId}`}`
    : `nobody:${sha256Hex(credentials.staffId).slice(0, 3)}@${storeId}`
  const locked = (until: number) => fail('auth.locked', { params: { minutes: Math.ceil((until - now) / 60_000) } })
  const until = await lockedUntil(context.db, subject, now)
  if (until) return locked(until)
  if (!(await verifyPassword(row?.password_hash, credentials.password)) || !row) {
    const rule = { lockAt: staffFailuresToLock, lockMs: context.timing.staffLockSeconds * 1000 }
    const counted = await countFailure(context.db, subject, rule, now)
    // Of somebody who is nobody no store has to be told.
    if (row && counted.lockedUntil && !counted.refused)
      await context.db.transaction().execute((tx) =>
        appendAudit(tx, {
          storeId: row.store_id,
          at: now,
          actor: 'service',
          action: 'staff.locked',
          subject: row.staff_id,
          details: { atStore: storeId },
        }),
      )
    return counted.lockedUntil ? locked(counted.lockedUntil) : fail('auth.credentials')
  }
  // Of many guesses at once the right one comes too late where the wrong ones have locked.
  await clearFailures(context.db, subject, now)
  const lockedMeanwhile = await lockedUntil(context.db, subject, now)
  if (lockedMeanwhile) return locked(lockedMeanwhile)
  return ok({ staffId: row.staff_id, name: row.name, role: row.role, storeId: row.store_id })
}

/**
 * Opens a session of twelve hours on one device. The token is opaque, kept as a hash and bound to the device's key.
 * Errors: `auth.credentials`, `auth.locked`, `auth.forbidden` (staff of another store).
 */
export async function signIn(
  context: ServiceContext,
  device: Device,
  thumbprint: string,
  credentials: { staffId: string; password: string },
): Promise<Result<Session>> {
  const staff = await checkCredentials(context, device.storeId, credentials)
  if (!staff.ok) return staff
  if (staff.value.storeId !== device.storeId) return fail('auth.forbidden', { params: { reason: 'otherStore' } })
  const now = context.clock.now()
  const token = newToken()
  const expiresAt = now + context.timing.sessionSeconds * 1000
  await context.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('staff_session')
      .values({
        token_hash: sha256Hex(token),
        staff_id: staff.value.staffId,
        device_id: device.deviceId,
        thumbprint,
        created_at: now,
        expires_at: expiresAt,
        revoked_at: null,
      })
      .execute()
    await appendAudit(tx, {
      storeId: device.storeId,
      at: now,
      actor: staff.value.staffId,
      deviceId: device.deviceId,
      action: 'staff.signedIn',
      subject: staff.value.staffId,
    })
  })
  return ok({ token, expiresAt: instant(expiresAt), staff: staff.value, device })
}

/**
 * Who stands behind a token, looked up on every request so that a revoked person or device is out at once.
 * Errors: `auth.required` (unknown, revoked or bound to another key), `auth.expired`.
 */
export async function staffOfToken(
  context: ServiceContext,
  token: string,
  holder: { deviceId: string; thumbprint: string },
): Promise<Result<Staff>> {
  const row = await context.db
    .selectFrom('staff_session')
    .innerJoin('staff', 'staff.staff_id', 'staff_session.staff_id')
    .select(['staff.staff_id', 'staff.name', 'staff.role', 'staff.store_id', 'expires_at'])
    .where('token_hash', '=', sha256Hex(token))
    .where('staff_session.device_id', '=', holder.deviceId)
    .where('thumbprint', '=', holder.thumbprint)
    .where('revoked_at', 'is', null)
    .where('staff.active', '=', true)
    .executeTakeFirst()
  if (!row) return fail('auth.required')
  if (row.expires_at <= context.clock.now()) return fail('auth.expired')
  return ok({ staffId: row.staff_id, name: row.name, role: row.role, storeId: row.store_id })
}

/** Ends a session at once. A token that is unknown or has ended already is no error: the wish is fulfilled. */
export async function signOut(
  context: Pick<ServiceContext, 'db' | 'clock'>,
  token: string,
  deviceId: string,
): Promise<void> {
  await context.db
    .updateTable('staff_session')
    .set({ revoked_at: context.clock.now() })
    .where('token_hash', '=', sha256Hex(token))
    .where('device_id', '=', deviceId)
    .where('revoked_at', 'is', null)
    .execute()
}
