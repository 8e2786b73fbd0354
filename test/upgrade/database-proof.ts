import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { verifyAuditChain } from '../../service/src/audit/append-audit.ts'
import type { Database } from '../../service/src/database/handle.ts'
import { openDatabase } from '../../service/src/database/open-database.ts'
import { verifyLedger } from '../../service/src/ledger/verify-ledger.ts'
import { differencesFromHome } from '../support/home-books.ts'
import { startOutsideWorld } from '../support/service-world.ts'
import { type BuildOfCommit, present } from './build-of-commit.ts'
import { startEmptyPostgres } from './empty-postgres.ts'
import { type FarSide, farSide } from './far-side.ts'
import { serviceOfBuild } from './service-of-build.ts'

const program = join(import.meta.dirname, 'counter-of-build.ts')
/** Two devices of the trial's first store, which every build has. */
const codes = { older: 'HQB3-7K2M-9QXT', present: 'HQB2-5M8R-2ZTC' }
const scenarios = ['clean', 'arrears', 'prepaid-refund']
const patienceSeconds = 60

/** One at a time is at the camera; nobody comes from the home system that is down. */
interface Camera {
  free: Promise<unknown>
  down?: string
}

interface Finished {
  by: 'older' | 'present'
  at: string
  scenario: string
  orderId: string
  events: string[]
}

/** A counter that takes whole cases from the first question to the finished order, one camera for everybody. */
function clerkOf(by: Finished['by'], side: FarSide, camera: Camera, finished: Finished[]) {
  const prepare = (scenario: string) => {
    const turn = camera.free.then(() =>
      side.tell<{ orderId: string; homeSystem: string }>('prepare', scenario, camera.down),
    )
    camera.free = turn.catch(() => undefined)
    return turn
  }
  return {
    side,
    prepare,
    async whole(at: string, scenario: string) {
      const { orderId } = await prepare(scenario)
      await side.tell('handIn', orderId)
      const events = await side.tell<string[]>('follow', orderId, patienceSeconds)
      finished.push({ by, at, scenario, orderId, events })
    },
  }
}

/** Older builds know nothing of numbers at rest: the present one's housekeeping brings them in. */
async function isAtRest(db: Database, msisdn: string): Promise<boolean> {
  for (const end = Date.now() + 30_000; Date.now() < end; await wait(300)) {
    const found = await db.selectFrom('number_resource').select('msisdn').where('msisdn', '=', msisdn).execute()
    if (found.length === 1) return true
  }
  return false
}

/** What every finished order must look like in the database, whoever brought it there. Returns what does not. */
async function complaints(
  databaseUrl: string,
  world: Awaited<ReturnType<typeof startOutsideWorld>>,
  orders: Finished[],
) {
  const { db, close } = await openDatabase({ kind: 'postgres', url: databaseUrl, poolSize: 2 })
  const wrong: string[] = []
  try {
    for (const { orderId, by, at, scenario } of orders) {
      const whose = `${scenario} order of the ${by} build (${at})`
      const order = await db.selectFrom('product_order').selectAll().where('order_id', '=', orderId).executeTakeFirst()
      if (order?.stage !== 'deactivated') wrong.push(`${whose}: stage ${order?.stage}`)
      const payments = await db.selectFrom('payment').selectAll().where('order_id', '=', orderId).execute()
      if (payments.some((payment) => payment.posted_at === null)) wrong.push(`${whose}: a payment is not posted`)
      if (!(await isAtRest(db, order?.msisdn ?? ''))) wrong.push(`${whose}: its number is not at rest`)
      const twice = await db
        .selectFrom('change_feed')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('order_id', '=', orderId)
        .where('subject_id', '!=', orderId)
        .where('kind', '=', 'order')
        .executeTakeFirstOrThrow()
      if (Number(twice.count) > 0) wrong.push(`${whose}: changes without their subject`)
    }
    wrong.push(...(await verifyLedger(db)).map((one) => `ledger: ${JSON.stringify(one)}`))
    wrong.push(...(await differencesFromHome(db, world)))
    const chains = await db.selectFrom('audit_chain').select('chain').execute()
    for (const { chain } of chains) {
      const verdict = await verifyAuditChain(db, chain)
      if ('brokenAt' in verdict) wrong.push(`audit chain ${chain} is broken at ${verdict.brokenAt}`)
    }
    const gaps = await db.selectFrom('job_gap').selectAll().where('filled_at', 'is', null).execute()
    if (gaps.length > 0) wrong.push(`${gaps.length} gaps in what counters sent`)
  } finally {
    await close()
  }
  return wrong
}

/** The last migration of the oldest build that may be started on the schema as it is now. */
async function floorOf(databaseUrl: string): Promise<string> {
  const { db, close } = await openDatabase({ kind: 'postgres', url: databaseUrl, poolSize: 2 })
  try {
    return (await db.selectFrom('schema_floor').select('oldest').executeTakeFirst())?.oldest ?? ''
  } finally {
    await close()
  }
}

