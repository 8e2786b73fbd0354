import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { type Carrier, carriers } from '../../../src/shared/domain/geography.ts'
import { type AppRenewal, toResubmit } from '../../../src/shared/domain/renewal.ts'
import type { RenewalRequest } from '../connectors/wire/renewal.ts'
import type { Tx } from '../database/handle.ts'
import type { NumberResourceTable } from '../database/tables/renewal.ts'
import type { ServiceContext } from '../service-context.ts'
import { type NumberChange, writeNumbers } from './write-numbers.ts'

/** Batches of a carrier that one look forms; the next look goes on. */
const mostAtOnce = 20

/** The apps to ask about a number now: all of them at first, later those the policy wants to be asked once more. */
function appsToAsk(context: ServiceContext, number: NumberResourceTable): AppRenewal[] {
  const at = context.clock.now()
  const known = JSON.parse(number.apps) as AppRenewal[]
  return number.renewal === 'resting'
    ? context.renewalPolicy.apps.map(({ code }) => ({ app: code, state: 'submitted', at, round: 1 }))
    : toResubmit(known, context.renewalPolicy.of(number.carrier)).map(({ app, round }) => ({
        app,
        state: 'submitted',
        at,
        round: round + 1,
      }))
}

async function takeDue(tx: Tx, context: ServiceContext, carrier: Carrier): Promise<NumberResourceTable[]> {
  return (
    tx
      .selectFrom('number_resource')
      .selectAll()
      .where('carrier', '=', carrier)
      .where('renewal', 'in', ['resting', 'due'])
      // The last day of rest has to be over.
      .where('aging_until', '<', shanghaiDate(context.clock.now()))
      .orderBy('aging_until')
      .limit(context.renewalPolicy.of(carrier).batchSize)
      // Another process forms a batch of others at the same moment.
      .forNoKeyUpdate()
      .skipLocked()
      .execute()
  )
}

/** Forms one batch of a carrier's numbers whose rest is over; how many numbers it has. */
async function formBatch(tx: Tx, context: ServiceContext, carrier: Carrier): Promise<number> {
  const due = await takeDue(tx, context, carrier)
  if (due.length === 0) return 0
  const now = context.clock.now()
  const batchId = context.newId()
  const asked = due.map((number) => ({ number, apps: appsToAsk(context, number) }))
  const request: RenewalRequest = {
    renewalId: batchId,
    mode: 'batch',
    numbers: asked.map(({ number, apps }) => ({
      msisdn: number.msisdn as RenewalRequest['numbers'][number]['msisdn'],
      carrier: number.carrier,
      homeProvince: number.home_province,
      boundBefore: number.cancelled_at,
      apps: apps.map(({ app }) => app),
    })),
  }
  await tx
    .insertInto('renewal_batch')
    .values({
      batch_id: batchId,
      carrier,
      request: JSON.stringify(request),
      formed_at: now,
      submitted_at: null,
      follow_until: null,
      attempts: 0,
      step_token: 0,
      next_step_at: now,
      closed_at: null,
    })
    .execute()
  const changes = asked.map(({ number, apps }): NumberChange => {
    const again = new Map(apps.map((app) => [app.app, app]))
    const known = JSON.parse(number.apps) as AppRenewal[]
    const all = number.renewal === 'resting' ? apps : known.map((app) => again.get(app.app) ?? app)
    return { msisdn: number.msisdn, state: 'reserved', renewal: 'batched', batch_id: batchId, apps: all }
  })
  await writeNumbers(tx, changes, now)
  await context.work.scheduleFollowUp(tx, { kind: 'renewal', id: batchId, token: 0 }, 0)
  return due.length
}

/** A policy that was made milder lets go what a stricter one held. */
async function releaseHeld(context: ServiceContext, carrier: Carrier): Promise<void> {
  const { release } = context.renewalPolicy.of(carrier)
  if (release.when !== 'disclosed') return
  const now = context.clock.now()
  await context.db
    .updateTable('number_resource')
    .set({ state: 'available', renewal: 'released', release: 'disclosed', released_at: now, updated_at: now })
    .where('carrier', '=', carrier)
    .where('renewal', '=', 'held')
    .where((eb) =>
      release.holdFor.length === 0
        ? eb.lit(true)
        : eb.or([eb('not_eligible', 'is', null), eb('not_eligible', 'not in', release.holdFor)]),
    )
    .execute()
}

/**
 * Puts numbers whose rest is over into batches, each number once, whichever processes look at the same time. A batch is a row and its
 * first step in one transaction: a process that dies leaves nothing half formed.
 */
export async function formBatches(context: ServiceContext): Promise<void> {
  for (const carrier of carriers) {
    await releaseHeld(context, carrier)
    for (let formed = 0; formed < mostAtOnce; formed += 1) {
      const numbers = await context.db.transaction().execute((tx) => formBatch(tx, context, carrier))
      if (numbers < context.renewalPolicy.of(carrier).batchSize) break
    }
  }
}
