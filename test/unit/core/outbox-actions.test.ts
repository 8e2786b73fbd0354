import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { settledCase, sign, signIn, submittedCase } from '../../support/core/counter-steps.ts'
import { doubleAccount } from '../../support/core/double-data.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let service: ServiceDouble
let counter: Counter

beforeEach(async () => {
  service = await startServiceDouble()
  counter = await openCounter(service.url)
  await signIn(counter)
})
afterEach(async () => {
  await counter.close()
  await service.close()
})

const jobs = async (includeDone = true) => (await counter.done('outbox.list', { includeDone })).jobs
const nothingWaits = () => until(async () => (await jobs(false)).length === 0)
const heldJob = () => until(async () => (await jobs(false)).find((job) => job.state === 'needs_attention'))
const deeds = async (action: string) =>
  (
    await counter.store.query<{ staff_id: string; details: string }>('SELECT * FROM audit WHERE action = ?', [action])
  ).map((row) => [row.staff_id, JSON.parse(row.details)])

describe('correct and resend', { timeout: 15_000 }, () => {
  test('the case is a draft with its money, the signature is void, and what is submitted next takes the place', async () => {
    service.state.account = (msisdn) => ({ ...doubleAccount(msisdn), unbilledFen: 1234 })
    service.state.refuse.set('order.submit', { code: 'settlement.mismatch', params: { expected: 1, actual: 2 } })
    const submitted = await submittedCase(counter)
    const { caseId } = submitted.case
    await counter.done('order.urge', { caseId, reason: 'please hurry' })
    const held = await heldJob()
    expect(held.mayCorrect).toBe(true)

    const view = await counter.done('outbox.correct', { jobId: held.jobId })
    expect(view.case).toMatchObject({ state: 'draft', payments: [{ amountFen: 1234 }] })
    for (const gone of ['signature', 'orderId', 'submittedAt', 'preCheck'] as const)
      expect(view.case[gone]).toBeUndefined()
    expect(view.progress.missing.map((item) => item.code)).toContain('preCheck')
    expect(view.waiting).toEqual([])
    expect((await counter.done('case.list', { filter: 'all' })).rows[0]).toMatchObject({ status: 'draft' })
    expect(await deeds('outbox.correct')).toEqual([['100', { jobId: held.jobId, code: 'settlement.mismatch' }]])

    service.state.refuse.clear()
    await counter.done('case.preCheck', { caseId })
    for (const agreement of view.case.choices)
      await counter.done('case.chooseAgreement', { caseId, agreementId: agreement.agreementId, option: 'terminate' })
    await sign(counter, caseId)
    const again = await counter.done('case.submit', { caseId })
    expect(again.case.orderId).not.toBe(submitted.case.orderId)
    await nothingWaits()

    const kinds = service.accepted.map((job) => job.kind)
    expect(kinds.filter((kind) => kind === 'payment.take')).toHaveLength(1)
    // Three pictures once, the form that was signed twice.
    expect(kinds.filter((kind) => kind === 'attachment.store')).toHaveLength(5)
    const orders = service.accepted.filter((job) => job.kind === 'order.submit')
    expect(orders).toHaveLength(1)
    expect(orders[0]!.payload).toMatchObject({ orderId: again.case.orderId })
    const { attachments, paymentIds } = orders[0]!.payload as { attachments: { kind: string }[]; paymentIds: string[] }
    expect(attachments.map((one) => one.kind).sort()).toEqual([
      'documentBack',
      'documentFront',
      'portrait',
      'signedForm',
    ])
    expect(paymentIds).toEqual([view.case.payments[0]!.paymentId])
    // The refused one and the urge behind it are on record, closed and without a receipt.
    const closed = (await jobs()).filter((job) => job.state === 'closed')
    expect(closed.map((job) => job.kind).sort()).toEqual(['order.submit', 'order.urge'])
    expect(await counter.call('outbox.retry', { jobId: held.jobId })).toMatchObject({
      error: { code: 'job.notWaiting' },
    })
  })

  test('a paper that was refused is taken again, the order behind it is not lost', async () => {
    service.state.refuse.set('attachment.store', { code: 'picture.unreadable' })
    const { case: case_ } = await submittedCase(counter)
    const held = await heldJob()
    // Before the other papers go out again, which they do at once.
    service.state.refuse.clear()
    const view = await counter.done('outbox.correct', { jobId: held.jobId })
    expect(view.case.attachments).toHaveLength(2)
    await preCheckedAgain(case_.caseId)
    await counter.done('case.submit', { caseId: case_.caseId })
    await nothingWaits()
    expect(service.accepted.filter((job) => job.kind === 'order.submit')).toHaveLength(1)
  })

  /** Takes every picture that is missing, and signs. */
  async function preCheckedAgain(caseId: string) {
    const { tinyPng } = await import('../../support/core/double-data.ts')
    const view = await counter.done('case.view', { caseId })
    for (const kind of ['documentFront', 'documentBack', 'portrait'] as const)
      if (!view.case.attachments.some((paper) => paper.kind === kind))
        await counter.done('case.capture', { caseId, kind, file: { mediaType: 'image/png', contentBase64: tinyPng } })
    const { missing } = (await counter.done('case.view', { caseId })).progress
    if (missing.some((item) => item.code === 'proof')) {
      await counter.done('case.prove', { caseId, servicePassword: '123456' })
      await counter.done('case.preCheck', { caseId })
    }
    await sign(counter, caseId)
  }

  test.each([['order.alreadyDispatched'], ['auth.forbidden'], ['job.sequenceConflict']])(
    '%s is nothing a correction could answer',
    async (code) => {
      service.state.refuse.set('order.submit', { code })
      await submittedCase(counter)
      const held = await heldJob()
      expect(held.mayCorrect).toBe(false)
      expect(await counter.call('outbox.correct', { jobId: held.jobId })).toMatchObject({
        error: { code: 'job.notCorrectable' },
      })
    },
  )

  test('a customer who withdraws wants no correction; what waits is not held', async () => {
    service.state.refuse.set('order.submit', { code: 'quote.changed' })
    const { case: case_ } = await submittedCase(counter)
    const held = await heldJob()
    await counter.done('order.withdraw', { caseId: case_.caseId, reason: 'changed my mind' })
    expect(await counter.call('outbox.correct', { jobId: held.jobId })).toMatchObject({
      error: { code: 'job.notCorrectable' },
    })
    const waiting = (await jobs(false)).find((job) => job.kind === 'order.withdraw')!
    expect(await counter.call('outbox.correct', { jobId: waiting.jobId })).toMatchObject({
      error: { code: 'job.notCorrectable' },
    })
    expect(await counter.call('outbox.correct', { jobId: crypto.randomUUID() })).toMatchObject({
      error: { code: 'job.notFound' },
    })
  })
})

