import { instant, shanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import {
  type AppRenewal,
  decideNotEligible,
  decideRelease,
  foldAnswers,
  toResubmit,
  unanswered,
  withoutFeedback,
} from '../../../src/shared/domain/renewal.ts'
import { addWorkingDays } from '../../../src/shared/domain/working-days.ts'
import { type RenewalState, renewalRequestSchema } from '../connectors/wire/renewal.ts'
import type { Tx } from '../database/handle.ts'
import { holdStep } from '../database/hold-step.ts'
import type { NumberResourceTable, RenewalBatchTable } from '../database/tables/renewal.ts'
import { backOffSeconds } from '../orders/back-off.ts'
import type { ServiceContext } from '../service-context.ts'
import { type NumberChange, writeNumbers } from './write-numbers.ts'

/** The numbers of a batch, taken while the batch's token is the one the step began with; undefined when it was overtaken. */
async function hold(tx: Tx, batch: RenewalBatchTable): Promise<NumberResourceTable[] | undefined> {
  if (!(await holdStep(tx, 'renewal_batch', batch.batch_id, batch.step_token))) return undefined
  return tx
    .selectFrom('number_resource')
    .selectAll()
    .where('batch_id', '=', batch.batch_id)
    .orderBy('msisdn')
    .forNoKeyUpdate()
    .execute()
}

/** Moves the batch on: to its next step after some seconds, or to its end. */
async function moveOn(
  tx: Tx,
  context: ServiceContext,
  batch: RenewalBatchTable,
  next: { inSeconds: number | null; set?: Partial<RenewalBatchTable> },
): Promise<void> {
  const now = context.clock.now()
  const token = batch.step_token + 1
  const { inSeconds } = next
  await tx
    .updateTable('renewal_batch')
    .set({
      ...next.set,
      step_token: token,
      next_step_at: inSeconds === null ? null : now + Math.round(inSeconds * 1000),
      ...(inSeconds === null ? { closed_at: now } : {}),
    })
    .where('batch_id', '=', batch.batch_id)
    .execute()
  if (inSeconds !== null)
    await context.work.scheduleFollowUp(tx, { kind: 'renewal', id: batch.batch_id, token }, inSeconds)
}

/**
 * Where a number goes whose apps have had their say: asked once more, released, or held, as the policy of its carrier says. Undefined
 * while some may still answer.
 */
function settle(
  context: ServiceContext,
  number: NumberResourceTable,
  apps: readonly AppRenewal[],
  timeIsUp: boolean,
): NumberChange | undefined {
  const policy = context.renewalPolicy.of(number.carrier)
  const said = timeIsUp ? withoutFeedback(apps, context.clock.now()) : [...apps]
  if (unanswered(said).length > 0) return undefined
  const { msisdn } = number
  const base = { msisdn, batch_id: null, apps: said }
  if (toResubmit(said, policy).length > 0) return { ...base, state: 'reserved', renewal: 'due' }
  const release = decideRelease(said, policy)
  return release === 'held'
    ? { ...base, state: 'reserved', renewal: 'held' }
    : { ...base, state: 'available', renewal: 'released', release }
}

/** The platform does nothing for a number: its apps stay unasked, and it goes by the policy for what is not clean. */
function notEligible(context: ServiceContext, number: NumberResourceTable, code: string): NumberChange {
  const kept = { msisdn: number.msisdn, batch_id: null, apps: [], not_eligible: code }
  return decideNotEligible(code, context.renewalPolicy.of(number.carrier)) === 'held'
    ? { ...kept, state: 'reserved', renewal: 'held' }
    : { ...kept, state: 'available', renewal: 'released', release: 'disclosed' }
}

async function tryAgainLater(context: ServiceContext, batch: RenewalBatchTable): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    if (!(await hold(tx, batch))) return
    await moveOn(tx, context, batch, {
      inSeconds: backOffSeconds(batch.attempts, context.timing),
      set: { attempts: batch.attempts + 1 },
    })
  })
}

