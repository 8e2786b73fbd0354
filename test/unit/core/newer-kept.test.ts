import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Store } from '../../../src/main/core/storage/store.ts'
import { applyChanges, applyKept } from '../../../src/main/core/sync/apply-changes.ts'
import type { Instant } from '../../../src/shared/domain/calendar.ts'
import { orderStages, stateOf } from '../../../src/shared/domain/order.ts'
import { type ArrivedChange, arrivedChangeSchema } from '../../../src/shared/protocol/arrived-changes.ts'
import { type Change, orderEventCodes, ticketKinds } from '../../../src/shared/protocol/changes.ts'
import { testResources } from '../../support/core/core-harness.ts'
import { emptyStore } from '../../support/empty-store.ts'

/*
 * A counter that was too old for some of what it heard, and is updated, knows the same as one that was never too old: whatever was hidden from
 * it, in whatever pages it came, however often it came again.
 */

const at = 1_790_000_000_000 as Instant
const ports = { clock: { now: () => at, sleep: async () => {} }, resources: testResources, version: '1' }
const uuid = (kind: number, last: number) => `018f0000-0000-700${kind}-8000-${String(last).padStart(12, '0')}`

interface Told {
  about: number
  ticket: boolean
  stage: (typeof orderStages)[number]
  events: (typeof orderEventCodes)[number][]
  kind: (typeof ticketKinds)[number]
  closed: boolean
}
const toldArbitrary: fc.Arbitrary<Told> = fc.record({
  about: fc.integer({ min: 0, max: 2 }),
  ticket: fc.boolean(),
  stage: fc.constantFrom(...orderStages),
  events: fc.array(fc.constantFrom(...orderEventCodes), { maxLength: 3 }),
  kind: fc.constantFrom(...ticketKinds),
  closed: fc.boolean(),
})

function changeOf({ about, ticket, stage, events, kind, closed }: Told, index: number): Change {
  const sequence = index + 1
  const change = ticket
    ? {
        kind: 'ticket',
        ticket: {
          ticketId: uuid(1, about),
          kind,
          severity: 'waits',
          params: { sequence },
          state: closed ? 'closed' : 'open',
          openedAt: at,
        },
      }
    : {
        kind: 'order',
        order: {
          orderId: uuid(2, about),
          caseId: uuid(3, about),
          caseNumber: `N-${about}`,
          state: stateOf(stage),
          stage,
          deadline: '2026-11-29',
          urgeCount: sequence,
          events: events.map((code, place) => ({ eventId: uuid(4, sequence * 10 + place), code, at, params: {} })),
          updatedAt: at,
        },
      }
  return arrivedChangeSchema.parse({ sequence, at, ...change }) as Change
}

/** The change as a program reads it that does not know these words. */
function asOlderReads(change: Change, hidden: ReadonlySet<string>): ArrivedChange {
  const newer = { kind: 'newer', sequence: change.sequence, at: change.at, of: change.kind, raw: change } as const
  if (change.kind === 'ticket')
    return hidden.has(change.ticket.kind)
      ? { ...newer, subject: change.ticket.ticketId, caseId: undefined, unknown: ['ticket.kind'], readable: undefined }
      : change
  if (change.kind !== 'order') return change
  const { order } = change
  const about = { subject: order.orderId, caseId: order.caseId }
  if (hidden.has(order.stage)) return { ...newer, ...about, unknown: ['order.stage'], readable: undefined }
  const events = order.events.filter(({ code }) => !hidden.has(code))
  return events.length === order.events.length
    ? change
    : { ...newer, ...about, unknown: ['order.events.code'], readable: { ...change, order: { ...order, events } } }
}

async function knownTo(store: Store) {
  return {
    orders: await store.query('SELECT order_id, sequence, document FROM order_view ORDER BY order_id'),
    tickets: await store.query('SELECT ticket_id, state, sequence, document FROM ticket ORDER BY ticket_id'),
  }
}

const apply = (store: Store, changes: readonly ArrivedChange[]) =>
  store.transaction((tx) => applyChanges(tx, ports, { changes, cursor: changes.at(-1)!.sequence }))

test('what was hidden is known after the update, and nothing else is', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(toldArbitrary, { minLength: 1, maxLength: 14 }),
      fc.subarray<string>([...orderStages, ...orderEventCodes, ...ticketKinds]),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 14, maxLength: 14 }),
      fc.boolean(),
      async (told, hiddenWords, pageLengths, again) => {
        const changes = told.map(changeOf)
        const hidden = new Set(hiddenWords)
        const [always, older] = [await emptyStore(at), await emptyStore(at)]
        await apply(always, changes)
        const read = changes.map((change) => asOlderReads(change, hidden))
        for (let from = 0, page = 0; from < read.length; page += 1) {
          const length = pageLengths[page]!
          const changesOfPage = read.slice(from, from + length)
          await apply(older, changesOfPage)
          // A page whose answer was lost comes once more.
          if (again) await apply(older, changesOfPage)
          from += length
        }
        if (again) await apply(older, read)
        // Not updated yet: what it shows is nothing that was not told, and what is hidden of the last word on something is counted.
        const lastOf = new Map(read.map((change) => [JSON.stringify(subject(change)), change]))
        const kept = await older.query('SELECT kind, subject FROM newer_change')
        expect(kept).toHaveLength([...lastOf.values()].filter(({ kind }) => kind === 'newer').length)

        await older.transaction((tx) => applyKept(tx, ports))
        expect(await knownTo(older)).toEqual(await knownTo(always))
        expect(await older.query('SELECT kind FROM newer_change')).toEqual([])
        await always.close()
        await older.close()
      },
    ),
    { numRuns: 20 },
  )
})

function subject(change: ArrivedChange): string | undefined {
  if (change.kind === 'newer') return change.subject
  return change.kind === 'order' ? change.order.orderId : change.kind === 'ticket' ? change.ticket.ticketId : undefined
}
