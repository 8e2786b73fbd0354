import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import { finalStages } from '../../../service/src/orders/stages.ts'
import type { JobRow } from '../../../src/main/core/outbox/outbox-table.ts'
import { changeMark } from '../../../src/shared/protocol/changes.ts'
import { isOfDeadLife } from './counter-disk.ts'
import { drawTroubles, startTroubles, type Trouble } from './fault-plan.ts'
import type { FlightCounts } from './flights.ts'
import { proofWindowMs } from './front.ts'
import { judgeAuditChain, judgeLedger, judgeOutbox, readJobs, type SeenJobs } from './judge-counter.ts'
import { judgeHeldJobs } from './judge-held.ts'
import { judgeEffects, judgeGaps, judgeJobs, judgeMoney, judgeOrders } from './judge-service.ts'
import type { Rules } from './rules.ts'
import type { ServiceDatabase } from './service-database.ts'
import { virtualGlobals } from './virtual-globals.ts'
import { buildWorld, openForBusiness, type World, worldStart } from './world.ts'

/** What one seed came to. */
export interface SeedResult {
  seed: number
  /** Everything that was wrong, in words; empty when all invariants held. */
  wrong: string[]
  hash: string
  troubles: Trouble[]
  /** Virtual seconds until everything was settled. */
  seconds: number
  counts: Record<string, number>
  trace: readonly string[]
}

/** Special circumstances of a run. */
export interface RunOptions {
  /** In the middle of the day the service is set back to an older backup of its database. */
  restoredBackup?: boolean
  /** It opens again within seconds, sooner than the guide allows. */
  reopensAtOnce?: boolean
  /** Every counter sends as many jobs at a time as shops do, so that two batches are hardly ever on their way. */
  usualBatches?: boolean
  /** Kinds of trouble every seed has on top of its own. */
  troubles?: readonly Trouble[]
}

/**
 * As long as nobody may open a restored service, virtual: a proof is good for two minutes before and after its time, and a request that the
 * service answered before must not be good enough for one that has forgotten it (docs/guide/operation.md, "Restore").
 */
const restoringMs = (options: RunOptions) => (options.reopensAtOnce ? 5_000 : 2 * proofWindowMs)

/** Longest time everything may take to settle after the last trouble, virtual. */
const longestSettlingMs = 90 * 60_000

/** What is still under way, in words; undefined when nothing is. */
async function unsettled(world: World): Promise<string | undefined> {
  const stages = finalStages.map((stage) => `'${stage}'`).join(', ')
  const [open] = await world.database.rows<{ n: number }>(
    `select count(*)::int as n from product_order where stage not in (${stages})`,
  )
  if (open!.n > 0) return `${open!.n} orders are not decided`
  const [cursor] = await world.database.rows<{ n: number }>(
    'select coalesce(max(last_sequence), 0)::int as n from change_cursor',
  )
  const [newest] = await world.database.rows<{ at: number; subject_id: string }>(
    'select at, subject_id from change_feed order by sequence desc limit 1',
  )
  for (const { counter } of world.counters) {
    const store = counter.store()
    if (!store) return `${counter.name} does not run`
    const jobs = await store.query<Pick<JobRow, 'state' | 'lane'>>(
      "SELECT state, lane FROM outbox_job WHERE state <> 'done' ORDER BY sequence",
    )
    const held = new Set(jobs.filter((job) => job.state === 'needs_attention').map((job) => job.lane))
    const waiting = jobs.filter((job) => !held.has(job.lane)).length
    if (waiting > 0) return `${counter.name} still has ${waiting} jobs to send`
    const applied = await store.get<{ value: string }>("SELECT value FROM meta WHERE name = 'changesCursor'")
    const known = Number(applied?.value ?? 0)
    const [accepted] = await world.database.rows<{ n: number }>(
      'select accepted_jobs::int as n from device where device_id = $1',
      [counter.name],
    )
    const receipts = await store.get<{ n: number }>('SELECT count(*) AS n FROM outbox_job WHERE receipt IS NOT NULL')
    if (receipts!.n !== accepted!.n) return `${counter.name} holds ${receipts!.n} receipts of ${accepted!.n} jobs`
    if (known !== cursor!.n) return `${counter.name} knows ${known} of ${cursor!.n} changes`
    // As many changes as a restored service has may be those of the time it forgot: the counter has still to hear of that.
    const mark = await store.get<{ value: string }>("SELECT value FROM meta WHERE name = 'changesMark'")
    if (newest && mark?.value !== JSON.stringify(changeMark(newest.at, newest.subject_id)))
      return `${counter.name} knows another change ${known} than the service`
  }
  return undefined
}

