import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { plainNumber } from '../../../src/shared/domain/identification-number.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { ProofRequest } from '../../../src/shared/protocol/identity.ts'
import { clearFailures, countFailure, failuresOf, giveBackFailure, lockedUntil } from '../auth/lockout.ts'
import { sha256Hex } from '../auth/secrets.ts'
import type { ServiceContext } from '../service-context.ts'
import type { CounterScene } from './scene.ts'

/** More than five failures lock a number or a document (domain facts, chapter 2): the sixth does. */
const failuresToLock = 6
/** Wrong answers one counter may give in a day, over all numbers: whoever tries one number after the other is stopped here. */
const failuresOfCounterPerDay = 30

/** What is counted, and at which failure it locks. */
export interface AttemptSubjects {
  /** A right answer clears these. */
  own: readonly string[]
  /** This one it does not: a guess that is right now and then must not reset it. */
  counter: string
}

/** The subjects of an attempt: the number, each document (by hash, as it is personal), and the counter on this Shanghai day. */
export function subjectsOf(
  scene: Pick<CounterScene, 'device'>,
  request: Pick<ProofRequest, 'msisdn' | 'document' | 'secondDocument'>,
): (today: string) => AttemptSubjects {
  const documents = [request.document, request.secondDocument].flatMap((document) =>
    document
      ? [`document:${sha256Hex(`${document.identificationType}:${plainNumber(document.identificationId)}`)}`]
      : [],
  )
  return (today) => ({
    own: [numberSubject(request.msisdn), ...documents],
    counter: `counter:${scene.device.deviceId}:${today}`,
  })
}

const numberSubject = (msisdn: string) => `number:${msisdn}`

function locked(until: number, now: number): Result<never> {
  return fail('proof.locked', { params: { minutes: Math.ceil((until - now) / 60_000), until } })
}

async function firstLock(context: ServiceContext, subjects: readonly string[]): Promise<Result<never> | undefined> {
  const now = context.clock.now()
  for (const subject of subjects) {
    const until = await lockedUntil(context.db, subject, now)
    if (until) return locked(until, now)
  }
  return undefined
}

/** `proof.locked` with `until` (UTC milliseconds) while too many wrong answers were given for a number; undefined otherwise. */
export function numberLock(context: ServiceContext, msisdn: string): Promise<Result<never> | undefined> {
  return firstLock(context, [numberSubject(msisdn)])
}

/** The same for everything an attempt counts for. */
export function lockOf(
  context: ServiceContext,
  subjects: (today: string) => AttemptSubjects,
): Promise<Result<never> | undefined> {
  const { own, counter } = subjects(shanghaiDate(context.clock.now()))
  return firstLock(context, [...own, counter])
}

/** One attempt, counted as wrong until it is known to be something else. */
export interface Attempt {
  /** It was wrong: the failure with `left`, the wrong answers until the lock, or that this one has locked. */
  wrong(failure: Result<never>): Promise<Result<never>>
  /** It was not judged (the counter did not know yet what it would be asked): the same failure with `left`, not counted. */
  uncounted(failure: Result<never>): Promise<Result<never>>
  /** It was right: earlier failures of number and documents are forgotten. */
  right(): Promise<void>
  /** It has come to its end; unless it was wrong, it counts for nothing (somebody outside did not answer). */
  over(): Promise<void>
}

/**
 * Begins an attempt by counting it, in the database that all processes share: of any number of attempts at once no more are judged than
 * one after the other would be. Error: `proof.locked`.
 */
export async function beginAttempt(
  context: ServiceContext,
  subjects: (today: string) => AttemptSubjects,
): Promise<Result<Attempt>> {
  const now = context.clock.now()
  const { own, counter } = subjects(shanghaiDate(now))
  const lockMs = context.timing.numberLockSeconds * 1000
  const all = [
    ...own.map((subject) => ({ subject, lockAt: failuresToLock, lockMs })),
    { subject: counter, lockAt: failuresOfCounterPerDay, lockMs },
  ]
  const counted: { left: number; lockedUntil?: number }[] = []
  const giveBack = async (count = all.length) => {
    for (const rule of all.slice(0, count)) await giveBackFailure(context.db, rule.subject, rule.lockAt)
  }
  for (const rule of all) {
    const count = await countFailure(context.db, rule.subject, rule, now)
    counted.push(count)
    if (!count.refused) continue
    // Others were quicker and have locked it meanwhile.
    await giveBack(counted.length - 1)
    return locked(count.lockedUntil ?? now + lockMs, now)
  }
  let judged = false
  const told = (failure: Result<never>, left: number): Result<never> =>
    failure.ok ? failure : fail(failure.error.code, { ...failure.error, params: { ...failure.error.params, left } })
  return ok({
    async wrong(failure) {
      judged = true
      const until = Math.max(0, ...counted.map((count) => count.lockedUntil ?? 0))
      if (until > 0) return locked(until, now)
      return told(failure, Math.min(...counted.map((count) => count.left)))
    },
    async uncounted(failure) {
      if (!judged) await giveBack()
      judged = true
      const given = await Promise.all(own.map((subject) => failuresOf(context.db, subject, now)))
      return told(failure, failuresToLock - Math.max(...given))
    },
    async right() {
      judged = true
      for (const subject of own) await clearFailures(context.db, subject)
      await giveBackFailure(context.db, counter, failuresOfCounterPerDay)
    },
    async over() {
      if (!judged) await giveBack()
      judged = true
    },
  })
}
