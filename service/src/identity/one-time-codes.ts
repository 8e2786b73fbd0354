import { addDays, instant, shanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Device } from '../../../src/shared/protocol/device.ts'
import type { OneTimeCodeAnswer } from '../../../src/shared/protocol/identity.ts'
import { countFailure, giveBackFailure } from '../auth/lockout.ts'
import { newSixDigits, sha256Hex } from '../auth/secrets.ts'
import { technicalFailure } from '../connectors/failures.ts'
import { findSegment } from '../numbers/locate-number.ts'
import type { ServiceContext } from '../service-context.ts'
import { numberLock } from './attempts.ts'

/** Codes sent to one number in a day, and asked for at one counter: nobody's phone is flooded from here. */
const codesPerDay = { number: 10, counter: 300 }

const hashOf = (codeId: string, code: string) => sha256Hex(`${codeId}:${code}`)

/**
 * Sends a six-digit code to the number itself, valid five minutes and kept as a hash. A new one only after the old one has expired.
 * Errors: those of `findSegment`, `proof.locked`, `proof.codeTooSoon` with `seconds`, `proof.codeLimit`, `home.unavailable` (the gateway).
 */
export async function sendOneTimeCode(
  context: ServiceContext,
  device: Device,
  request: { caseId: string; msisdn: string },
): Promise<Result<OneTimeCodeAnswer>> {
  const segment = findSegment(context, request.msisdn, device.handlingProvince)
  if (!segment.ok) return segment
  const lock = await numberLock(context, request.msisdn)
  if (lock) return lock
  const now = context.clock.now()
  const today = shanghaiDate(now)
  const untilTomorrow = startOfDay(addDays(today, 1)) - now
  const limits = [
    { subject: `codes:${request.msisdn}:${today}`, lockAt: codesPerDay.number + 1, lockMs: untilTomorrow },
    { subject: `codes:${device.deviceId}:${today}`, lockAt: codesPerDay.counter + 1, lockMs: untilTomorrow },
  ]
  const code = newSixDigits()
  const codeId = context.newId()
  const expiresAt = now + context.timing.oneTimeCodeSeconds * 1000
  const fresh = {
    code_id: codeId,
    case_id: request.caseId,
    code_hash: hashOf(codeId, code),
    sent_at: now,
    expires_at: expiresAt,
    used_at: null,
  }
  const kept = await context.db
    .insertInto('one_time_code')
    .values({ msisdn: request.msisdn, ...fresh })
    .onConflict((conflict) => conflict.column('msisdn').doUpdateSet(fresh).where('one_time_code.expires_at', '<=', now))
    .returning('code_id')
    .executeTakeFirst()
  if (!kept) {
    const earlier = await context.db
      .selectFrom('one_time_code')
      .select('expires_at')
      .where('msisdn', '=', request.msisdn)
      .executeTakeFirst()
    const seconds = Math.max(1, Math.ceil(((earlier?.expires_at ?? now) - now) / 1000))
    return fail('proof.codeTooSoon', { params: { seconds } })
  }
  for (const limit of limits) {
    const count = await countFailure(context.db, limit.subject, limit, now)
    if (!count.lockedUntil) continue
    await context.db.deleteFrom('one_time_code').where('code_id', '=', codeId).execute()
    return fail('proof.codeLimit', { params: { until: count.lockedUntil } })
  }
  const minutes = Math.round(context.timing.oneTimeCodeSeconds / 60)
  const sent = await context.sms.send({
    key: `code:${codeId}`,
    to: request.msisdn,
    text: `【销号柜台】验证码 ${code}，${minutes} 分钟内有效。您正在办理该号码的异地销户，如非本人操作请勿告知他人。`,
    template: 'otp',
  })
  if (sent.outcome !== 'ok') {
    // Nobody received it: the next attempt need not wait.
    await context.db.deleteFrom('one_time_code').where('code_id', '=', codeId).execute()
    for (const limit of limits) await giveBackFailure(context.db, limit.subject, limit.lockAt)
    return technicalFailure(sent.outcome === 'refused' ? { outcome: 'unexpected' } : sent, 'sms')
  }
  return ok({ sentAt: instant(now), expiresAt: instant(expiresAt), nextAllowedAt: instant(expiresAt) })
}

/** Whether a code is the living one for this number and case. */
export async function isCodeRight(
  context: ServiceContext,
  request: { caseId: string; msisdn: string; code: string },
): Promise<boolean> {
  const row = await context.db
    .selectFrom('one_time_code')
    .selectAll()
    .where('msisdn', '=', request.msisdn)
    .where('case_id', '=', request.caseId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', context.clock.now())
    .executeTakeFirst()
  return row !== undefined && row.code_hash === hashOf(row.code_id, request.code)
}

/** Burns the code after the proof it belongs to has stood; false when a twin request was quicker. */
export async function burnCode(
  db: Pick<ServiceContext['db'], 'updateTable'>,
  msisdn: string,
  now: number,
): Promise<boolean> {
  const burnt = await db
    .updateTable('one_time_code')
    .set({ used_at: now })
    .where('msisdn', '=', msisdn)
    .where('used_at', 'is', null)
    .returning('code_id')
    .executeTakeFirst()
  return burnt !== undefined
}
