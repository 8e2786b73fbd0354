import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { type RunningQueue, startWorkQueue } from '../../../service/src/orders/work-queue.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'

const silent = { info() {}, warn() {}, error() {} }
let cluster: PostgresCluster
const databases: OpenDatabase[] = []
const queues: RunningQueue[] = []

/** Four processes' worth of workers on one database: eight hands each, three orders at a home system, five at Guangdong's China Mobile. */
beforeAll(async () => {
  cluster = await startPostgres()
  const url = await cluster.createDatabase()
  for (let process = 0; process < 4; process += 1) {
    const database = await openDatabase({ kind: 'postgres', url, poolSize: 4 })
    databases.push(database)
    const homeLimits = { concurrentOrders: 3, systems: { 'CMCC:44': 5 } }
    queues.push(
      await database.alone(() =>
        startWorkQueue(database, { pollSeconds: 0.5, concurrency: 8, homeLimits, log: silent }),
      ),
    )
  }
})
afterAll(async () => {
  for (const queue of queues) await queue.stop()
  for (const database of databases) await database.close()
  await cluster?.stop()
})

it('no home system gets more orders at once than it bears, and a slow one keeps nobody from the others', {
  timeout: 60_000,
}, async () => {
  const systemOf = new Map<string, string>()
  const schedule = (system: string, count: number) =>
    databases[0]!.db.transaction().execute(async (tx) => {
      for (let nth = 0; nth < count; nth += 1) {
        const orderId = `${system}-${nth}`
        systemOf.set(orderId, system)
        await queues[0]!.scheduleStep(tx, { orderId, token: nth }, system, 0)
      }
    })
  // The slow systems' orders came first and are many.
  await schedule('CTCC:14', 30)
  await schedule('CMCC:44', 20)
  await schedule('CUCC:41', 4)

  const under = new Map<string, number>()
  const most = new Map<string, number>()
  const done: string[] = []
  const step = async ({ orderId }: { orderId: string }) => {
    const system = systemOf.get(orderId)!
    under.set(system, (under.get(system) ?? 0) + 1)
    most.set(system, Math.max(most.get(system) ?? 0, under.get(system)!))
    await wait(system === 'CUCC:41' ? 5 : 700)
    under.set(system, under.get(system)! - 1)
    done.push(orderId)
  }
  for (const queue of queues) await queue.run({ step, sms: async () => {}, followUp: async () => {} })
  await expect.poll(() => done.length, { timeout: 45_000, interval: 100 }).toBe(54)

  expect(new Set(done).size).toBe(54)
  // Thirty-two hands of four processes reach out, many of them in the same moment, and never take one too many.
  expect(most.get('CTCC:14')!).toBe(3)
  expect(most.get('CMCC:44')!).toBe(5)
  const lastSwift = Math.max(...done.map((orderId, at) => (orderId.startsWith('CUCC') ? at : -1)))
  expect(lastSwift).toBeLessThan(20)
})