/** Where the two builds tell different stories of the same kind of case: to be read, not a fault by itself. */
function differences(orders: readonly Finished[]): string[] {
  return scenarios.flatMap((scenario) => {
    const told = (by: Finished['by']) => [
      ...new Set(orders.filter((one) => one.by === by && one.scenario === scenario).flatMap(({ events }) => events)),
    ]
    const [older, newer] = [told('older'), told('present')]
    if (older.length === 0 || newer.length === 0) return []
    const only = (ours: string[], theirs: string[]) =>
      ours.filter((code) => !theirs.includes(code) && code !== 'retrying')
    const [gone, come] = [only(older, newer), only(newer, older)]
    return gone.length + come.length === 0 ? [] : [`${scenario}: only older [${gone}], only present [${come}]`]
  })
}

/**
 * An older build and the present one on one PostgreSQL: the older serves, the present one migrates under it while it serves, both serve,
 * the older is started again on the newer schema (or refuses, where the floor of the schema says so), the older one's counters move over, and what it had under way is finished.
 * Returns what went wrong, and prints how far it came.
 */
export async function proveOnDatabase(build: BuildOfCommit, folder: string): Promise<string[]> {
  const finished: Finished[] = []
  const camera: Camera = { free: Promise.resolve() }
  const world = await startOutsideWorld()
  let cluster: Awaited<ReturnType<typeof startEmptyPostgres>> | undefined
  const ends: (() => Promise<unknown>)[] = []
  let at = 'starting'
  try {
    await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
    cluster = await startEmptyPostgres()
    const { databaseUrl } = cluster
    const urls = world.simulators.urls as unknown as Record<string, string>
    const start = async (name: 'older' | 'present') => {
      const place = name === 'older' ? build.folder : present
      const service = await serviceOfBuild(place, join(folder, `${name}.log`), { databaseUrl, urls })
      ends.push(() => service.stop())
      return service
    }
    const counter = (by: Finished['by'], place: string, half: 0 | 1) => {
      const side = farSide(program, [place, JSON.stringify(urls), String(half)])
      ends.unshift(() => side.end())
      return clerkOf(by, side, camera, finished)
    }
    const say = (next: string) => {
      at = next
      console.log(`    ${next}`)
    }

    say('the older build alone')
    let older = await start('older')
    const old = counter('older', build.folder, 0)
    await old.side.tell('enrol', older.url, codes.older)
    for (const scenario of scenarios) await old.whole(at, scenario)
    const underWay = await old.prepare('clean')
    camera.down = underWay.homeSystem
    await world.control({ targets: { [underWay.homeSystem]: { down: true } } })
    await old.side.tell('handIn', underWay.orderId)

    say('the present build migrates while the older one serves')
    let migrated = false
    const load = (async () => {
      while (!migrated) await old.whole('during the migration', 'clean')
    })()
    load.catch(() => undefined)
    const now = await start('present').finally(() => {
      migrated = true
    })
    await load

    say('both serve')
    const young = counter('present', present, 1)
    await young.side.tell('enrol', now.url, codes.present)
    await old.whole(at, 'clean')
    for (const scenario of scenarios) await Promise.all([old.whole(at, 'clean'), young.whole(at, scenario)])

    const floor = await floorOf(databaseUrl)
    await older.stop()
    if (build.lastMigration < floor) {
      say(`the older build is below the floor (${floor}): it may serve on, and must not start again`)
      const began = await start('older').then(
        () => true,
        () => false,
      )
      if (began) throw new Error('it started all the same')
    } else {
      say('the older build is started again on the newer schema')
      older = await start('older')
      await old.side.tell('moveTo', older.url)
      for (const scenario of ['clean', 'arrears']) await old.whole(at, scenario)
      await young.whole(at, 'clean')
      await older.stop()
    }

    say('the older build has stopped, its counters stay')
    await old.side.tell('moveTo', now.url)
    for (const scenario of ['clean', 'prepaid-refund']) await old.whole(at, scenario)
    await world.control({ targets: { [underWay.homeSystem]: null } })
    const events = await old.side.tell<string[]>('follow', underWay.orderId, patienceSeconds)
    finished.push({ by: 'older', at: 'under way', scenario: 'clean', orderId: underWay.orderId, events })

    for (const line of differences(finished)) console.log(`    told differently: ${line}`)
    console.log(`    ${finished.length} orders finished`)
    return await complaints(databaseUrl, world, finished)
  } catch (error) {
    return [`${at}: ${error instanceof Error ? error.message : String(error)}`]
  } finally {
    for (const end of ends) await end()
    await world.close()
    await cluster?.stop()
  }
}
