import { afterEach, expect, it } from 'vitest'
import { verifyLedger } from '../../../service/src/ledger/verify-ledger.ts'
import type { OrderView, TicketView } from '../../../src/shared/protocol/changes.ts'
import { cardNumber } from '../../support/card-number.ts'
import type { CounterClient } from '../../support/counter-client.ts'
import { createCounterClient } from '../../support/counter-client.ts'
import {
  clerk,
  codesOf,
  followOrder,
  handIn,
  type PreparedCase,
  prepareCase,
  supervisor,
} from '../../support/counter-journey.ts'
import { homeBooks } from '../../support/home-books.ts'
import { enrolment, onBothDatabases } from '../../support/service-suite.ts'
import { ticketsTold } from '../../support/tickets-told.ts'

const completed = (order: OrderView) => order.state === 'completed'

/** The case's money was taken by card, with this code. */
function byCard(prepared: PreparedCase, authorizationCode: string): PreparedCase {
  const jobsBefore = (prepared.jobsBefore as { kind: string; payload: object }[]).map((job) =>
    job.kind === 'payment.take' ? { ...job, payload: { ...job.payload, method: 'card', authorizationCode } } : job,
  )
  return { ...prepared, jobsBefore }
}

onBothDatabases('the payment provider', (suite) => {
  afterEach(() => suite().world.control({ reviewFactor: 0, targets: { payment: null } }))

  let codes = 500_000
  const newCode = () => String(++codes)
  const inArrears = async (code: string) =>
    byCard(await prepareCase(suite().counter, suite().world, await suite().world.someone('arrears')), code)
  const paymentOf = (prepared: PreparedCase) => prepared.order.paymentIds[0]!
  const withdraw = (prepared: PreparedCase) =>
    suite().counter.sendJobs([
      suite().counter.job(
        'order.withdraw',
        { orderId: prepared.order.orderId, cancellationReason: '客户改变主意' },
        { lane: prepared.caseId, staffId: clerk.staffId },
      ),
    ])
  const books = () => homeBooks(suite().world)

  let second: CounterClient | undefined
  async function supervising(): Promise<CounterClient> {
    if (!second) {
      second = await createCounterClient(suite().service.url)
      await second.enrol(suite().kind === 'PGlite' ? enrolment.second : enrolment.third)
    }
    await second.signIn(supervisor.staffId, supervisor.password)
    return second
  }

  it('is asked about a card payment before the home province hears of it, and once', async () => {
    const { counter, world } = suite()
    await world.control({ targets: { payment: { next: { answerLost: 1, error: 1 } } } })
    const prepared = await inArrears(newCode())
    await handIn(counter, prepared)
    const order = await followOrder(counter, prepared.order.orderId, completed)
    expect(codesOf(order)).toContain('paymentsPosted')
    const { claims } = await books()
    expect(claims.filter((claim) => claim.paymentId === paymentOf(prepared))).toHaveLength(1)
  })

  it('does not know a payment: the order waits, a ticket says so, and the right code lets it go on', async () => {
    const { counter } = suite()
    const prepared = await inArrears('000077')
    await handIn(counter, prepared)
    const waiting = await followOrder(counter, prepared.order.orderId, (one) =>
      one.events.some(({ code }) => code === 'paymentRefused'),
    )
    expect(waiting).toMatchObject({ stage: 'accepted', state: 'acknowledged' })
    expect((await books()).payments.some((payment) => payment.paymentId === paymentOf(prepared))).toBe(false)
    const [ticket] = await ticketsTold(counter, prepared.order.orderId)
    expect(ticket).toMatchObject({
      kind: 'paymentRefused',
      state: 'open',
      params: { cause: 'UNKNOWN_AUTHORIZATION', method: 'card', paymentId: paymentOf(prepared) },
    })
    const boss = await supervising()
    const close = (body: object) => boss.call<TicketView>('POST', `/v1/tickets/${ticket!.ticketId}/closure`, body)
    expect(await close({ note: '已核对', authorizationCode: '1' })).toMatchObject({ ok: false, status: 400 })
    expect(await close({ note: '签购单为另一号码', authorizationCode: newCode() })).toMatchObject({
      ok: true,
      value: { state: 'closed' },
    })
    expect(await close({ note: '再来一次', authorizationCode: newCode() })).toMatchObject({
      error: { code: 'ticket.closed' },
    })
    const order = await followOrder(counter, prepared.order.orderId, completed)
    const told = codesOf(order)
    expect(told.filter((code) => code === 'paymentRefused')).toHaveLength(1)
    expect(told.indexOf('paymentCorrected')).toBeGreaterThan(told.indexOf('paymentRefused'))
    expect(told.indexOf('paymentsPosted')).toBeGreaterThan(told.indexOf('paymentCorrected'))
  })

  it('does not know a payment: whoever withdraws is owed nothing of it', async () => {
    const { counter } = suite()
    const prepared = await inArrears('222201')
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, (one) =>
      one.events.some(({ code }) => code === 'paymentRefused'),
    )
    await withdraw(prepared)
    const order = await followOrder(counter, prepared.order.orderId, (one) => one.state === 'cancelled')
    expect(order.owedHereFen).toBeUndefined()
    expect(codesOf(order)).toContain('paymentVoided')
    expect(codesOf(order)).not.toContain('paymentReversed')
    const [{ msisdn }] = prepared.order.productOrderItem
    const [result] = await counter.sendJobs([
      counter.job(
        'refund.pay',
        {
          refundId: counter.randomCaseId(),
          caseId: prepared.caseId,
          msisdn,
          orderId: prepared.order.orderId,
          method: 'cash',
          amountFen: 100,
          receiptNumber: 'R-NONE',
          reason: '客户要求',
          paidAt: Date.now(),
        },
        { lane: prepared.caseId, staffId: clerk.staffId },
      ),
    ])
    expect(result).toMatchObject({ outcome: 'refused', error: { code: 'refund.notOwed' } })
  })

  it('gives one authorisation to one payment only', async () => {
    const { counter } = suite()
    const code = newCode()
    const [first, again] = [await inArrears(code), await inArrears(code)]
    await handIn(counter, first)
    await followOrder(counter, first.order.orderId, completed)
    await handIn(counter, again)
    await followOrder(counter, again.order.orderId, (one) =>
      one.events.some(({ code: event, params }) => event === 'paymentRefused' && params.cause === 'ALREADY_CLAIMED'),
    )
  })

  it('has reserved the money and not taken it yet: the order waits until it has', async () => {
    const { counter, world } = suite()
    await world.control({ reviewFactor: 0.3 })
    const prepared = await inArrears(`4444${newCode()}`)
    await handIn(counter, prepared)
    const order = await followOrder(counter, prepared.order.orderId, completed)
    expect(order.events.find(({ code }) => code === 'retrying')?.params.reason).toBe('payment')
  })

  it('is away: nothing is decided, neither on nor back, until it answers', async () => {
    const { counter, world } = suite()
    await world.control({ targets: { payment: { down: true } } })
    const prepared = await inArrears(newCode())
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, (one) => one.events.some(({ code }) => code === 'retrying'))
    await withdraw(prepared)
    const undecided = await followOrder(counter, prepared.order.orderId, (one) => one.state === 'pendingCancellation')
    expect(undecided.stage).toBe('accepted')
    await world.control({ targets: { payment: null } })
    const order = await followOrder(counter, prepared.order.orderId, (one) => one.state === 'cancelled')
    // The money was real: it is owed, unlike the one above.
    expect(order.owedHereFen).toBe(prepared.settlement.payableFen)
  })

  const withRefund = async (account: string) => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('prepaid-refund'))
    const order = {
      ...prepared.order,
      refund: { route: 'bankCard', account, holderName: prepared.proof.holderName },
    } as PreparedCase['order']
    return { ...prepared, order }
  }

  it('pays a refund to a card once, whatever becomes of its answers, and the ledger says so', async () => {
    const { counter, world, look } = suite()
    await world.control({
      targets: { payment: { only: ['refunds'], next: { error: 1, answerLost: 1, malformed: 1 } } },
    })
    const prepared = await withRefund('6222021234567890128')
    const before = (await books()).refundsOut.length
    await handIn(counter, prepared)
    const order = await followOrder(counter, prepared.order.orderId, (one) =>
      one.events.some(({ code }) => code === 'refundArrived'),
    )
    expect(order).toMatchObject({ state: 'completed', refundFen: prepared.settlement.refundableFen })
    expect(order.owedHereFen).toBeUndefined()
    const paid = (await books()).refundsOut.slice(before)
    expect(paid.map(({ amountLi, kind }) => [amountLi, kind])).toEqual([
      [prepared.settlement.refundableFen * 10, 'bankCard'],
    ])
    if (!look) return
    const postings = await look.db
      .selectFrom('ledger_posting')
      .select(['kind', 'debit', 'credit', 'amount_fen'])
      .where('order_id', '=', prepared.order.orderId)
      .where('kind', 'in', ['refundOrdered', 'refundSettled', 'refundReturned'])
      .orderBy('recorded_at')
      .execute()
    const amount_fen = prepared.settlement.refundableFen
    expect(postings).toEqual([
      { kind: 'refundOrdered', debit: 'prepaid', credit: 'refundsOrdered', amount_fen },
      { kind: 'refundSettled', debit: 'refundsOrdered', credit: 'paidByProvider', amount_fen },
    ])
    expect(await verifyLedger(look.db)).toEqual([])
  })

  it('pays no refund twice to a service that was restored and ends the line once more', async (context) => {
    const { counter, look } = suite()
    // PGlite lets nobody reach in from outside.
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can reach in')
    const prepared = await withRefund('6222021234567890128')
    const before = (await books()).refundsOut.length
    await handIn(counter, prepared)
    const { orderId } = prepared.order
    const arrived = (times: number) => (one: OrderView) =>
      one.events.filter(({ code }) => code === 'refundArrived').length === times
    await followOrder(counter, orderId, arrived(1))
    await look.db.deleteFrom('refund_out').where('order_id', '=', orderId).execute()
    await look.db
      .updateTable('product_order')
      .set({ stage: 'settled', next_step_at: 0 })
      .where('order_id', '=', orderId)
      .execute()
    await followOrder(counter, orderId, arrived(2))
    expect((await books()).refundsOut.slice(before)).toHaveLength(1)
    expect(await verifyLedger(look.db)).toEqual([])
  })

  it.each([
    ['there is no such card', '62000212345678901', 'CARD_UNKNOWN'],
    ['the bank sends it back', '62020212345678901', 'ACCOUNT_CLOSED'],
  ])('cannot pay because %s: the store owes it, and hands it out', async (_what, digits, cause) => {
    const { counter, world, look } = suite()
    const prepared = await withRefund(cardNumber(digits))
    await handIn(counter, prepared)
    const order = await followOrder(counter, prepared.order.orderId, (one) =>
      one.events.some(({ code }) => code === 'refundFailed'),
    )
    const amountFen = prepared.settlement.refundableFen
    expect(order.owedHereFen).toBe(amountFen)
    expect(order.events.find(({ code }) => code === 'refundFailed')?.params).toMatchObject({ cause, amountFen })
    expect((await ticketsTold(counter, order.orderId)).map(({ kind }) => kind)).toContain('refundFailed')
    const [{ msisdn }] = prepared.order.productOrderItem
    const [result] = await counter.sendJobs([
      counter.job(
        'refund.pay',
        {
          refundId: counter.randomCaseId(),
          caseId: prepared.caseId,
          msisdn,
          orderId: order.orderId,
          method: 'cash',
          amountFen,
          receiptNumber: `R-${prepared.order.caseNumber}`,
          reason: '银行退回',
          paidAt: Date.now(),
        },
        { lane: prepared.caseId, staffId: clerk.staffId },
      ),
    ])
    expect(result).toMatchObject({ outcome: 'accepted' })
    const paid = await followOrder(counter, order.orderId, (one) => codesOf(one).includes('refundPaid'))
    expect(paid.owedHereFen).toBeUndefined()
    await expect
      .poll(async () => (await world.messagesTo('13800138000')).filter(({ template }) => template === 'refundFailed'))
      .toContainEqual(expect.objectContaining({ text: expect.stringContaining(prepared.order.caseNumber) }))
    if (look) expect(await verifyLedger(look.db)).toEqual([])
  })
})