async function submit(context: ServiceContext, batch: RenewalBatchTable): Promise<void> {
  const answer = await context.renewal.submit(renewalRequestSchema.parse(JSON.parse(batch.request)))
  if (answer.outcome === 'refused')
    context.log.error({ batchId: batch.batch_id, code: answer.code }, 'the renewal platform refuses a batch')
  if (answer.outcome !== 'ok') return tryAgainLater(context, batch)
  const refused = new Map(answer.value.notEligible.map(({ msisdn, code }) => [msisdn as string, code]))
  await context.db.transaction().execute(async (tx) => {
    const numbers = await hold(tx, batch)
    if (!numbers) return
    const now = context.clock.now()
    const out = numbers.filter(({ msisdn }) => refused.has(msisdn))
    await writeNumbers(
      tx,
      out.map((number) => notEligible(context, number, refused.get(number.msisdn)!)),
      now,
    )
    const { workingDays } = context.renewalPolicy.of(batch.carrier).turnaround
    // Whole days: the last one ends with its midnight.
    const lastDay = addWorkingDays(shanghaiDate(now), workingDays)
    await moveOn(tx, context, batch, {
      inSeconds: out.length === numbers.length ? null : context.timing.renewalPollSeconds,
      set: { submitted_at: now, follow_until: startOfDay(lastDay) + 86_400_000, attempts: 0 },
    })
  })
}

function answersOf(number: NumberResourceTable, state: Extract<RenewalState, { result: 'ok' }>): AppRenewal[] {
  const known = JSON.parse(number.apps) as AppRenewal[]
  const said = state.numbers.find(({ msisdn }) => msisdn === number.msisdn)?.apps ?? []
  const round = new Map(known.map((app) => [app.app, app.round]))
  return said.map(({ app, state: appState, reason, at }) => ({
    app,
    state: appState,
    ...(reason ? { reason } : {}),
    at: instant(at),
    round: round.get(app) ?? 1,
  }))
}

async function follow(context: ServiceContext, batch: RenewalBatchTable): Promise<void> {
  const answer = await context.renewal.state(batch.batch_id)
  if (answer.outcome === 'refused')
    context.log.error({ batchId: batch.batch_id, code: answer.code }, 'the renewal platform does not know a batch')
  if (answer.outcome !== 'ok') return tryAgainLater(context, batch)
  await context.db.transaction().execute(async (tx) => {
    const numbers = await hold(tx, batch)
    if (!numbers) return
    const now = context.clock.now()
    const timeIsUp = batch.follow_until !== null && now >= batch.follow_until
    const changes: NumberChange[] = []
    let waiting = 0
    for (const number of numbers) {
      const known = JSON.parse(number.apps) as AppRenewal[]
      const apps = foldAnswers(known, answersOf(number, answer.value))
      const settled = settle(context, number, apps, timeIsUp)
      if (settled) changes.push(settled)
      else {
        waiting += 1
        if (apps.some((app, index) => app !== known[index]))
          changes.push({
            msisdn: number.msisdn,
            state: 'reserved',
            renewal: 'batched',
            batch_id: batch.batch_id,
            apps,
          })
      }
    }
    await writeNumbers(tx, changes, now)
    await moveOn(tx, context, batch, {
      inSeconds: waiting === 0 ? null : context.timing.renewalPollSeconds,
      set: { attempts: 0 },
    })
  })
}

/**
 * Takes a batch as far as it goes now: submits it once, then asks until every app of every number has answered or had its time. A
 * token other than the batch's means that this step was overtaken. No transaction is open while the platform is asked.
 */
export async function followBatch(context: ServiceContext, batchId: string, token: number): Promise<void> {
  const batch = await context.db
    .selectFrom('renewal_batch')
    .selectAll()
    .where('batch_id', '=', batchId)
    .where('step_token', '=', token)
    .where('next_step_at', 'is not', null)
    .executeTakeFirst()
  if (!batch) return
  await (batch.submitted_at === null ? submit(context, batch) : follow(context, batch))
}
