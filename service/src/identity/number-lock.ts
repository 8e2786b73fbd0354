import { fail, type Result } from '../../../src/shared/domain/result.ts'
import { clearFailures, countFailure, failuresOf, lockedUntil } from '../auth/lockout.ts'
import type { ServiceContext } from '../service-context.ts'

/** More than five failures lock a number (domain facts, chapter 2): the sixth does. */
const failuresToLock = 6

const subjectOf = (msisdn: string) => `number:${msisdn}`

function locked(until: number, now: number): Result<never> {
  return fail('proof.locked', { params: { minutes: Math.ceil((until - now) / 60_000) } })
}

/** `proof.locked` while too many wrong answers were given for a number; undefined otherwise. */
export async function numberLock(context: ServiceContext, msisdn: string): Promise<Result<never> | undefined> {
  const now = context.clock.now()
  const until = await lockedUntil(context.db, subjectOf(msisdn), now)
  return until ? locked(until, now) : undefined
}

/**
 * Counts a wrong answer for a number and returns what the counter is told: the failure with `left`, the wrong answers until the lock,
 * or that this one locked the number.
 */
export async function wrongAnswer(
  context: ServiceContext,
  msisdn: string,
  failure: Result<never>,
): Promise<Result<never>> {
  const now = context.clock.now()
  const rule = { lockAt: failuresToLock, lockMs: context.timing.numberLockSeconds * 1000 }
  const { left, lockedUntil: until } = await countFailure(context.db, subjectOf(msisdn), rule, now)
  if (until) return locked(until, now)
  return failure.ok
    ? failure
    : fail(failure.error.code, { ...failure.error, params: { ...failure.error.params, left } })
}

/** The same failure with `left`, without counting it: the counter did not know yet what it would be asked. */
export async function uncounted(
  context: ServiceContext,
  msisdn: string,
  failure: Result<never>,
): Promise<Result<never>> {
  const left = failuresToLock - (await failuresOf(context.db, subjectOf(msisdn), context.clock.now()))
  return failure.ok
    ? failure
    : fail(failure.error.code, { ...failure.error, params: { ...failure.error.params, left } })
}

/** Forgets the wrong answers of a number after its holder was proved. */
export function forgetWrongAnswers(context: ServiceContext, msisdn: string): Promise<void> {
  return clearFailures(context.db, subjectOf(msisdn))
}
