import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../../service/src/database/open-database.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk, type PreparedCase, prepareCase, submitJob, supervisor } from '../../support/counter-journey.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { enrolment } from '../../support/service-suite.ts'
import { configFor, type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

/*
 * Two service processes on one PostgreSQL, one clerk signed in at two counters, and a policy with small limits: nobody gets past a
 * limit by being quick.
 */

let cluster: PostgresCluster
let world: OutsideWorld
let folder: string
let url: string
const services: RunningService[] = []
const counters: CounterClient[] = []

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  cluster = await startPostgres()
  url = await cluster.createDatabase()
  folder = await mkdtemp(join(tmpdir(), 'counterfoil-limits-'))
  const database = { kind: 'postgres' as const, url, poolSize: 8 }
  const shipped = configFor(world.simulators, database)
  await cp(shipped.files.rulePacks, folder, { recursive: true })
  const limits = [
    { id: 'clerkCancellationsDay', role: 'clerk', of: 'cancellations', per: 'day', most: 3 },
    { id: 'clerkManualEntriesHour', role: 'clerk', of: 'manualEntries', per: 'hour', most: 8 },
    { id: 'supervisorWaiversDay', role: 'supervisor', of: 'waivedFen', per: 'day', most: 10_000 },
  ]
  await writeFile(join(folder, 'cn.riskLimits.json'), JSON.stringify(limits))
  const files = { ...shipped.files, rulePacks: folder }
  for (const code of [enrolment.first, enrolment.second]) {
    const service = await startServiceOn(world, database, { files })
    services.push(service)
    const counter = await createCounterClient(service.url)
    await counter.enrol(code)
    await counter.signIn(clerk.staffId, clerk.password)
    counters.push(counter)
  }
})
afterAll(async () => {
  for (const service of services) await service.close()
  await world?.close()
  await cluster?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

it('lets a clerk accept exactly as many as the limit says, however many are handed in at once', async () => {
  const cases: { counter: CounterClient; prepared: PreparedCase }[] = []
  for (let index = 0; index < 6; index += 1) {
    const counter = counters[index % 2]!
    cases.push({ counter, prepared: await prepareCase(counter, world, await world.someone('clean')) })
  }
  for (const { counter, prepared } of cases) await counter.sendJobs(prepared.jobsBefore)
  const results = await Promise.all(
    cases.map(async ({ counter, prepared }) => (await counter.sendJobs([submitJob(counter, prepared)]))[0]!),
  )
  const refused = results.filter((result) => result.outcome === 'refused')
  expect(results.filter((result) => result.outcome === 'accepted')).toHaveLength(3)
  expect(refused.map((result) => result.error)).toEqual(
    Array.from({ length: 3 }, () =>
      expect.objectContaining({
        code: 'limit.exceeded',
        params: expect.objectContaining({ of: 'cancellations', per: 'day', most: 3, done: 3 }),
      }),
    ),
  )
  const { db, close } = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
  try {
    const tickets = await db.selectFrom('trouble_ticket').select('kind').where('kind', '=', 'limitReached').execute()
    expect(tickets).toHaveLength(3)
    const acts = await db
      .selectFrom('audit_entry')
      .select('action')
      .where('action', '=', 'refused.limit.exceeded')
      .execute()
    expect(acts).toHaveLength(3)
  } finally {
    await close()
  }
})

it('counts documents that are typed in, and what a supervisor grants', async () => {
  const [counter] = counters
  // Six cases have been typed in above; the eighth is the last.
  for (let index = 0; index < 2; index += 1) await prepareCase(counter!, world, await world.someone('clean'))
  await expect(prepareCase(counter!, world, await world.someone('clean'))).rejects.toThrow('limit.exceeded')
  const grant = (waivedFen: number) =>
    counter!.post('approve', {
      caseId: lastCase,
      subject: 'waiver',
      agreementId: 'A1',
      waivedFen,
      reason: '已核对',
      approver: supervisor,
    })
  const { db, close } = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
  const { case_id: lastCase } = await db.selectFrom('pre_check').select('case_id').executeTakeFirstOrThrow()
  await close()
  const both = await Promise.all([grant(6000), grant(6001)])
  expect(both.filter((one) => one.ok)).toHaveLength(1)
  expect(both.find((one) => !one.ok)).toMatchObject({
    error: { code: 'limit.exceeded', params: { of: 'waivedFen', mostFen: 10_000 } },
  })
})
