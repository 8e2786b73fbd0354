import { expect, it } from 'vitest'
import type { CounterClient } from '../../support/counter-client.ts'
import { createCounterClient } from '../../support/counter-client.ts'
import {
  chengduClerk,
  chengduSupervisor,
  clerk,
  followOrder,
  handIn,
  type PreparedCase,
  prepareCase,
  submitJob,
  supervisor,
} from '../../support/counter-journey.ts'
import { enrolment, onBothDatabases } from '../../support/service-suite.ts'

/** A payment for a number that needs nothing else. */
function payment(counter: CounterClient, msisdn: string, homeProvince: string, changes: object = {}) {
  return {
    paymentId: counter.randomCaseId(),
    caseId: counter.randomCaseId(),
    msisdn,
    carrier: 'CMCC',
    homeProvince,
    method: 'cash',
    amountFen: 1_200,
    receiptNumber: 'R-1',
    takenAt: Date.now(),
    allocations: [
      { kind: 'bill', ref: 'B1', amountFen: 1_000 },
      { kind: 'lateFee', ref: 'B1', amountFen: 200 },
    ],
    ...changes,
  }
}

onBothDatabases('the intake', (suite) => {
  const paymentJob = async (counter: CounterClient, changes: object = {}, details: object = {}) => {
    const entry = await suite().world.someone('clean')
    const content = payment(counter, entry.msisdn, entry.province, changes)
    return counter.job('payment.take', content, { lane: content.caseId, staffId: clerk.staffId, ...details })
  }

  it('gives the first receipt again, to the byte, also to twins at the same time', async () => {
    const { counter } = suite()
    const job = await paymentJob(counter)
    const twins = await Promise.all(Array.from({ length: 8 }, () => counter.sendJobs([job])))
    const receipts = new Set(twins.map((results) => JSON.stringify(results)))
    expect(receipts.size).toBe(1)
    expect(twins[0]).toMatchObject([{ outcome: 'accepted', receipt: { jobId: job.id } }])
    const reordered = Object.fromEntries(Object.entries(job).reverse())
    expect(JSON.stringify(await counter.sendJobs([reordered]))).toBe([...receipts][0])
  })

  it('refuses the same id with another body and changes nothing', async () => {
    const { counter } = suite()
    const job = await paymentJob(counter)
    const [first] = await counter.sendJobs([job])
    const [second] = await counter.sendJobs([{ ...job, createdAt: job.createdAt + 1 }])
    expect(second).toEqual({ id: job.id, outcome: 'refused', error: { code: 'job.bodyDiffers' } })
    expect((await counter.sendJobs([job]))[0]).toEqual(first)
  })

  it('refuses one number for two jobs', async () => {
    const { counter } = suite()
    const job = await paymentJob(counter)
    await counter.sendJobs([job])
    const other = await paymentJob(counter, {}, { sequence: job.sequence })
    expect((await counter.sendJobs([other]))[0]).toMatchObject({
      outcome: 'refused',
      error: { code: 'job.sequenceConflict' },
    })
  })

  it('blocks the lane behind a refused job and no other', async () => {
    const { counter } = suite()
    const bad = await paymentJob(counter, { amountFen: 1 })
    const behind = counter.job(
      'order.urge',
      { orderId: counter.randomCaseId(), reason: '催单' },
      { ...bad, id: counter.randomCaseId(), sequence: bad.sequence + 1 },
    )
    const elsewhere = await paymentJob(counter)
    const results = await counter.sendJobs([bad, behind, elsewhere])
    expect(results.map((result) => result.outcome)).toEqual(['refused', 'blocked', 'accepted'])
    expect(results[0]).toMatchObject({ error: { code: 'payment.amountDiffers', field: 'allocations' } })
  })

  it.each([
    ['no envelope', () => 'nonsense', 'job.malformed'],
    ['an unknown kind', (job: object) => ({ ...job, kind: 'order.explode' }), 'job.unknownKind'],
    ['a version from the future', (job: object) => ({ ...job, version: 99 }), 'job.malformed'],
    ['a missing payload', (job: object) => ({ ...job, payload: undefined }), 'job.malformed'],
    ['an unknown clerk', (job: object) => ({ ...job, staffId: '999999' }), 'job.staffUnknown'],
    ['a clerk of another store', (job: object) => ({ ...job, staffId: '510226' }), 'job.storeDiffers'],
    ['an auditor', (job: object) => ({ ...job, staffId: '100401' }), 'auth.forbidden'],
  ])('refuses %s', async (_name, spoil, code) => {
    const { counter } = suite()
    const [result] = await counter.sendJobs([spoil(await paymentJob(counter))])
    expect(result).toMatchObject({ outcome: 'refused', error: { code } })
  })

  it.each([
    ['card money without authorisation', { method: 'card' }, 'payment.authorizationMissing'],
    ['another home province', { homeProvince: '11' }, 'job.invalidReference'],
    ['no money', { amountFen: 0 }, 'job.malformed'],
    ['half a fen', { amountFen: 1.5 }, 'job.malformed'],
  ])('refuses %s', async (_name, changes, code) => {
    const { counter } = suite()
    const [result] = await counter.sendJobs([await paymentJob(counter, changes)])
    expect(result).toMatchObject({ outcome: 'refused', error: { code } })
  })

  it('looks into papers before it keeps them', async () => {
    const { counter } = suite()
    const lane = counter.randomCaseId()
    const store = async (content: Buffer, changes: object = {}) => {
      const { createHash } = await import('node:crypto')
      const paper = {
        attachmentId: counter.randomCaseId(),
        caseId: lane,
        kind: 'portrait',
        mediaType: 'image/png',
        sha256: createHash('sha256').update(content).digest('hex'),
        contentBase64: content.toString('base64'),
        ...changes,
      }
      const [result] = await counter.sendJobs([
        counter.job('attachment.store', paper, { lane, staffId: clerk.staffId }),
      ])
      return result?.outcome === 'refused' ? result.error.code : result?.outcome
    }
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])
    expect(await store(png)).toBe('accepted')
    expect(await store(Buffer.from('MZ this is a program'))).toBe('picture.unreadable')
    expect(await store(png, { sha256: 'a'.repeat(64) })).toBe('picture.hashMismatch')
    expect(await store(png, { mediaType: 'image/jpeg' })).toBe('picture.unreadable')
    expect(await store(Buffer.from('<!doctype html><p>x</p>'), { mediaType: 'text/html' })).toBe('accepted')
    expect(await store(Buffer.alloc(2 * 1024 * 1024 + 1))).toBe('picture.tooLarge')
  })

  it('keeps the account of job numbers, gaps included', async () => {
    const { service } = suite()
    const counter = await createCounterClient(service.url)
    await counter.enrol(enrolment.second)
    const send = async (sequence: number) =>
      expect((await counter.sendJobs([await paymentJob(counter, {}, { sequence })]))[0]?.outcome).toBe('accepted')
    await send(1)
    await send(5)
    await send(3)
    await counter.signIn(supervisor.staffId, supervisor.password)
    const answer = (await (await counter.request('GET', '/v1/store/job-gaps')).json()) as {
      gaps: { deviceId: string; sequence: number }[]
    }
    const ours = answer.gaps.filter((gap) => gap.deviceId === 'SZ-HQB-2').map((gap) => gap.sequence)
    expect(ours).toEqual([2, 4])
    // One number belonged to a job that was closed behind a correction. A disk that was set back asks what was sent from it.
    const answered = await counter.request('POST', '/v1/devices/current/reconciliation', {
      receipts: [],
      closed: [2],
      from: 2,
    })
    const told = (await answered.json()) as { lastSequence: number; taken: { sequence: number; msisdn: string }[] }
    expect(told.lastSequence).toBe(5)
    expect(told.taken.map((job) => job.sequence)).toEqual([3, 5])
    const left = (await (await counter.request('GET', '/v1/store/job-gaps')).json()) as typeof answer
    expect(left.gaps.filter((gap) => gap.deviceId === 'SZ-HQB-2').map((gap) => gap.sequence)).toEqual([4])
    // Its disk is lost: enrolled again with another code, the device learns where its numbers ended.
    const again = await createCounterClient(service.url)
    expect(await again.enrol('HQB2-K6WD-7QPX')).toMatchObject({ value: { deviceId: 'SZ-HQB-2', lastSequence: 5 } })
  })

  it('believes no figure because the counter says so', async () => {
    const { counter, world } = suite()
    const premium = await prepareCase(counter, world, await world.someone('premium'))
    await counter.sendJobs(premium.jobsBefore)
    const { order } = premium
    const attempt = async (changed: object) => {
      const [result] = await counter.sendJobs([submitJob(counter, premium, { ...order, ...changed })])
      return result?.outcome === 'refused' ? result.error.code : result?.outcome
    }
    const [agreement] = order.agreements
    const cheaper = { ...agreement!, quote: { ...agreement!.quote, amountFen: 100 } }
    const [{ msisdn }] = order.productOrderItem
    const table: [string, object][] = [
      ['quote.changed', { agreements: [cheaper] }],
      ['case.incomplete', { agreements: [] }],
      ['case.agreementUnknown', { agreements: [{ ...agreement!, agreementId: 'another' }] }],
      ['settlement.mismatch', { settlement: { ...order.settlement, totalFen: 1, payableFen: 1 } }],
      ['limits.exceeded', { limits: { ...order.limits, highestPenaltyFen: 1 } }],
      ['limits.exceeded', { limits: { ...order.limits, highestPayableFen: 1 } }],
      ['contact.sameNumber', { contact: { name: '王', phone: msisdn } }],
      ['approval.missing', { approvalIds: [] }],
      ['payment.amountDiffers', { paymentIds: [] }],
      ['job.invalidReference', { paymentIds: [counter.randomCaseId()] }],
      ['order.attachmentMissing', { attachments: order.attachments.slice(1) }],
      ['job.invalidReference', { attachments: order.attachments.map((one) => ({ ...one, sha256: 'b'.repeat(64) })) }],
      ['proof.missing', { proofId: counter.randomCaseId() }],
      ['proof.expired', { acceptedAt: order.acceptedAt - 3_600_000 }],
      ['job.malformed', { acceptedAt: order.acceptedAt + 3_600_000 }],
      ['case.preCheckMissing', { preCheckId: counter.randomCaseId() }],
      [
        'proof.nameMismatch',
        { relatedParty: [{ role: 'holder', document: { ...order.relatedParty[0]!.document, name: '别人' } }] },
      ],
      ['refund.notHolder', { refund: { route: 'cash', holderName: '别人' } }],
      [
        'refund.sameNumber',
        { refund: { route: 'mobileNumber', account: msisdn, holderName: premium.proof.holderName } },
      ],
      ['refund.accountMissing', { refund: { route: 'bankCard', holderName: premium.proof.holderName } }],
      ['job.invalidReference', { carrier: 'CBN' }],
    ]
    for (const [code, changed] of table) expect([code, await attempt(changed)]).toEqual([code, code])
    const bySupervisor = { ...submitJob(counter, premium), staffId: supervisor.staffId }
    expect((await counter.sendJobs([bySupervisor]))[0]).toMatchObject({ error: { code: 'approval.samePerson' } })
    expect(await attempt({})).toBe('accepted')
    await followOrder(counter, order.orderId, (one) => one.state === 'completed')
  })

  it('lets one of two provinces win that hand the same number in at the same instant, and the loser keeps its payment', async () => {
    const { counter, chengdu, world } = suite()
    await world.control({ reviewFactor: 10_000 })
    // Of neither province, so that both may cancel it.
    const entry = await world.someone('clean', { inProvince: '14' })
    await chengdu.signIn(chengduClerk.staffId, chengduClerk.password)
    const one = await prepareCase(counter, world, entry)
    const two = await prepareCase(chengdu, world, entry, { approver: chengduSupervisor })
    await Promise.all([counter.sendJobs(one.jobsBefore), chengdu.sendJobs(two.jobsBefore)])
    const results = (
      await Promise.all([counter.sendJobs([submitJob(counter, one)]), chengdu.sendJobs([submitJob(chengdu, two)])])
    ).flat()
    expect(results.map((result) => result.outcome).sort()).toEqual(['accepted', 'refused'])
    expect(results.find((result) => result.outcome === 'refused')).toMatchObject({
      error: { code: 'order.alreadyDispatched' },
    })
    const winner =
      results[0]!.outcome === 'accepted' ? { client: counter, order: one } : { client: chengdu, order: two }
    await world.control({ reviewFactor: 0 })
    await followOrder(winner.client, winner.order.order.orderId, (order) => order.state === 'completed')
  })

  it('keeps one open order per number', async () => {
    const { counter, world } = suite()
    await world.control({ reviewFactor: 10_000 })
    const entry = await world.someone('clean')
    const [one, two] = [await prepareCase(counter, world, entry), await prepareCase(counter, world, entry)] as [
      PreparedCase,
      PreparedCase,
    ]
    await handIn(counter, one)
    const results = await counter.sendJobs([...two.jobsBefore, submitJob(counter, two)])
    expect(results.at(-1)).toMatchObject({ outcome: 'refused', error: { code: 'order.alreadyDispatched' } })
    const third = await prepareCase(counter, world, entry)
    expect(third.preCheck.blockers.map((blocker) => blocker.code)).toContain('ALREADY_DISPATCHED')
    await world.control({ reviewFactor: 0 })
    await followOrder(counter, one.order.orderId, (order) => order.state === 'completed')
  })
})