/** The books of everyone, compared. */
async function judge(world: World, seen: ReadonlyMap<string, SeenJobs>, mix: ReadonlySet<Trouble>): Promise<string[]> {
  const wrong: string[] = []
  const books = []
  for (const { counter, clerk } of world.counters) {
    const store = counter.store()
    if (!store) {
      wrong.push(`${counter.name} does not run`)
      continue
    }
    const jobs = await readJobs(store)
    books.push({ deviceId: counter.name, jobs })
    const own = [
      ...judgeOutbox(jobs, seen.get(counter.name)!),
      ...(await judgeLedger(store, jobs, clerk.ledger)),
      ...(await judgeAuditChain(store)),
      ...judgeHeldJobs(jobs, mix),
      ...(await judgeViews(world, counter.name)),
      ...(await store.verify()).problems,
    ]
    wrong.push(...own.map((what) => `${counter.name}: ${what}`))
  }
  wrong.push(
    ...(await judgeJobs(world.database, books)),
    ...(await judgeEffects(world.database)),
    ...(await judgeGaps(world.database, books)),
    ...(await judgeMoney(
      world.database,
      books,
      world.home,
      [...seen.values()].some((one) => one.renewable),
    )),
    ...(await judgeOrders(world.database)),
  )
  const chain = await verifyAuditChain(world.database.db, 'SZ-HQB')
  if (chain.brokenAt) wrong.push(`the service's audit chain breaks at ${chain.brokenAt}`)
  return wrong
}

/** Each counter shows every order of its store as the service last told it. */
async function judgeViews(world: World, name: string): Promise<string[]> {
  const { counter } = world.counters.find((one) => one.counter.name === name)!
  const shown = await counter
    .store()!
    .query<{ order_id: string; sequence: number; document: string }>(
      'SELECT order_id, sequence, document FROM order_view ORDER BY order_id',
    )
  const told = await world.database.rows<{ order_id: string; sequence: number; body: string }>(
    `select distinct on (order_id) order_id, sequence, body from change_feed order by order_id, sequence desc`,
  )
  const wrong: string[] = []
  for (const order of told) {
    const mine = shown.find((one) => one.order_id === order.order_id)
    const stage = (text: string) => (JSON.parse(text) as { stage: string }).stage
    if (!mine) wrong.push('an order of the store is not shown')
    else if (mine.sequence !== order.sequence || stage(mine.document) !== stage(order.body))
      wrong.push(`shows ${stage(mine.document)} for an order that is ${stage(order.body)}`)
  }
  return wrong
}

/** Takes a backup early in the day and puts the service back to it later, as after the loss of its disks. */
function restoreOlderBackup(world: World, dayMs: number, closedMs: number, seen: ReadonlyMap<string, SeenJobs>) {
  const { scheduler, database, front, trace } = world
  scheduler.after(dayMs * 0.3, async () => {
    const backup = await database.backUp()
    trace.note('world', 'backup taken')
    scheduler.after(dayMs * 0.4, async () => {
      world.closeService(closedMs)
      await database.restore(backup)
      front.forgetReceipts()
      for (const one of seen.values()) one.renewable = true
      trace.note('world', 'backup restored')
    })
  })
}

