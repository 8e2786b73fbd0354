import { expect, it } from 'vitest'
import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { imbalances } from '../../../src/shared/domain/ledger-statement.ts'
import type { OrderView } from '../../../src/shared/protocol/changes.ts'
import { clerk, followOrder, handIn, prepareCase, supervisor } from '../../support/counter-journey.ts'
import { papersOf } from '../../support/proof-and-papers.ts'
import { onBothDatabases, type Suite } from '../../support/service-suite.ts'

type Prepared = Awaited<ReturnType<typeof prepareCase>>
const codes = (order: OrderView) => order.events.map((event) => event.code)
const ended = ['agreementTerminated', 'finalBill', 'deactivated']

async function bound(suite: Suite, scenario = 'premium'): Promise<Prepared> {
  const { counter, world } = suite
  return prepareCase(counter, world, await world.someone(scenario))
}

/** Debit and credit of today's statement with a home province agree; answers the customers' money that lies at the counters. */
async function customersMoney({ counter }: Suite, homeProvince: string): Promise<number> {
  await counter.signIn(supervisor.staffId, supervisor.password)
  const answer = await counter.statement('44', homeProvince, shanghaiDate(Date.now()))
  await counter.signIn(clerk.staffId, clerk.password)
  // Nothing has gone between the two provinces yet.
  if (!answer.ok) return 0
  const { accounts } = answer.value.statement
  expect(imbalances(accounts)).toEqual([])
  return accounts
    .filter(({ book, account }) => book === 'handling' && ['customerMoney', 'owedToCustomer'].includes(account))
    .reduce((sum, { closingFen }) => sum + closingFen, 0)
}

/** Hands in while reviews are slow, changes the account, then lets the home province decide. */
async function changedMeanwhile(suite: Suite, prepared: Prepared, change: object): Promise<void> {
  const { counter, world } = suite
  await world.control({ reviewFactor: 1000 })
  await handIn(counter, prepared)
  await followOrder(counter, prepared.order.orderId, (order) => order.stage === 'homeReview')
  await world.control({ accounts: { [prepared.entry.msisdn]: change } })
  await world.control({ reviewFactor: 0 })
}

async function accept(
  suite: Suite,
  prepared: Prepared,
  order: OrderView,
  changes: { paidFen?: number; figuresId?: string; approvalIds?: string[]; givenBack?: boolean } = {},
) {
  const { counter, world } = suite
  const { caseId, entry } = prepared
  const figures = order.figures!
  const papers = await papersOf(counter, world, entry, caseId)
  const form = papers.references.find((one) => one.kind === 'signedForm')!
  const staffId = counter.staffId()!
  const paidFen = changes.paidFen ?? figures.dueFen
  const paymentIds = paidFen > 0 ? [counter.randomCaseId()] : []
  const { carrier, homeProvince } = prepared.order
  const jobs = [
    ...papers.jobs,
    ...paymentIds.map((paymentId) =>
      counter.job(
        'payment.take',
        {
          paymentId,
          caseId,
          msisdn: entry.msisdn,
          carrier,
          homeProvince,
          method: 'cash',
          amountFen: paidFen,
          receiptNumber: `R2-${paymentId.slice(-6)}`,
          takenAt: Date.now(),
          allocations: [{ kind: 'unbilled', amountFen: paidFen }],
        },
        { lane: caseId, staffId },
      ),
    ),
    ...(changes.givenBack ? paymentIds : []).map((paymentId) =>
      counter.job(
        'refund.pay',
        {
          refundId: counter.randomCaseId(),
          caseId,
          msisdn: entry.msisdn,
          paymentId,
          method: 'cash',
          amountFen: paidFen,
          receiptNumber: `B-${paymentId.slice(-6)}`,
          reason: 'thought better of it',
          paidAt: Date.now(),
        },
        { lane: caseId, staffId },
      ),
    ),
    counter.job(
      'order.acceptFigures',
      {
        orderId: order.orderId,
        figuresId: changes.figuresId ?? figures.figuresId,
        paymentIds,
        attachments: [form],
        authorization: {
          documentSha256: form.sha256,
          strokesSha256: counter.randomHash(),
          signedAt: Date.now(),
        },
        approvalIds: changes.approvalIds ?? [],
      },
      { lane: caseId, staffId },
    ),
  ]
  return (await counter.sendJobs(jobs)).at(-1)!
}

