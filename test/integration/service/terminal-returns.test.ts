import { afterEach, expect, it } from 'vitest'
import { openDatabase } from '../../../service/src/database/open-database.ts'
import type { TicketView } from '../../../src/shared/protocol/changes.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk, supervisor } from '../../support/counter-journey.ts'
import { homeBooks } from '../../support/home-books.ts'
import { enrolment, onBothDatabases } from '../../support/service-suite.ts'
import { ticketsTold } from '../../support/tickets-told.ts'

onBothDatabases('money that a clerk returned on a terminal', (suite) => {
  afterEach(() => suite().world.control({ targets: { payment: null } }))

  const books = () => homeBooks(suite().world)
  let codes = 700_000
  const newCode = () => String(++codes)
  let second: CounterClient | undefined
  async function supervising(): Promise<CounterClient> {
    if (!second) {
      second = await createCounterClient(suite().service.url)
      await second.enrol(suite().kind === 'PGlite' ? enrolment.second : enrolment.third)
    }
    await second.signIn(supervisor.staffId, supervisor.password)
    return second
  }

  /** A payment by card of a case that is not submitted, given back on the terminal with this code. */
  async function givenBack(paidWith: string, returnedWith: string) {
    const { counter, world } = suite()
    const { msisdn, carrier, province } = await world.someone('clean')
    const [caseId, paymentId, refundId] = [counter.randomCaseId(), counter.randomCaseId(), counter.randomCaseId()]
    const amountFen = 9703
    const common = { caseId, msisdn, method: 'card', amountFen }
    const details = { lane: caseId, staffId: clerk.staffId }
    const taken = counter.job(
      'payment.take',
      {
        ...common,
        paymentId,
        carrier,
        homeProvince: province,
        authorizationCode: paidWith,
        receiptNumber: `P-${refundId.slice(-6)}`,
        takenAt: Date.now(),
        allocations: [{ kind: 'bill', amountFen }],
      },
      details,
    )
    const back = counter.job(
      'refund.pay',
      {
        ...common,
        refundId,
        paymentId,
        authorizationCode: returnedWith,
        receiptNumber: `B-${refundId.slice(-6)}`,
        reason: '客户不办了',
        paidAt: Date.now(),
      },
      details,
    )
    const results = await counter.sendJobs([taken, back])
    expect(results.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted'])
    return { refundId, caseId, amountFen }
  }
  const returned = async (refundId: string) => (await books()).returns.filter((one) => one.refundId === refundId)
  const ticketOfReturn = async (refundId: string) => (await ticketsTold(suite().counter, refundId)).at(-1)

  it('is asked about at the provider until it says that the money went', async () => {
    const { world } = suite()
    await world.control({ targets: { payment: { only: ['returns'], next: { error: 1, answerLost: 1 } } } })
    const { refundId, amountFen } = await givenBack(newCode(), newCode())
    await expect.poll(() => returned(refundId), { timeout: 20_000 }).toMatchObject([{ amountLi: amountFen * 10 }])
    if (suite().look)
      await expect
        .poll(
          () =>
            suite()
              .look!.db.selectFrom('refund')
              .select(['claim_state', 'next_step_at'])
              .where('refund_id', '=', refundId)
              .executeTakeFirst(),
          { timeout: 20_000 },
        )
        .toEqual({ claim_state: 'captured', next_step_at: null })
    expect(await ticketOfReturn(refundId)).toBeUndefined()
  })

  it('is not known there: the store is told once, and the code of the slip is asked about again', async () => {
    const { refundId, caseId } = await givenBack(newCode(), '000099')
    await expect
      .poll(() => ticketOfReturn(refundId), { timeout: 20_000 })
      .toMatchObject({
        kind: 'returnRefused',
        state: 'open',
        caseId,
        params: { cause: 'UNKNOWN_AUTHORIZATION', method: 'card' },
      })
    const ticket = (await ticketOfReturn(refundId))!
    const boss = await supervising()
    const close = (authorizationCode: string) =>
      boss.call<TicketView>('POST', `/v1/tickets/${ticket.ticketId}/closure`, { note: '已核对', authorizationCode })
    expect(await close(newCode())).toMatchObject({ ok: true, value: { state: 'closed' } })
    await expect.poll(() => returned(refundId), { timeout: 20_000 }).toHaveLength(1)
    expect((await ticketOfReturn(refundId))?.ticketId).toBe(ticket.ticketId)
  })

  it('is of a payment that is not known there: what is said to have gone back never came', async () => {
    const { refundId } = await givenBack('000098', newCode())
    await expect
      .poll(async () => (await ticketOfReturn(refundId))?.params.cause, { timeout: 20_000 })
      .toBe('ORIGINAL_UNKNOWN')
    expect(await returned(refundId)).toEqual([])
  })

  it('is asked about also where an older build recorded it, which knew nothing of asking', async () => {
    const { world, restart, database } = suite()
    await world.control({ targets: { payment: { down: true } } })
    const known = await givenBack(newCode(), newCode())
    const unknown = await givenBack(newCode(), '000097')
    await restart(async () => {
      const { db, close } = await openDatabase({ ...database, poolSize: 2 } as never)
      const asked = { claim_state: null, claim_code: null, claim_reference: null, claimed_at: null }
      await db
        .updateTable('refund')
        .set({ ...asked, attempts: 0, step_token: 0, next_step_at: null })
        .where('refund_id', 'in', [known.refundId, unknown.refundId])
        .execute()
      await close()
      await world.control({ targets: { payment: null } })
    })
    await expect.poll(() => returned(known.refundId), { timeout: 20_000 }).toHaveLength(1)
    await expect
      .poll(() => ticketOfReturn(unknown.refundId), { timeout: 20_000 })
      .toMatchObject({ kind: 'returnRefused', params: { cause: 'UNKNOWN_AUTHORIZATION' } })
    expect(await returned(unknown.refundId)).toEqual([])
    expect((await ticketsTold(suite().counter, known.refundId)).length).toBe(0)
  })

  it('counts once: the code of another one is found out', async () => {
    const code = newCode()
    const first = await givenBack(newCode(), code)
    await expect.poll(() => returned(first.refundId), { timeout: 20_000 }).toHaveLength(1)
    const again = await givenBack(newCode(), code)
    await expect
      .poll(async () => (await ticketOfReturn(again.refundId))?.params.cause, { timeout: 20_000 })
      .toBe('ALREADY_CLAIMED')
  })
})
