import type { ArrivedChange, NewerChange } from '../../../shared/protocol/arrived-changes.ts'
import type { StreamEvent } from '../../../shared/protocol/change-stream.ts'
import type { ChangesAnswer } from '../../../shared/protocol/changes-answer.ts'
import type { Emitter } from '../emitter.ts'
import { readMeta } from '../meta.ts'
import type { Ports } from '../ports.ts'
import type { Store } from '../storage/store.ts'
import { applyChanges, restartChanges } from './apply-changes.ts'
import { countNewer } from './newer-changes.ts'
import type { Reconciler } from './reconcile.ts'

/** What a service says of itself along with its changes. */
export type Standing = Pick<ChangesAnswer, 'serviceTime' | 'acceptedJobs' | 'lastSequence' | 'rulesSetDigest'>

/** Deals with what the service tells, whichever way it came. */
export interface NewsTaker {
  /** Receipts held at this moment: read before the service is asked, so that those that arrive meanwhile are no sign of a service that forgot. */
  receiptsHeld(): Promise<number>
  /** How things stand there; `receipts` were held before it was said. */
  standing(standing: Standing, receipts: number): Promise<void>
  changes(changes: readonly ArrivedChange[], cursor: number): Promise<void>
  /** The service does not remember the cursor. */
  beginAgain(): Promise<void>
  /** Takes a stream's events in order; `receipts` were held before it was asked for. */
  fromStream(receipts: number): (events: readonly StreamEvent[]) => Promise<void>
}

/** Creates the taker. */
export function createNewsTaker(parts: {
  ports: Ports
  store: Store
  events: Emitter
  reconciler: Reconciler
  /** Told what time it is at the service. */
  serviceTime(now: number): void
  /** Told which set of rules the service has published. */
  rulesTold(setDigest: string): Promise<void>
}): NewsTaker {
  const { ports, store, events, reconciler } = parts

  /** Once for each place of unknown words, not for each change: a service that is newer says them again and again. */
  async function logNewer(newer: readonly NewerChange[]) {
    const { all: kept } = await countNewer(store)
    const places = newer.map(({ of, unknown }) => (unknown[0] === 'kind' ? of : unknown.join(' ')))
    for (const unknown of new Set(places)) ports.log.warn('sync.newer', { unknown, kept })
  }

  const taker: NewsTaker = {
    receiptsHeld: async () => (await readMeta(store, 'receiptCount')) ?? 0,
    async standing({ serviceTime, acceptedJobs, lastSequence, rulesSetDigest }, receipts) {
      parts.serviceTime(serviceTime)
      if (acceptedJobs !== undefined && acceptedJobs < receipts) await reconciler.run()
      await reconciler.recall(lastSequence ?? 0)
      if (rulesSetDigest !== undefined) await parts.rulesTold(rulesSetDigest)
    },
    async changes(changes, cursor) {
      const applied = await store.transaction((tx) => applyChanges(tx, ports, { changes, cursor }))
      for (const caseId of applied.caseIds) events.emit({ name: 'case.changed', payload: { caseId } })
      if (applied.supervision) events.emit({ name: 'supervision.changed', payload: {} })
      if (applied.newer.length > 0) await logNewer(applied.newer)
      // On a stream the next word of how things stand may be long in coming; a revoked key must not be believed until then.
      const rules = changes.findLast((change) => change.kind === 'rules')
      if (rules) await parts.rulesTold(rules.rules.setDigest)
    },
    async beginAgain() {
      ports.log.warn('sync.restarted', { cursor: (await readMeta(store, 'changesCursor')) ?? 0 })
      await store.transaction(async (tx) => restartChanges(tx))
      await reconciler.run()
    },
    fromStream(receiptsBefore) {
      let receipts = receiptsBefore
      return async (heard) => {
        let together: ArrivedChange[] = []
        const settle = async () => {
          const last = together.at(-1)
          if (last) await taker.changes(together, last.sequence)
          together = []
        }
        for (const event of heard) {
          if (event.event === 'change') {
            together.push(event.change)
            continue
          }
          await settle()
          if (event.event === 'restart') await taker.beginAgain()
          if (event.event !== 'status') continue
          // The next status is from after this one. Should it have travelled long, a reconciliation finds nothing to do.
          const heldNow = await taker.receiptsHeld()
          await taker.standing(event.status, receipts)
          receipts = heldNow
        }
        await settle()
      }
    },
  }
  return taker
}