describe('hand to a supervisor', { timeout: 15_000 }, () => {
  test('the job says by whom and why, the supervisor sees it first and can act on it', async () => {
    service.state.refuse.set('order.submit', { code: 'order.alreadyDispatched' })
    await submittedCase(counter, 1)
    await submittedCase(counter, 2)
    const two = await until(async () => {
      const held = (await jobs(false)).filter((job) => job.state === 'needs_attention')
      return held.length === 2 && held
    })
    const later = two[1]!
    const handed = await counter.done('outbox.handOver', { jobId: later.jobId, reason: 'the customer is waiting' })
    expect(handed.jobs[0]).toMatchObject({ jobId: later.jobId, handedOver: { reason: 'the customer is waiting' } })
    expect((await counter.done('desk.view')).attention.map((item) => item.code)).not.toContain('handedOver')
    await signIn(counter, '200')
    expect((await counter.done('desk.view')).attention[0]).toMatchObject({ code: 'handedOver', params: { count: 1 } })
    expect((await jobs(false))[0]!.jobId).toBe(later.jobId)
    service.state.refuse.clear()
    await counter.done('outbox.retry', { jobId: later.jobId })
    await until(async () => (await jobs()).find((job) => job.jobId === later.jobId)?.state === 'done')
    expect(await counter.call('outbox.handOver', { jobId: later.jobId, reason: 'again' })).toMatchObject({
      error: { code: 'job.notWaiting' },
    })
    expect(await deeds('outbox.handOver')).toEqual([['100', { jobId: later.jobId }]])
  })

  test('an auditor may look but not act', async () => {
    service.state.refuse.set('order.submit', { code: 'quote.changed' })
    await submittedCase(counter)
    const held = await heldJob()
    await signIn(counter, '400')
    for (const name of ['outbox.correct', 'outbox.handOver', 'outbox.retry'] as const)
      expect(await counter.raw(name, { jobId: held.jobId, reason: 'because' })).toMatchObject({
        error: { code: 'auth.forbidden' },
      })
  })
})

describe('after weeks without a line', { timeout: 15_000 }, () => {
  test('what was accepted goes out as it was accepted, once somebody has signed in again', async () => {
    service.state.intercept = (route) => (route === '/v1/jobs' ? 'cut' : undefined)
    const { case: case_ } = await submittedCase(counter)
    const acceptedAt = case_.submittedAt
    await until(async () => (await counter.done('app.view')).connection.state === 'offline')
    counter.clock.shift(21 * 86_400_000)
    expect((await counter.done('app.view')).staff).toBeUndefined()
    counter = await counter.reopen()
    expect((await counter.done('app.view')).connection.waitingJobs).toBe(5)
    service.state.intercept = undefined
    await signIn(counter)
    await nothingWaits()
    expect(service.accepted.at(-1)).toMatchObject({ kind: 'order.submit', payload: { acceptedAt } })
  })

  test.each([-40, 40])('a clock that was %d days off for a while stops nothing', async (days) => {
    service.state.intercept = (route) => (route === '/v1/jobs' ? { status: 500, body: {} } : undefined)
    await submittedCase(counter)
    await until(async () => (await jobs(false)).every((job) => job.attempts > 0))
    counter.clock.shift(days * 86_400_000)
    service.state.sessionSeconds = 90 * 86_400
    await signIn(counter)
    await until(async () => (await jobs(false)).every((job) => job.attempts > 1))
    counter.clock.shift(-days * 86_400_000)
    service.state.intercept = undefined
    await signIn(counter)
    await nothingWaits()
    expect(service.accepted).toHaveLength(5)
  })

  test('a draft that was left for weeks asks for a new proof before it can be submitted', async () => {
    const { case: case_ } = await settledCase(counter)
    await sign(counter, case_.caseId)
    counter.clock.shift(1_900_000)
    expect(await counter.call('case.submit', { caseId: case_.caseId })).toMatchObject({
      error: { code: 'proof.expired' },
    })
  })
})
