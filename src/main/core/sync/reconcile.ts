import { mostTakenAtOnce, type Reconciliation, type TakenJob } from '../../../shared/protocol/reconciliation.ts'
import { writeAudit } from '../audit/audit.ts'
import { parseCase } from '../cases/case-store.ts'
import { refreshCases } from '../cases/refresh-cases.ts'
import { type MetaValue, readMeta, writeMeta } from '../meta.ts'
import type { Ports } from '../ports.ts'
import type { ServiceClient } from '../service-client/service-client.ts'
import type { Store, Transaction } from '../storage/store.ts'
import { firstDoubtful, recallJobs } from './recall.ts'

/** How much of what is held goes into one question. */
const questionLimits = { ranges: 1000, seals: 200, sealBytes: 1_500_000 } as const

/** Heals a service that was restored from an older backup than what it had already receipted. */
export interface Reconciler {
  /**
   * Asks what the service forgot, brings back what it had sealed, and lets exactly the forgotten jobs be sent again, in order.
   * Returns how many; undefined when the service could not be asked. Calls while one is under way share its result.
   */
  run(): Promise<number | undefined>
  /** Brings back what the service sealed for these cases; true when it had forgotten some of it. */
  bringBack(caseIds: readonly string[]): Promise<boolean>
  /**
   * Compares this counter's numbers with the highest the service has seen. A counter that never gave it, or whose number was used
   * before, stands on a disk that was set back: it learns again what it had done and counts on from there. Numbers that will never
   * come are named to the service.
   */
  recall(serviceHighest: number): Promise<void>
}

/** Consecutive numbers as ranges with both ends. */
export function rangesOf(ascending: readonly number[]): [number, number][] {
  const ranges: [number, number][] = []
  for (const number of ascending) {
    const last = ranges.at(-1)
    if (last && number === last[1] + 1) last[1] = number
    else ranges.push([number, number])
  }
  return ranges
}

/** Cuts a list so that no part has more than `most` entries or, as far as single ones allow, more than `bytes` characters. */
function partsOf<T>(list: readonly T[], most: number, bytes = Number.POSITIVE_INFINITY, sizeOf = (_: T) => 0): T[][] {
  const parts: T[][] = []
  let size = 0
  for (const one of list) {
    const part = parts.at(-1)
    if (part && part.length < most && size + sizeOf(one) <= bytes) part.push(one)
    else {
      parts.push([one])
      size = 0
    }
    size += sizeOf(one)
  }
  return parts
}

/** Lets jobs be sent once more although their receipt was here. A paper that is no longer kept needs a person. Returns their lanes. */
async function reopen(
  tx: Transaction,
  ports: Pick<Ports, 'clock' | 'resources' | 'sha256'>,
  sequences: readonly number[],
): Promise<string[]> {
  const told = JSON.stringify(sequences)
  const jobs = await tx.all<{ lane: string }>(
    `SELECT lane FROM outbox_job WHERE receipt IS NOT NULL AND state = 'done'
       AND sequence IN (SELECT value FROM json_each(?))`,
    [told],
  )
  if (jobs.length === 0) return []
  tx.run(
    `UPDATE outbox_job SET receipt = NULL, done_at = NULL, attempts = 0, next_try_at = 0,
       state = CASE WHEN kind <> 'attachment.store' OR EXISTS (
         SELECT 1 FROM attachment WHERE content IS NOT NULL AND attachment_id = payload ->> '$.attachmentId')
         THEN 'pending' ELSE 'needs_attention' END,
       last_error = CASE WHEN kind <> 'attachment.store' OR EXISTS (
         SELECT 1 FROM attachment WHERE content IS NOT NULL AND attachment_id = payload ->> '$.attachmentId')
         THEN NULL ELSE '{"code":"job.paperGone"}' END
     WHERE receipt IS NOT NULL AND state = 'done' AND sequence IN (SELECT value FROM json_each(?))`,
    [told],
  )
  writeMeta(tx, 'receiptCount', Math.max(0, ((await readMeta(tx, 'receiptCount')) ?? 0) - jobs.length))
  await writeAudit(tx, ports, { staffId: 'counter', action: 'outbox.reopened', details: { jobs: jobs.length } })
  const lanes = [...new Set(jobs.map((job) => job.lane))]
  await refreshCases(tx, ports, lanes)
  return lanes
}

/** Seals of what the service gave these cases online. */
async function sealsOf(store: Store, caseIds: readonly string[]): Promise<string[]> {
  const rows = await store.query<{ document: string }>(
    'SELECT document FROM counter_case WHERE case_id IN (SELECT value FROM json_each(?))',
    [JSON.stringify(caseIds)],
  )
  return rows.flatMap(({ document }) => {
    const { proof, preCheck, approvals, acknowledgements } = parseCase(document)
    return [proof, preCheck, ...approvals, ...acknowledgements]
      .map((given) => given?.seal)
      .filter((seal) => seal !== undefined)
  })
}

