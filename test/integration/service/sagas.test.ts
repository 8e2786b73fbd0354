import { afterEach, expect, it } from 'vitest'
import type { OrderView } from '../../../src/shared/protocol/changes.ts'
import type { CounterClient } from '../../support/counter-client.ts'
import { clerk, codesOf, followOrder, handIn, type PreparedCase, prepareCase } from '../../support/counter-journey.ts'
import { onBothDatabases } from '../../support/service-suite.ts'

const completed = (order: OrderView) => order.state === 'completed'

function withdraw(counter: CounterClient, prepared: PreparedCase) {
  return counter.sendJobs([
    counter.job(
      'order.withdraw',
      { orderId: prepared.order.orderId, cancellationReason: '客户改变主意' },
      { lane: prepared.caseId, staffId: clerk.staffId },
    ),
  ])
}

onBothDatabases('the saga', (suite) => {
  const slowReviews = () => suite().world.control({ reviewFactor: 10_000 })
  afterEach(() =>
    suite().world.control({
      reviewFactor: 0,
      targets: { bss: { latencyMs: 0, jitterMs: 0 }, sms: null, 'bss:CTCC:14': null, 'bss:CUCC:41': null },
    }),
  )

  it('ends an order the home province refuses, with its reason', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('refused-at-review'))
    await handIn(counter, prepared)
    const order = await followOrder(counter, prepared.order.orderId, (one) => one.state === 'rejected')
    expect(order.refusedFor?.code).toBe('USER_CAUSE_FAIL')
    expect(codesOf(order).at(-1)).toBe('refused')
  })

  it('withdraws in time and takes the penalty back', async () => {
    const { counter, world } = suite()
    await slowReviews()
    const prepared = await prepareCase(counter, world, await world.someone('premium'))
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, (one) => one.stage === 'homeReview')
    const [result] = await withdraw(counter, prepared)
    expect(result).toMatchObject({ outcome: 'accepted', receipt: { effect: { decision: 'undecided' } } })
    const order = await followOrder(counter, prepared.order.orderId, (one) => one.state === 'cancelled')
    expect(codesOf(order)).toEqual([
      'accepted',
      'paymentsPosted',
      'dispatched',
      'withdrawalRequested',
      'withdrawn',
      'paymentReversed',
    ])
    expect(order.events.find((event) => event.code === 'paymentReversed')?.params.amountFen).toBe(1_838_850)
    // The number is free again: nothing stands in the way of another order.
    const again = await prepareCase(counter, world, prepared.entry)
    expect(again.preCheck.blockers.map((blocker) => blocker.code)).not.toContain('ALREADY_DISPATCHED')
  })

  it('shows a withdrawal as undecided until the home province has answered', async () => {
    const { counter, world } = suite()
    await slowReviews()
    const prepared = await prepareCase(counter, world, await world.someone('clean'))
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, (one) => one.stage === 'homeReview')
    const { carrier, province } = prepared.entry
    const target = `bss:${carrier}:${province}`
    await world.control({ targets: { [target]: { down: true } } })
    await withdraw(counter, prepared)
    const undecided = await followOrder(counter, prepared.order.orderId, (one) => one.state === 'pendingCancellation')
    expect(undecided.stage).toBe('homeReview')
    await world.control({ targets: { [target]: null } })
    await followOrder(counter, prepared.order.orderId, (one) => one.state === 'cancelled')
  })

  it('tells the customer when a withdrawal comes too late', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('clean'))
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, completed)
    const [result] = await withdraw(counter, prepared)
    expect(result).toMatchObject({ outcome: 'accepted', receipt: { effect: { decision: 'tooLate' } } })
    const order = await followOrder(counter, prepared.order.orderId, (one) =>
      codesOf(one).includes('withdrawalTooLate'),
    )
    expect(order.state).toBe('completed')
  })

  it('makes every effect once when answers are lost after it', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('arrears'))
    await world.control({
      targets: { 'bss:CUCC:41': { latencyMs: 0, jitterMs: 0, next: { answerLost: 1 }, only: ['payments'] } },
    })
    await handIn(counter, prepared)
    const posted = await followOrder(counter, prepared.order.orderId, (one) => one.stage !== 'accepted')
    expect(codesOf(posted)).toContain('retrying')
    await world.control({ targets: { 'bss:CUCC:41': { latencyMs: 0, jitterMs: 0, next: { answerLost: 3 } } } })
    const order = await followOrder(counter, prepared.order.orderId, completed)
    for (const code of ['paymentsPosted', 'dispatched', 'approved', 'finalBill', 'deactivated'] as const)
      expect(codesOf(order).filter((one) => one === code)).toHaveLength(1)
  })

  it('waits for a home system that is down, slow or talks nonsense, and says so once per stage', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('clean'))
    const target = `bss:${prepared.entry.carrier}:${prepared.entry.province}`
    await world.control({ targets: { [target]: { down: true } } })
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, (one) => codesOf(one).includes('retrying'))
    await world.control({
      targets: { [target]: { latencyMs: 0, jitterMs: 0, next: { hang: 1, malformed: 1, error: 2 } } },
    })
    const order = await followOrder(counter, prepared.order.orderId, completed, 40)
    const retries = order.events.filter((event) => event.code === 'retrying').map((event) => event.params.stage)
    expect(new Set(retries).size).toBe(retries.length)
    expect(codesOf(order).filter((code) => code === 'dispatched')).toHaveLength(1)
  })

  it('counts an urge where the home province answers it', async () => {
    const { counter, world } = suite()
    await slowReviews()
    const prepared = await prepareCase(counter, world, await world.someone('clean'))
    await handIn(counter, prepared)
    const urge = () =>
      counter.job(
        'order.urge',
        { orderId: prepared.order.orderId, reason: '客户急用' },
        { lane: prepared.caseId, staffId: clerk.staffId },
      )
    expect((await counter.sendJobs([urge(), urge()])).map((one) => one.outcome)).toEqual(['accepted', 'accepted'])
    const order = await followOrder(counter, prepared.order.orderId, (one) => one.urgeCount === 2)
    expect(order.events.filter((event) => event.code === 'urged').at(-1)?.params.handler).toBeTruthy()
    await world.control({ reviewFactor: 0 })
    await followOrder(counter, prepared.order.orderId, completed)
  })

  it('takes a storm of urges for what it is, and keeps the order going', async () => {
    const { counter, world } = suite()
    await slowReviews()
    const prepared = await prepareCase(counter, world, await world.someone('clean'))
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, (one) => one.stage === 'homeReview')
    const { carrier, province } = prepared.entry
    const target = `bss:${carrier}:${province}`
    await world.control({ targets: { [target]: { down: true } } })
    const storm = Array.from({ length: 60 }, (_, number) =>
      counter.job(
        'order.urge',
        { orderId: prepared.order.orderId, reason: `客户急用 ${number}` },
        { lane: prepared.caseId, staffId: clerk.staffId },
      ),
    )
    const results = await counter.sendJobs(storm)
    expect(results.every((one) => one.outcome === 'accepted')).toBe(true)
    await world.control({ targets: { [target]: { down: false } }, reviewFactor: 0 })
    const order = await followOrder(counter, prepared.order.orderId, completed, 40)
    const passedOn = order.events.filter((event) => event.code === 'urged').length
    expect(passedOn).toBeGreaterThan(0)
    expect(passedOn).toBeLessThanOrEqual(6)
  })

  it('goes on after the service was stopped in the middle of a review', async () => {
    const { counter, world, restart } = suite()
    await slowReviews()
    const prepared = await prepareCase(counter, world, await world.someone('clean'))
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, (one) => one.stage === 'homeReview')
    await restart(() => world.control({ reviewFactor: 0 }))
    const order = await followOrder(counter, prepared.order.orderId, completed)
    expect(codesOf(order)).toEqual(['accepted', 'dispatched', 'approved', 'finalBill', 'deactivated'])
  })

  it('sends messages late rather than never', async () => {
    const { counter, world } = suite()
    await world.control({ targets: { sms: { down: true } } })
    const prepared = await prepareCase(counter, world, await world.someone('clean'))
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, completed)
    await world.control({ targets: { sms: null } })
    await followOrder(
      counter,
      prepared.order.orderId,
      (one) => one.events.filter((event) => event.code === 'smsSent').length === 3,
      40,
    )
    const warnings = await world.messagesTo(prepared.entry.msisdn)
    expect(warnings.filter((message) => message.template === 'warning')).toHaveLength(1)
  })

  it('lets a waiver and a face compared by eye pass with a second person only', async () => {
    const { counter, world } = suite()
    const entry = await world.someone('premium')
    const without = await prepareCase(counter, world, entry, { waiver: (amount) => amount / 2, skipApprovals: true })
    const refused = await counter.sendJobs([
      ...without.jobsBefore,
      counter.job('order.submit', without.order, { lane: without.caseId, staffId: clerk.staffId }),
    ])
    expect(refused.at(-1)).toMatchObject({ outcome: 'refused', error: { code: 'approval.missing' } })
    const waived = await prepareCase(counter, world, entry, { waiver: (amount) => amount / 2 })
    await handIn(counter, waived)
    await followOrder(counter, waived.order.orderId, completed)
    const faceless = await prepareCase(counter, world, await world.someone('no-portrait'))
    expect(faceless.proof.face.outcome).toBe('noReference')
    expect(faceless.approvals.map((approval) => approval.subject)).toContain('faceByEye')
    await handIn(counter, faceless)
    await followOrder(counter, faceless.order.orderId, completed)
  })

  it('orders what is left of prepaid money back to the holder', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('prepaid-refund'))
    expect(prepared.settlement.refundableFen).toBeGreaterThan(0)
    await handIn(counter, prepared)
    const order = await followOrder(counter, prepared.order.orderId, completed)
    expect(order.refundFen).toBe(prepared.settlement.refundableFen)
    expect(codesOf(order).at(-1)).toBe('refundOrdered')
  })
})
