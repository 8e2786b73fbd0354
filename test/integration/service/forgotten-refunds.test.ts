import { afterEach, expect, it } from 'vitest'
import { verifyLedger } from '../../../service/src/ledger/verify-ledger.ts'
import type { OrderView } from '../../../src/shared/protocol/changes.ts'
import type { RepairOptions } from '../../../src/shared/protocol/repairs.ts'
import { cardNumber } from '../../support/card-number.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import {
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

onBothDatabases('a payment provider that forgets', (suite) => {
  afterEach(() => suite().world.control({ reviewFactor: 0 }))

  const books = () => homeBooks(suite().world)
  const { password } = supervisor
  let second: CounterClient | undefined
  async function supervising(): Promise<CounterClient> {
    if (!second) {
      second = await createCounterClient(suite().service.url)
      await second.enrol(suite().kind === 'PGlite' ? enrolment.second : enrolment.third)
    }
    await second.signIn(supervisor.staffId, supervisor.password)
    return second
  }

  const withRefund = async (account: string) => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('prepaid-refund'))
    const order = {
      ...prepared.order,
      refund: { route: 'bankCard', account, holderName: prepared.proof.holderName },
    } as PreparedCase['order']
    return { ...prepared, order }
  }

  /** A refund to a card whose provider takes it and then knows nothing of it, told to the store. */
  async function forgotten() {
    const prepared = await withRefund(cardNumber('62030212345678901'))
    await handIn(suite().counter, prepared)
    const { orderId } = prepared.order
    await expect
      .poll(async () => (await ticketsTold(suite().counter, orderId)).map(({ kind }) => kind), { timeout: 20_000 })
      .toContain('refundHangs')
    const boss = await supervising()
    const repair = (ask: object) =>
      boss.call<OrderView>('POST', `/v1/orders/${orderId}/repairs`, {
        repairId: boss.randomCaseId(),
        reason: '支付机构书面答复',
        ...ask,
      })
    const options = async () => {
      const answer = await boss.call<RepairOptions>('GET', `/v1/orders/${orderId}/repairs`)
      if (!answer.ok) throw new Error(answer.error.code)
      return answer.value
    }
    return { prepared, orderId, repair, options }
  }
  it('is reported to the store once, which sends the refund again under its number', async () => {
    const { counter, look } = suite()
    const before = (await books()).refundsOut.length
    const { prepared, orderId, repair, options } = await forgotten()
    const [ticket] = await ticketsTold(counter, orderId)
    const amountFen = prepared.settlement.refundableFen
    expect(ticket).toMatchObject({ kind: 'refundHangs', state: 'open', params: { cause: 'UNKNOWN_REFUND', amountFen } })
    const { actions, refund } = await options()
    expect(actions).toEqual(['askRefundAgain', 'sendRefundAgain', 'refundPaid', 'refundNotPaid'])
    expect(refund).toMatchObject({ amountFen, route: 'bankCard' })
    // Asking is harmless and changes nothing while the provider knows nothing.
    expect(await repair({ action: 'askRefundAgain' })).toMatchObject({ ok: true, value: { state: 'completed' } })
    await expect.poll(async () => (await options()).actions.length, { timeout: 15_000 }).toBe(4)
    expect(await repair({ action: 'sendRefundAgain', password: 'wrong' })).toMatchObject({
      error: { code: 'approval.credentials' },
    })
    expect(await repair({ action: 'sendRefundAgain', password })).toMatchObject({ ok: true })
    const order = await followOrder(counter, orderId, (one) => codesOf(one).includes('refundArrived'))
    expect(codesOf(order)).toEqual(expect.arrayContaining(['retriedByHand', 'refundSentAgain']))
    expect((await books()).refundsOut.slice(before)).toHaveLength(1)
    expect((await ticketsTold(counter, orderId)).filter(({ kind }) => kind === 'refundHangs')).toHaveLength(1)
    expect((await options()).actions).toEqual([])
    expect(await repair({ action: 'refundNotPaid', password })).toMatchObject({ error: { code: 'repair.notAllowed' } })
    if (look) expect(await verifyLedger(look.db)).toEqual([])
  })

  it('is believed in writing: the refund was paid', async () => {
    const { counter, look } = suite()
    const { orderId, repair } = await forgotten()
    expect(await repair({ action: 'refundPaid', password, reference: '' })).toMatchObject({
      error: { code: 'request.malformed' },
    })
    expect(await repair({ action: 'refundPaid', password, reference: 'YL-2026-0007' })).toMatchObject({ ok: true })
    const order = await followOrder(counter, orderId, (one) => codesOf(one).includes('refundSettledByHand'))
    expect(order.owedHereFen).toBeUndefined()
    expect(order.events.find(({ code }) => code === 'refundSettledByHand')?.params).toMatchObject({
      reference: 'YL-2026-0007',
    })
    if (!look) return
    const row = await look.db
      .selectFrom('refund_out')
      .select(['state', 'reference', 'next_step_at'])
      .where('order_id', '=', orderId)
      .executeTakeFirstOrThrow()
    expect(row).toEqual({ state: 'paid', reference: 'YL-2026-0007', next_step_at: null })
    const audit = await look.db
      .selectFrom('audit_entry')
      .select('details')
      .where('subject', '=', orderId)
      .where('action', '=', 'order.repair.refundPaid')
      .execute()
    expect(audit).toHaveLength(1)
    expect(audit[0]!.details).toContain('YL-2026-0007')
    expect(await verifyLedger(look.db)).toEqual([])
  })

  it('is believed in writing: it never will pay, so the store does', async () => {
    const { counter, look } = suite()
    const { prepared, orderId, repair } = await forgotten()
    const twice = { action: 'refundNotPaid', password, repairId: counter.randomCaseId() }
    expect(await repair(twice)).toMatchObject({ ok: true })
    // The answer was lost and it is asked once more: done once.
    expect(await repair(twice)).toMatchObject({ ok: true })
    const order = await followOrder(counter, orderId, (one) => codesOf(one).includes('refundFailed'))
    expect(order.owedHereFen).toBe(prepared.settlement.refundableFen)
    expect(order.events.find(({ code }) => code === 'refundFailed')?.params.cause).toBe('NOT_PAID')
    expect(codesOf(order).filter((code) => code === 'refundFailed')).toHaveLength(1)
    if (look) expect(await verifyLedger(look.db)).toEqual([])
  })
})