/** Creates the reconciler. `reopened` is told the lanes whose jobs wait again. */
export function createReconciler(parts: {
  ports: Pick<Ports, 'clock' | 'resources' | 'sha256' | 'log'>
  store: Store
  service: ServiceClient
  reopened(lanes: readonly string[]): Promise<void>
  /** Numbers change only while no job is on its way. */
  betweenRounds<T>(work: () => Promise<T>): Promise<T | undefined>
  /** Told what this counter found out about its own disk. */
  setBack(found: MetaValue<'setBack'> | undefined): void
}): Reconciler {
  const { ports, store, service } = parts
  let underWay: Promise<number | undefined> | undefined

  async function ask(body: Reconciliation) {
    const outcome = await service.exchange('reconcile', { body, timeoutMs: 30_000 })
    return outcome.kind === 'answered' ? outcome.value : undefined
  }

  /** How many sealed things were put back; undefined when the service could not be asked. */
  async function present(caseIds: readonly string[]): Promise<number | undefined> {
    let restored = 0
    const seals = await sealsOf(store, caseIds)
    for (const part of partsOf(seals, questionLimits.seals, questionLimits.sealBytes, (one) => one.length)) {
      const answer = await ask({ receipts: [], seals: part })
      if (!answer) return undefined
      restored += answer.restored
    }
    return restored
  }

  async function heal(sequences: readonly number[]): Promise<boolean> {
    const cases = await store.query<{ lane: string }>(
      'SELECT DISTINCT lane FROM outbox_job WHERE sequence IN (SELECT value FROM json_each(?))',
      [JSON.stringify(sequences)],
    )
    if ((await present(cases.map((row) => row.lane))) === undefined) return false
    const lanes = await store.transaction((tx) => reopen(tx, ports, sequences))
    await parts.reopened(lanes)
    return lanes.length > 0
  }

  async function run(): Promise<number | undefined> {
    const held = await store.query<{ sequence: number }>(
      "SELECT sequence FROM outbox_job WHERE state = 'done' AND receipt IS NOT NULL ORDER BY sequence",
    )
    let reopened = 0
    for (const receipts of partsOf(rangesOf(held.map((job) => job.sequence)), questionLimits.ranges)) {
      const least = receipts[0]![0]
      for (let from = least; ; ) {
        const open = receipts.filter(([, last]) => last >= from).map(([first, last]) => [Math.max(first, from), last])
        const answer = open.length > 0 ? await ask({ receipts: open as [number, number][], seals: [] }) : undefined
        if (open.length > 0 && !answer) return undefined
        if (!answer || answer.forgotten.length === 0) break
        if (!(await heal(answer.forgotten))) return reopened || undefined
        reopened += answer.forgotten.length
        from = answer.forgotten.at(-1)! + 1
      }
    }
    if (reopened > 0) ports.log.warn('service.restored', { jobs: reopened })
    return reopened
  }

  async function recall(serviceHighest: number): Promise<void> {
    await nameClosed(serviceHighest)
    if (await isSetBack(serviceHighest)) await parts.betweenRounds(() => learnAgain())
  }

  async function isSetBack(serviceHighest: number): Promise<boolean> {
    const last = (await readMeta(store, 'lastJobSequence')) ?? 0
    return serviceHighest > last || (await firstDoubtful(store)) <= last
  }

  async function learnAgain(): Promise<void> {
    const from = await firstDoubtful(store)
    const taken: TakenJob[] = []
    let highest = 0
    for (let next = from; ; next = taken.at(-1)!.sequence + 1) {
      const answer = await ask({ receipts: [], seals: [], from: next })
      if (!answer?.taken) return
      highest = Math.max(highest, answer.lastSequence ?? 0)
      taken.push(...answer.taken)
      if (answer.taken.length < mostTakenAtOnce) break
    }
    const { lanes, recalled, renumbered } = await store.transaction((tx) =>
      recallJobs(tx, ports, { from, taken, highest }),
    )
    parts.setBack(await readMeta(store, 'setBack'))
    if (recalled > 0 || renumbered > 0) ports.log.warn('counter.setBack', { recalled, renumbered })
    await parts.reopened(lanes)
  }

  /** Jobs closed behind a correction leave no gap in the numbers. */
  async function nameClosed(serviceHighest: number): Promise<void> {
    const rows = await store.query<{ sequence: number }>(
      `SELECT sequence FROM outbox_job WHERE closed IS NOT NULL AND closed ->> '$.told' IS NULL AND sequence < ?
       ORDER BY sequence LIMIT 500`,
      [serviceHighest],
    )
    if (rows.length === 0) return
    const closed = rows.map((row) => row.sequence)
    if (!(await ask({ receipts: [], seals: [], closed }))) return
    await store.transaction(async (tx) =>
      tx.run(
        `UPDATE outbox_job SET closed = json_set(closed, '$.told', 1)
         WHERE closed IS NOT NULL AND sequence IN (SELECT value FROM json_each(?))`,
        [JSON.stringify(closed)],
      ),
    )
  }

  return {
    recall,
    run() {
      underWay ??= run().finally(() => {
        underWay = undefined
      })
      return underWay
    },
    async bringBack(caseIds) {
      return ((await present(caseIds)) ?? 0) > 0
    },
  }
}