/** Runs one seed from the first case to the last book, on a database that is emptied first. */
export async function runSeed(
  seed: number,
  rules: Rules,
  database: ServiceDatabase,
  options: RunOptions = {},
): Promise<SeedResult> {
  const world = await buildWorld(seed, rules, database, options.usualBatches ?? false)
  const { scheduler, chance, trace, counters, wrong } = world
  const restore = await virtualGlobals(scheduler, chance.branch('globals'))
  const seen = new Map(counters.map(({ counter }) => [counter.name, { jobs: new Map() } as SeenJobs]))
  const mix = new Set([...drawTroubles(chance.branch('troubles')), ...(options.troubles ?? [])])
  const dayMs = world.full ? 360_000 : chance.pick([60_000, 120_000, 180_000])
  const rejected = (error: unknown) => {
    // What a dead life leaves behind harms nobody; in a living one it would end the program.
    if (!isOfDeadLife(error)) wrong.push(`a promise was forgotten: ${String(error)}`)
  }
  process.on('unhandledRejection', rejected)
  try {
    trace.note('world', 'seed', seed, ...mix)
    for (const { counter, clerk } of counters) {
      // What is on disk after a restart is judged at once, not only in the evening.
      counter.onStart = async () => {
        const store = counter.store()
        if (!store) return
        try {
          const jobs = await readJobs(store)
          const found = [
            ...judgeOutbox(jobs, seen.get(counter.name)!),
            ...(await judgeLedger(store, jobs, clerk.ledger)),
          ]
          if (counter.store() === store) wrong.push(...found.map((what) => `${counter.name} after a restart: ${what}`))
        } catch {
          // The disk failed while looking; the next start looks again.
        }
      }
      scheduler.after(chance.between(0, 500), () => counter.start())
    }
    let atWork = true
    void openForBusiness(world, rules, dayMs).then(() => {
      atWork = false
    })
    // A restored service comes back into the midst of trouble.
    const troubledMs = dayMs + (options.restoredBackup ? restoringMs(options) : 0)
    const lasting = mix.has('longCut') ? 45 * 60_000 : troubledMs
    const trouble = startTroubles(mix, worldStart + troubledMs, {
      scheduler,
      chance: chance.branch('faults'),
      trace,
      counters: counters.map(({ counter }) => counter),
      processes: world.processes,
      front: world.front,
      home: world.home,
      serviceAway: world.serviceAway,
      employ: async (staffId, active) => {
        await database.rows('update staff set active = $2 where staff_id = $1', [staffId, active])
      },
    })
    if (options.restoredBackup) restoreOlderBackup(world, dayMs, restoringMs(options), seen)
    await scheduler.runUntil(worldStart + lasting)
    trouble.stop()
    trace.note('world', 'trouble ends')
    const deadline = scheduler.now() + longestSettlingMs
    let left: string | undefined = 'not looked yet'
    while (left && scheduler.now() < deadline && wrong.length === 0) {
      await scheduler.runUntil(scheduler.now() + 10_000)
      for (const { clerk } of counters) await world.during(() => clerk.tidyUp())
      left = atWork ? 'clerks are at work' : await world.during(() => unsettled(world))
    }
    if (left && wrong.length === 0) wrong.push(`it never settles: ${left}`)
    trace.note('world', left ?? 'settled')
    if (wrong.length === 0 || !left) wrong.push(...(await world.during(() => judge(world, seen, mix))))
    const jobs = await database.rows<{ n: number }>('select count(*)::int as n from job')
    return {
      seed,
      wrong,
      hash: trace.hash(),
      troubles: [...mix],
      seconds: Math.round((scheduler.now() - worldStart) / 1000),
      counts: countsOf(world, jobs[0]!.n),
      trace: trace.lines,
    }
  } finally {
    restore()
    process.off('unhandledRejection', rejected)
    for (const { counter } of counters) counter.leave()
    for (const process of world.processes()) process.kill()
    await database.rows('select 1')
  }
}

function countsOf(world: World, jobs: number): Record<string, number> {
  const sum = (name: 'requests' | 'lost' | 'answersLost' | 'doubled' | 'late' | 'interfered') =>
    world.counters.reduce((total, { counter }) => total + counter.line.counts[name], 0)
  const flights = (name: keyof FlightCounts) =>
    world.counters.reduce((total, { counter }) => total + counter.flights[name], 0)
  return {
    events: world.scheduler.events,
    jobs,
    cases: world.counters.reduce((total, { clerk }) => total + clerk.ledger.length, 0),
    lives: world.counters.reduce((total, { counter }) => total + counter.lives, 0),
    requests: sum('requests'),
    lost: sum('lost'),
    answersLost: sum('answersLost'),
    doubled: sum('doubled'),
    late: sum('late'),
    interfered: sum('interfered'),
    twoUnderWay: flights('together'),
    firstOfTwoLost: flights('firstLost'),
    stoppedWithTwo: flights('cutOff'),
    reconciledWithTwo: flights('reconciled'),
    deaths: world.trace.lines.filter((line) => / dies/.test(line)).length,
  }
}
