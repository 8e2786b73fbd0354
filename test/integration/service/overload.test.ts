import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { OpenDatabase } from '../../../service/src/database/open-database.ts'
import type { CounterClient } from '../../support/counter-client.ts'
import { chengduClerk, clerk } from '../../support/counter-journey.ts'
import { onBothDatabases } from '../../support/service-suite.ts'

type Job = ReturnType<CounterClient['job']>

/** Holds a row until it is let go; resolves when it is held. */
async function hold(look: OpenDatabase, statement: (db: OpenDatabase['db']) => Promise<unknown>) {
  let letGo = () => {}
  const until = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let done: Promise<unknown> = Promise.resolve()
  await new Promise<void>((held) => {
    done = look.db.transaction().execute(async (tx) => {
      await statement(tx)
      held()
      await until
    })
  })
  return async () => {
    letGo()
    await done
  }
}

onBothDatabases('under pressure', (suite) => {
  async function payments(counter: CounterClient, staffId: string, count: number): Promise<Job[]> {
    const entry = await suite().world.someone('clean')
    return Array.from({ length: count }, () => {
      const caseId = counter.randomCaseId()
      const payload = {
        paymentId: counter.randomCaseId(),
        caseId,
        msisdn: entry.msisdn,
        carrier: entry.carrier,
        homeProvince: entry.province,
        method: 'cash',
        amountFen: 500,
        receiptNumber: 'R-1',
        takenAt: Date.now(),
        allocations: [{ kind: 'bill', ref: 'B1', amountFen: 500 }],
      }
      return counter.job('payment.take', payload, { lane: caseId, staffId })
    })
  }

  async function send(counter: CounterClient, jobs: readonly Job[]) {
    const response = await counter.request('POST', '/v1/jobs', { jobs })
    const body = (await response.json()) as { results?: { outcome: string }[]; error?: { code: string } }
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body }
  }

  it('sends deliveries away while those let in wait too long, and loses none of them', async (context) => {
    const { counter, look } = suite()
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can hold a row')
    const jobs = await payments(counter, clerk.staffId, 60)
    const letGo = await hold(look, (db) =>
      sql`select 1 from device where device_id = 'SZ-HQB-3' for update`.execute(db),
    )
    const first = jobs.slice(0, 16).map((job) => send(counter, [job]))
    // Sixteen of this device wait by now, longer than anybody should.
    await new Promise((resolve) => setTimeout(resolve, 1_300))
    const begun = performance.now()
    const late = await Promise.all(jobs.slice(16).map((job) => send(counter, [job])))
    expect(performance.now() - begun).toBeLessThan(5_000)
    for (const { status, retryAfter, body } of late) {
      expect([status, body.error?.code]).toEqual([429, 'connection.busy'])
      expect(Number(retryAfter)).toBeGreaterThanOrEqual(1)
      expect(Number(retryAfter)).toBeLessThanOrEqual(10)
    }
    await letGo()
    for (const { status, body } of await Promise.all(first))
      expect([status, body.results?.[0]?.outcome]).toEqual([200, 'accepted'])
    // What was sent away comes again and is taken in; what was taken in gives the same receipt.
    const again = await send(counter, jobs)
    expect(again.body.results?.map(({ outcome }) => outcome)).toEqual(jobs.map(() => 'accepted'))
    const ids = jobs.map((job) => (job.payload as { paymentId: string }).paymentId)
    const { effects } = await look.db
      .selectFrom('payment')
      .select((eb) => eb.fn.countAll<number>().as('effects'))
      .where('payment_id', 'in', ids)
      .executeTakeFirstOrThrow()
    expect(Number(effects)).toBe(60)
  })

  it('lets nobody wait for a counter whose device somebody else holds', async (context) => {
    const { counter, chengdu, look } = suite()
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can hold a row')
    const [own, other] = [await payments(counter, clerk.staffId, 2), await payments(chengdu, chengduClerk.staffId, 8)]
    const letGo = await hold(look, (db) =>
      sql`select 1 from device where device_id = 'SZ-HQB-3' for update`.execute(db),
    )
    const held = send(counter, own)
    let answered = false
    void held.then(() => {
      answered = true
    })
    for (const job of other) {
      const { status, body } = await send(chengdu, [job])
      expect([status, body.results?.[0]?.outcome]).toEqual([200, 'accepted'])
    }
    expect(answered).toBe(false)
    await letGo()
    expect((await held).body.results?.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted'])
  })

  it('uses a proof once, also where it is burnt with the jobs it brings', async () => {
    const { counter } = suite()
    const [first, second] = (await payments(counter, clerk.staffId, 2)) as [Job, Job]
    const jti = crypto.randomUUID()
    const together = await Promise.all([
      counter.request('POST', '/v1/jobs', { jobs: [first] }, { jti }),
      counter.request('POST', '/v1/jobs', { jobs: [second] }, { jti }),
    ])
    expect(together.map(({ status }) => status).toSorted()).toEqual([200, 401])
    expect((await counter.request('POST', '/v1/jobs', { jobs: [second] }, { jti })).status).toBe(401)
    // A proof that came with nonsense is used up, too.
    const wasted = crypto.randomUUID()
    expect((await counter.request('POST', '/v1/jobs', { jobs: [] }, { jti: wasted })).status).toBe(400)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect((await counter.request('POST', '/v1/jobs', { jobs: [second] }, { jti: wasted })).status).toBe(401)
  })

  it('takes compressed requests, compresses answers for those afar, and is not filled by a small bomb', async () => {
    const { counter, service } = suite()
    const jobs = await payments(counter, clerk.staffId, 40)
    const post = async (body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
      fetch(`${service.url}/v1/jobs`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-encoding': 'gzip',
          dpop: await counter.proof('POST', '/v1/jobs'),
          ...headers,
        },
        body,
      })
    const packed = new Uint8Array(gzipSync(JSON.stringify({ jobs })))
    const near = await post(packed)
    expect(near.headers.get('content-encoding')).toBeNull()
    const results = ((await near.json()) as { results: { outcome: string }[] }).results
    expect(results.map(({ outcome }) => outcome)).toEqual(jobs.map(() => 'accepted'))
    const far = await post(packed, { 'x-forwarded-for': '10.1.2.3', 'accept-encoding': 'gzip' })
    expect(far.headers.get('content-encoding')).toBe('gzip')
    expect(((await far.json()) as { results: unknown }).results).toEqual(results)
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(300 * 1024 * 1024, 32)))
    expect(bomb.byteLength).toBeLessThan(400_000)
    // Packing it took this process, which is the service's too, longer than anybody should be kept waiting.
    await new Promise((resolve) => setTimeout(resolve, 500))
    const before = process.memoryUsage().rss
    const refused = await post(bomb)
    expect(refused.status).toBe(413)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
    const broken = await post(new Uint8Array(Buffer.from('this is not gzip')))
    expect(broken.status).toBe(400)
  })
})
