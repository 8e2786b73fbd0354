import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../../service/src/database/open-database.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk } from '../../support/counter-journey.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

/** One command, several processes on one port. */
let world: OutsideWorld
let cluster: PostgresCluster
let databaseUrl: string
let service: ServiceProcess
let counter: CounterClient

beforeAll(async () => {
  world = await startOutsideWorld()
  cluster = await startPostgres()
  databaseUrl = await cluster.createDatabase()
  service = await startServiceProcess(world, databaseUrl, {}, { processes: 2, logLevel: 'warn' })
  counter = await createCounterClient(service.url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
})
afterAll(async () => {
  await service?.kill()
  await cluster?.stop()
  await world?.close()
})

/** The processes the ready line names. */
function processes(): { pid: number }[] {
  const line = service
    .output()
    .split('\n')
    .find((one) => one.startsWith('{"ready":true'))
  return (JSON.parse(line!) as { processes: { pid: number }[] }).processes
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function until(true_: () => boolean) {
  for (let tries = 0; tries < 300 && !true_(); tries += 1) await wait(100)
  expect(true_()).toBe(true)
}

/** Hands payments in, each until it has a receipt, whichever process answers and whoever dies meanwhile. */
async function handIn(count: number): Promise<string[]> {
  const entry = await world.someone('clean')
  const jobs = Array.from({ length: count }, () => {
    const caseId = counter.randomCaseId()
    const payload = {
      ...{ paymentId: counter.randomCaseId(), caseId, msisdn: entry.msisdn, carrier: entry.carrier },
      ...{ homeProvince: entry.province, method: 'cash', amountFen: 500, receiptNumber: 'R-1', takenAt: Date.now() },
      allocations: [{ kind: 'bill', ref: 'B1', amountFen: 500 }],
    }
    return counter.job('payment.take', payload, { lane: caseId, staffId: clerk.staffId })
  })
  for (const job of jobs)
    for (let tries = 0; ; tries += 1) {
      const results = await counter.sendJobs([job]).catch(() => undefined)
      if (results?.[0]?.outcome === 'accepted') break
      expect(results ?? [], JSON.stringify(results)).toEqual([])
      expect(tries).toBeLessThan(200)
      await wait(50)
    }
  return jobs.map((job) => (job.payload as { paymentId: string }).paymentId)
}

it('shares the work, replaces a process that is killed, loses nothing and ends in order', async () => {
  const begun = processes()
  expect(new Set(begun.map(({ pid }) => pid)).size).toBe(2)
  const handingIn = handIn(40)
  await wait(150)
  process.kill(begun[0]!.pid, 'SIGKILL')
  const payments = await handingIn
  await until(() => service.output().includes('service process ended'))
  const more = await handIn(5)
  const look = await openDatabase({ kind: 'postgres', url: databaseUrl, poolSize: 2 })
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from payment
    where payment_id = any(${[...payments, ...more]}::uuid[])`.execute(look.db)
  expect(rows[0]!.n).toBe(45)
  await look.close()
  const left = begun[1]!.pid
  expect(isRunning(left)).toBe(true)
  expect(await service.stop()).toBe(0)
  expect(isRunning(left)).toBe(false)
  await expect(fetch(`${service.url}/healthz`)).rejects.toThrow()
})

it('takes its processes along when it is killed itself', async () => {
  service = await startServiceProcess(world, databaseUrl, {}, { processes: 2 })
  const pids = processes().map(({ pid }) => pid)
  await service.kill()
  await until(() => pids.every((pid) => !isRunning(pid)))
})
