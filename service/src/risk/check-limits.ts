import { sql } from 'kysely'
import { shanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { RiskLimit } from '../../../src/shared/domain/risk-policy.ts'
import type { Tx } from '../database/handle.ts'

/** What somebody is about to do, in pieces or fen per kind of limit. */
export type Acts = Partial<Record<RiskLimit['of'], number>>

/**
 * Lets nobody else count this person's acts until the transaction ends: two submissions at once, in two processes, are counted one
 * after the other. Call it before counting.
 */
export async function holdStaff(tx: Tx, staffId: string): Promise<void> {
  await tx.selectFrom('staff').select('staff_id').where('staff_id', '=', staffId).forNoKeyUpdate().execute()
}

/** The same for one document, whoever handles it. */
export async function holdDocument(tx: Tx, documentKey: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${documentKey}, 0))`.execute(tx)
}

async function doneBefore(tx: Tx, staffId: string, limit: RiskLimit, since: number): Promise<number> {
  if (limit.of === 'manualEntries') {
    const row = await tx
      .selectFrom('identity_proof')
      .select((eb) => eb.fn.countAll().as('total'))
      .where('staff_id', '=', staffId)
      .where('proved_at', '>=', since)
      .where('entry', '=', 'manual')
      .executeTakeFirstOrThrow()
    return Number(row.total)
  }
  if (limit.role === 'supervisor' && limit.of === 'waivedFen') {
    const row = await tx
      .selectFrom('approval')
      .select((eb) => eb.fn.sum('waived_fen').as('total'))
      .where('approver_id', '=', staffId)
      .where('approved_at', '>=', since)
      .executeTakeFirstOrThrow()
    return Number(row.total ?? 0)
  }
  const column = limit.of === 'waivedFen' ? 'waived_fen' : 'promised_refund_fen'
  const row = await tx
    .selectFrom('product_order')
    .select((eb) => (limit.of === 'cancellations' ? eb.fn.countAll() : eb.fn.sum(column)).as('total'))
    .where('staff_id', '=', staffId)
    .where('created_at', '>=', since)
    .executeTakeFirstOrThrow()
  return Number(row.total ?? 0)
}

/**
 * Whether a person may still do this: counts inside the transaction, so the caller must have called `holdStaff`. An hour is the last
 * sixty minutes, a day the Shanghai calendar day. `as`: who serves a customer is held to a clerk's limits, who grants to a supervisor's.
 * Error: `limit.exceeded` with `limit`, `of`, `per`, `most`, `done`.
 */
export async function checkLimits(
  tx: Tx,
  limits: readonly RiskLimit[],
  person: { staffId: string; as: RiskLimit['role'] },
  acts: Acts,
  now: number,
): Promise<Result<undefined>> {
  for (const limit of limits) {
    const asked = acts[limit.of] ?? 0
    if (limit.role !== person.as || asked <= 0) continue
    const since = limit.per === 'hour' ? now - 3_600_000 + 1 : startOfDay(shanghaiDate(now))
    const done = await doneBefore(tx, person.staffId, limit, since)
    if (done + asked > limit.most)
      return fail('limit.exceeded', {
        params: {
          limit: limit.id,
          of: limit.of,
          per: limit.per,
          ...(limit.of.endsWith('Fen') ? { mostFen: limit.most, doneFen: done } : { most: limit.most, done }),
        },
      })
  }
  return ok(undefined)
}
