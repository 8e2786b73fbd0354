import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../service/src/database/open-database.ts'
import type { OrderView } from '../../src/shared/protocol/changes.ts'
import type { RepairOptions } from '../../src/shared/protocol/repairs.ts'
import { createCounterClient } from './counter-client.ts'
import { clerk, followOrder, handIn, type PreparedCase, prepareCase, supervisor } from './counter-journey.ts'
import { newPglite } from './pglite.ts'
import { startPostgres } from './postgres.ts'
import { enrolment } from './service-suite.ts'
import { configFor, startOutsideWorld, startServiceOn } from './service-world.ts'

/*
 * Attempts that failed are not repeated within a test: what moves an order here is the supervisor. The rules let one cooling-off end
 * early (a password that was reset) and another not (a SIM that was replaced). Outside systems have as long to answer as in earnest,
 * because a call that is given up here is not made again.
 */
const patient = { retryFirstSeconds: 600, retryLongestSeconds: 600, outsideTimeoutMs: 10_000 }

async function rulesThatMayEndEarly(folder: string): Promise<string> {
  const packs = join(folder, 'rule-packs')
  await cp(new URL('../../resources/rule-packs', import.meta.url).pathname, packs, { recursive: true })
  const file = join(packs, 'cn.riskRules.json')
  const rules = JSON.parse(await readFile(file, 'utf8')) as { id: string; measure: { mayEndEarly?: boolean } }[]
  for (const rule of rules) if (rule.id === 'recentPasswordReset') rule.measure.mayEndEarly = true
  await writeFile(file, JSON.stringify(rules))
  return packs
}

const quiet = { reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } }

export type RepairDesk = Awaited<ReturnType<typeof openRepairDesk>>

/** A service whose orders move only by hand once they have stopped, with a clerk's counter and a supervisor's. */
export async function openRepairDesk(kind: 'PGlite' | 'PostgreSQL') {
  const world = await startOutsideWorld()
  await world.control(quiet)
  const folder = await mkdtemp(join(tmpdir(), 'counterfoil-repairs-'))
  const cluster = kind === 'PostgreSQL' ? await startPostgres() : undefined
  const database = cluster ? { kind: 'postgres' as const, url: await cluster.createDatabase() } : await newPglite()
  const files = { ...configFor(world.simulators, database).files, rulePacks: await rulesThatMayEndEarly(folder) }
  const service = await startServiceOn(world, database, { files, timing: patient })
  // PGlite has one connection, which the service holds.
  const look = database.kind === 'postgres' ? await openDatabase({ ...database, poolSize: 2 }) : undefined
  async function signedIn(enrolmentCode: string, staff: { staffId: string; password: string }) {
    const client = await createCounterClient(service.url)
    await client.enrol(enrolmentCode)
    await client.signIn(staff.staffId, staff.password)
    return client
  }
  const counter = await signedIn(enrolment.first, clerk)
  const boss = await signedIn(enrolment.second, supervisor)

  let broken: string | undefined
  const follow = (prepared: PreparedCase, wanted: (order: OrderView) => boolean) =>
    followOrder(counter, prepared.order.orderId, wanted)

  async function optionsOf(prepared: PreparedCase): Promise<RepairOptions> {
    const answer = await boss.call<RepairOptions>('GET', `/v1/orders/${prepared.order.orderId}/repairs`)
    if (!answer.ok) throw new Error(answer.error.code)
    return answer.value
  }

  return {
    world,
    look,
    counter,
    signedIn,
    follow,
    optionsOf,
    actionsOf: async (prepared: PreparedCase) => (await optionsOf(prepared)).actions,
    /** Makes the case's home province wrong in some way; null makes it well again. */
    fault({ entry }: PreparedCase, faults: object | null, more: object = {}) {
      broken = `bss:${entry.carrier}:${entry.province}`
      return world.control({ ...more, targets: { [broken]: faults } })
    },
    /** The outside world is quick and well again. */
    mend: () => world.control({ ...quiet, targets: { ...quiet.targets, ...(broken ? { [broken]: null } : {}) } }),
    repair: (prepared: PreparedCase, ask: object, by = boss) =>
      by.call<OrderView>('POST', `/v1/orders/${prepared.order.orderId}/repairs`, {
        repairId: counter.randomCaseId(),
        reason: '归属省值班已确认',
        ...ask,
      }),
    /** An order that waits for the home province's review. */
    async underReview(scenario = 'clean') {
      const prepared = await prepareCase(counter, world, await world.someone(scenario))
      await world.control({ reviewFactor: 10_000 })
      await handIn(counter, prepared)
      await follow(prepared, (order) => order.stage === 'homeReview')
      return prepared
    },
    async close() {
      await look?.close()
      await service.close()
      await cluster?.stop()
      await world.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