onBothDatabases('prices checked again before anything is ended', (suite) => {
  it('an account as it was signed is carried out', async () => {
    const prepared = await bound(suite())
    await handIn(suite().counter, prepared)
    const order = await followOrder(suite().counter, prepared.order.orderId, (one) => one.stage === 'deactivated')
    expect(codes(order)).not.toContain('figuresChanged')
  })

  it('a dearer account goes back to the customer, and nothing is ended; accepted and paid, it is carried out', async () => {
    const { counter, world } = suite()
    const prepared = await bound(suite())
    await changedMeanwhile(suite(), prepared, { unbilledFen: 12_345 })
    const back = await followOrder(counter, prepared.order.orderId, (order) => order.stage === 'returned')
    expect(back.returnedFor?.code).toBe('FIGURES_CHANGED')
    expect(codes(back).filter((code) => ended.includes(code))).toEqual([])
    const signed = prepared.order.settlement
    const unbilledBefore = signed.lines.find((line) => line.kind === 'unbilled')?.amountFen ?? 0
    expect(back.figures).toMatchObject({
      signedTotalFen: signed.totalFen,
      settlement: { totalFen: signed.totalFen + 12_345 - unbilledBefore },
      reasons: [{ code: 'chargesHigher' }],
      acceptable: true,
    })
    await followOrder(counter, prepared.order.orderId, (order) =>
      order.events.some(({ code, params }) => code === 'smsSent' && params.template === 'figuresChanged'),
    )
    const [message] = (await world.messagesTo('13800138000')).filter((one) => one.template === 'figuresChanged')
    expect(message!.text).toContain('尚未办理任何解约')

    const short = await accept(suite(), prepared, back, { paidFen: 1 })
    expect(short).toMatchObject({ outcome: 'refused', error: { code: 'payment.amountDiffers' } })
    const stale = await accept(suite(), prepared, back, { figuresId: counter.randomCaseId() })
    expect(stale).toMatchObject({ outcome: 'refused', error: { code: 'order.figuresGone' } })
    // Money that went back over the counter pays for nothing any more.
    const givenBack = await accept(suite(), prepared, back, { givenBack: true })
    expect(givenBack).toMatchObject({
      outcome: 'refused',
      error: { code: 'job.invalidReference', field: 'paymentIds' },
    })
    expect(await accept(suite(), prepared, back)).toMatchObject({ outcome: 'accepted' })
    const done = await followOrder(counter, prepared.order.orderId, (order) => order.stage === 'deactivated')
    expect(codes(done)).toEqual(expect.arrayContaining(['figuresChanged', 'figuresAccepted', 'deactivated']))
    expect(codes(done)).not.toContain('finalBillTooHigh')
  })

  it('the customer may withdraw instead: the number stays and the penalty goes back', async () => {
    const { counter } = suite()
    const prepared = await bound(suite())
    await changedMeanwhile(suite(), prepared, { unbilledFen: 9_000 })
    const { orderId } = await followOrder(counter, prepared.order.orderId, (order) => order.stage === 'returned')
    const [answer] = await counter.sendJobs([
      counter.job(
        'order.withdraw',
        { orderId, cancellationReason: '费用变了' },
        { lane: prepared.caseId, staffId: counter.staffId()! },
      ),
    ])
    expect(answer).toMatchObject({ outcome: 'accepted', receipt: { effect: { decision: 'undecided' } } })
    const done = await followOrder(counter, orderId, (order) => order.stage === 'withdrawn')
    expect(codes(done).filter((code) => ended.includes(code))).toEqual([])
    expect(done.figures).toBeUndefined()
  })

  it('a new finding that stops brings it back, too', async () => {
    const { counter } = suite()
    const prepared = await bound(suite(), 'clean')
    await changedMeanwhile(suite(), prepared, { finding: 'X_LAST_MINUTE' })
    // The home province's own review may find it first and refuse.
    const order = await followOrder(counter, prepared.order.orderId, ({ stage }) =>
      ['returned', 'refused', 'deactivated'].includes(stage),
    )
    expect(codes(order).filter((code) => ended.includes(code))).toEqual([])
  })

  it('a cheaper account is carried out with the lower figures, and the difference goes back', async () => {
    const { counter } = suite()
    const prepared = await bound(suite())
    const lyingHere = await customersMoney(suite(), prepared.order.homeProvince)
    const [agreement] = prepared.preCheck.account.agreements
    const terms = Object.fromEntries(
      Object.entries(agreement!.terms).map(([name, value]) => [
        name,
        name.endsWith('Fen') ? Math.floor(value / 2) : value,
      ]),
    )
    await changedMeanwhile(suite(), prepared, { agreement: { id: agreement!.id, terms } })
    const done = await followOrder(counter, prepared.order.orderId, (order) => order.stage === 'deactivated')
    const less = done.events.find((event) => event.code === 'costsLess')!
    const { signedFen, amountFen } = less.params as { signedFen: number; amountFen: number }
    expect(signedFen).toBe(prepared.order.settlement.totalFen)
    expect(amountFen).toBeLessThan(signedFen)
    expect(done.refundFen).toBe(signedFen - amountFen + prepared.order.settlement.refundableFen)
    // Nothing was to go back when it was signed, so no way was chosen: what was paid too much is owed where it was paid.
    expect(prepared.order.refund).toBeUndefined()
    expect(done.owedHereFen).toBe(done.refundFen)
    const { orderId, caseId, msisdn } = { ...prepared.order, caseId: prepared.caseId, msisdn: prepared.entry.msisdn }
    const refund = {
      refundId: counter.randomCaseId(),
      caseId,
      msisdn,
      orderId,
      method: 'cash',
      amountFen: done.owedHereFen,
      receiptNumber: 'L-R1',
      reason: '多收退还',
      paidAt: Date.now(),
    }
    const paid = await counter.sendJobs([
      counter.job('refund.pay', refund, { lane: caseId, staffId: counter.staffId()! }),
    ])
    expect(paid).toMatchObject([{ outcome: 'accepted' }])
    const told = await followOrder(counter, orderId, (order) => codes(order).includes('refundPaid'))
    expect(told.owedHereFen).toBeUndefined()
    expect(await customersMoney(suite(), prepared.order.homeProvince)).toBe(lyingHere)
  })

  it('a refund that grows past what one person decides comes back, and a second person signs for exactly that sum', async () => {
    const { counter } = suite()
    const prepared = await bound(suite(), 'prepaid-refund')
    expect(prepared.order.settlement.refundableFen).toBeLessThanOrEqual(50_000)
    await changedMeanwhile(suite(), prepared, { depositFen: 60_000 })
    const back = await followOrder(counter, prepared.order.orderId, (order) => order.stage === 'returned')
    const { settlement, approvals, reasons, dueFen } = back.figures!
    expect(reasons.map(({ code }) => code)).toContain('approvalNeeded')
    expect(dueFen).toBe(0)
    expect(approvals).toContainEqual({ subject: 'largeRefund', amountFen: settlement.refundableFen })
    expect(codes(back).filter((code) => ended.includes(code))).toEqual([])

    const missing = { outcome: 'refused', error: { code: 'approval.missing' } }
    expect(await accept(suite(), prepared, back)).toMatchObject(missing)
    const sign = async (body: object) => {
      const answer = await counter.post('approve', {
        caseId: prepared.caseId,
        reason: '已核对',
        approver: supervisor,
        ...body,
      })
      if (!answer.ok) throw new Error(answer.error.code)
      return answer.value.approvalId
    }
    const another = await sign({ subject: 'largeRefund', amountFen: settlement.refundableFen - 1 })
    const others = await Promise.all(approvals.filter(({ subject }) => subject !== 'largeRefund').map(sign))
    expect(await accept(suite(), prepared, back, { approvalIds: [another, ...others] })).toMatchObject(missing)
    const right = await sign({ subject: 'largeRefund', amountFen: settlement.refundableFen })
    expect(await accept(suite(), prepared, back, { approvalIds: [right, ...others] })).toMatchObject({
      outcome: 'accepted',
    })
    const done = await followOrder(counter, prepared.order.orderId, (order) => order.stage === 'deactivated')
    expect(done.refundFen).toBe(settlement.refundableFen)
  })

  it('a final bill above what was accepted is not collected: supervisors get a ticket, and it waits until it is put right', async () => {
    const { counter, world } = suite()
    const prepared = await bound(suite())
    await changedMeanwhile(suite(), prepared, { unseenFen: 5_000 })
    const stuck = await followOrder(counter, prepared.order.orderId, (order) =>
      codes(order).includes('finalBillTooHigh'),
    )
    expect(stuck.stage).toBe('agreementsTerminated')
    const feed = await counter.changes(0)
    const tickets = feed.ok ? feed.value.changes.filter((change) => change.kind === 'ticket') : []
    expect(JSON.stringify(tickets)).toContain('finalBillTooHigh')
    await world.control({ accounts: { [prepared.entry.msisdn]: { unseenFen: 0 } } })
    const done = await followOrder(counter, prepared.order.orderId, (order) => order.stage === 'deactivated')
    expect(codes(done).filter((code) => code === 'finalBillTooHigh')).toHaveLength(1)
  })
})
