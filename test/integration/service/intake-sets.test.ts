import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import type { OpenDatabase } from '../../../service/src/database/open-database.ts'
import type { JobResult } from '../../../src/shared/protocol/jobs.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk } from '../../support/counter-journey.ts'
import { enrolment, onBothDatabases } from '../../support/service-suite.ts'
import { type DirectoryEntry, startServiceOn } from '../../support/service-world.ts'

type Job = ReturnType<CounterClient['job']>

onBothDatabases('sets of papers and payments', (suite) => {
  let customer: DirectoryEntry | undefined

  /** A case with a paper and a payment; `spoil` changes the payment. */
  async function jobsOfCase(spoil: object = {}, counter = suite().counter): Promise<[Job, Job]> {
    const { world } = suite()
    customer ??= await world.someone('clean')
    const [lane, attachmentId] = [counter.randomCaseId(), counter.randomCaseId()]
    const content = Buffer.from(`<!doctype html><p>${lane}</p>`)
    const paper = {
      attachmentId,
      caseId: lane,
      kind: 'signedForm',
      mediaType: 'text/html',
      sha256: createHash('sha256').update(content).digest('hex'),
      contentBase64: content.toString('base64'),
    }
    const payment = {
      paymentId: counter.randomCaseId(),
      caseId: lane,
      msisdn: customer.msisdn,
      carrier: 'CMCC',
      homeProvince: customer.province,
      method: 'cash',
      amountFen: 500,
      receiptNumber: 'R-1 “第一号”',
      takenAt: Date.now(),
      allocations: [{ kind: 'bill', ref: 'B1', amountFen: 500 }],
      ...spoil,
    }
    const details = { lane, staffId: clerk.staffId }
    return [counter.job('attachment.store', paper, details), counter.job('payment.take', payment, details)]
  }
  const cases = async (count: number) => (await Promise.all(Array.from({ length: count }, () => jobsOfCase()))).flat()

  const pairs = (count: number, counter: CounterClient) =>
    Promise.all(Array.from({ length: count }, () => jobsOfCase({}, counter)))

  /** How many jobs of each device were accepted. */
  async function accounts(look: OpenDatabase) {
    const rows = await look.db.selectFrom('device').select(['device_id', 'accepted_jobs']).execute()
    return new Map(rows.map((row) => [row.device_id, Number(row.accepted_jobs)]))
  }

  async function sendAt(address: string, counter: CounterClient, jobs: readonly Job[]): Promise<JobResult[]> {
    for (;;) {
      const dpop = await counter.proof('POST', '/v1/jobs', { htu: `${address}/v1/jobs` })
      const headers = { 'content-type': 'application/json', dpop }
      const response = await fetch(`${address}/v1/jobs`, { method: 'POST', headers, body: JSON.stringify({ jobs }) })
      if (response.status === 200) return ((await response.json()) as { results: JobResult[] }).results
      if (response.status !== 429) throw new Error(await response.text())
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
  }

  async function gaps() {
    const { counter } = suite()
    const response = await counter.request('GET', '/v1/store/job-gaps')
    return response.status === 200 ? ((await response.json()) as { gaps: unknown[] }).gaps.length : undefined
  }

  async function payments(ids: readonly string[]) {
    const rows = await suite()
      .look?.db.selectFrom('payment')
      .select(['payment_id', 'receipt_number', 'allocations', 'amount_fen'])
      .where('payment_id', 'in', ids)
      .execute()
    return rows
  }

  it('accepts a hundred at once and gives the same receipts again, alone and together, to the byte', async () => {
    const { counter } = suite()
    const jobs = await cases(50)
    const first = await counter.sendJobs(jobs)
    expect(first.map((result) => result.outcome)).toEqual(jobs.map(() => 'accepted'))
    expect(first.map((result) => result.id)).toEqual(jobs.map((job) => job.id))
    expect(JSON.stringify(await counter.sendJobs(jobs))).toBe(JSON.stringify(first))
    expect(await counter.sendJobs([jobs[7]])).toEqual([first[7]])
    const newer = await cases(2)
    const mixed = await counter.sendJobs([...newer.slice(0, 2), ...jobs.slice(10, 20), ...newer.slice(2)])
    expect(mixed.slice(2, 12)).toEqual(first.slice(10, 20))
    expect(mixed.map((result) => result.outcome)).toEqual(mixed.map(() => 'accepted'))
    const stored = await payments(jobs.map((job) => (job.payload as { paymentId?: string }).paymentId ?? job.id))
    if (stored) {
      expect(stored).toHaveLength(50)
      expect(stored[0]).toMatchObject({
        receipt_number: 'R-1 “第一号”',
        amount_fen: 500,
        allocations: '[{"kind":"bill","ref":"B1","amountFen":500}]',
      })
    }
  })

  it('lets twins of a batch, in any order and overlap, have one effect', async () => {
    const { counter, look } = suite()
    const jobs = await cases(12)
    const lanes = Array.from({ length: 12 }, (_, index) => jobs.slice(index * 2, index * 2 + 2))
    const answers = await Promise.all([
      counter.sendJobs(jobs),
      counter.sendJobs(lanes.toReversed().flat()),
      counter.sendJobs(jobs.slice(6, 20)),
      counter.sendJobs([jobs[0], jobs[1]]),
      counter.sendJobs(jobs),
    ])
    const receipts = new Map<string, Set<string>>()
    for (const result of answers.flat()) {
      expect(result.outcome).toBe('accepted')
      receipts.set(result.id, (receipts.get(result.id) ?? new Set()).add(JSON.stringify(result)))
    }
    expect([...receipts.values()].map((set) => set.size)).toEqual(jobs.map(() => 1))
    if (!look) return
    const { effects } = await look.db
      .selectFrom('audit_entry')
      .select((eb) => eb.fn.countAll<number>().as('effects'))
      .where('action', '=', 'payment.taken')
      .where(
        'subject',
        'in',
        jobs.flatMap((job) => (job.payload as { paymentId?: string }).paymentId ?? []),
      )
      .executeTakeFirstOrThrow()
    expect(Number(effects)).toBe(12)
    expect(await verifyAuditChain(look.db, 'SZ-HQB')).not.toHaveProperty('brokenAt')
  })

  it('refuses what is wrong in the middle, blocks its lane, and takes in the neighbours', async () => {
    const { counter } = suite()
    const [good, alsoGood] = [await jobsOfCase(), await jobsOfCase()]
    const [paper, wrong] = await jobsOfCase({ amountFen: 501 })
    const behind = { ...(await jobsOfCase())[1], lane: wrong.lane }
    const stranger = { ...(await jobsOfCase())[1], staffId: '999999' }
    const results = await counter.sendJobs([good[0], paper, wrong, behind, good[1], stranger, ...alsoGood])
    expect(results.map((result) => (result.outcome === 'refused' ? result.error.code : result.outcome))).toEqual([
      ...['accepted', 'accepted', 'payment.amountDiffers', 'blocked', 'accepted', 'job.staffUnknown'],
      ...['accepted', 'accepted'],
    ])
    // Refused jobs have arrived as far as their number goes, blocked ones have not; put right, both go through.
    const again = await counter.sendJobs([
      { ...wrong, payload: { ...(wrong.payload as object), amountFen: 500 } },
      behind,
    ])
    expect(again.map((result) => result.outcome)).toEqual(['accepted', 'accepted'])
    await counter.signIn('100108', 'counter-trial-108')
    // The papers of `behind` and `stranger` were never sent.
    expect(await gaps()).toBe(2)
    await counter.signIn(clerk.staffId, clerk.password)
  })

  it('finds taken names, numbers and ids job by job', async () => {
    const { counter } = suite()
    const [[paper, payment], other] = [await jobsOfCase(), await jobsOfCase()]
    await counter.sendJobs([paper, payment])
    const sameName = {
      ...other[1],
      payload: { ...(other[1].payload as object), ...pick(payment.payload, 'paymentId') },
    }
    const sameNumber = { ...(await jobsOfCase())[0], sequence: paper.sequence }
    const otherBody = { ...payment, createdAt: payment.createdAt + 1 }
    const bystander = await jobsOfCase()
    const results = await counter.sendJobs([other[0], sameName, sameNumber, otherBody, ...bystander])
    expect(results.map((result) => (result.outcome === 'refused' ? result.error.code : result.outcome))).toEqual([
      ...['accepted', 'payment.alreadyTaken', 'job.sequenceConflict', 'job.bodyDiffers', 'accepted', 'accepted'],
    ])
  })

  it('refuses a job no database could hold, and blocks its own lane only', async () => {
    const { counter } = suite()
    const [paper, poisoned] = await jobsOfCase({ receiptNumber: 'R\u0000' })
    const behind = { ...(await jobsOfCase())[1], lane: poisoned.lane }
    const neighbours = await jobsOfCase()
    const results = await counter.sendJobs([paper, poisoned, behind, ...neighbours])
    const byId = new Map(results.map((result) => [result.id, result.outcome]))
    expect([paper, poisoned, behind, ...neighbours].map((job) => byId.get(job.id))).toEqual([
      ...['accepted', 'refused', 'blocked', 'accepted', 'accepted'],
    ])
  })

  it('keeps chain and accounts right when two processes take in sets of one store, and of one device, at once', async (context) => {
    const { counter, world, database, look, service } = suite()
    if (!look) return context.skip('PGlite lets one process in')
    const second = await startServiceOn(world, database)
    try {
      const other = await createCounterClient(second.url)
      await other.enrol(enrolment.second)
      const before = await accounts(look)
      const [here, there] = [await pairs(30, counter), await pairs(30, other)]
      const sent = await Promise.all([
        // Some of this device's travel by the other process, as after a balancer has changed its mind.
        // Papers alone leave nothing in the chain: only the device's account tells that somebody else was at it.
        ...here.map(async ([paper, payment], index) => {
          const [at, elsewhere] = index % 2 === 0 ? [second.url, service.url] : [service.url, second.url]
          return [...(await sendAt(at, counter, [paper])), ...(await sendAt(elsewhere, counter, [payment]))]
        }),
        ...there.map((jobs) => other.sendJobs(jobs)),
      ])
      expect(sent.flat().map(({ outcome }) => outcome)).toEqual(sent.flat().map(() => 'accepted'))
      const after = await accounts(look)
      for (const deviceId of ['SZ-HQB-3', 'SZ-HQB-2'])
        expect(after.get(deviceId)! - (before.get(deviceId) ?? 0)).toBe(60)
      expect(await verifyAuditChain(look.db, 'SZ-HQB')).not.toHaveProperty('brokenAt')
    } finally {
      await second.close()
    }
  })

  it('waits for a chain that somebody else holds, and takes in then', async (context) => {
    const { counter, look } = suite()
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can hold a row')
    const jobs = await cases(2)
    let answered = false
    const sending = await look.db.transaction().execute(async (tx) => {
      await tx.selectFrom('audit_chain').selectAll().where('chain', '=', 'SZ-HQB').forUpdate().execute()
      const results = counter.sendJobs(jobs).finally(() => {
        answered = true
      })
      await new Promise((resolve) => setTimeout(resolve, 400))
      expect(answered).toBe(false)
      return { results }
    })
    expect((await sending.results).map(({ outcome }) => outcome)).toEqual(jobs.map(() => 'accepted'))
  })
})

function pick(payload: unknown, name: string): object {
  return { [name]: (payload as Record<string, unknown>)[name] }
}
