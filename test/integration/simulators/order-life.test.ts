import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { preCheckAnswerSchema } from '../../../service/src/connectors/wire/home-bss.ts'
import {
  deactivationAnswerSchema,
  finalBillAnswerSchema,
  serviceOrderStateSchema,
} from '../../../service/src/connectors/wire/service-order.ts'
import { bss, type OutsideWorld, openWorld, orderFor, startedAt } from './outside-world.ts'

let world: OutsideWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const codes = (body: unknown): string[] => {
  const answer = preCheckAnswerSchema.parse(body)
  return answer.result === 'ok' ? answer.blockers.map((blocker) => blocker.code) : [answer.code]
}

describe('a clean number', () => {
  it('is reviewed, billed and ended, and stays ended', async () => {
    const entry = await world.entry('clean')
    const order = orderFor(entry, 'o-clean')
    expect((await world.post(`${bss(entry)}/service-orders`, order, 'k1')).body).toMatchObject({ result: 'ok' })
    expect(codes((await world.post(`${bss(entry)}/pre-check`, { msisdn: entry.msisdn })).body)).toContain(
      'PENDING_ORDER',
    )
    expect((await world.post(`${bss(entry)}/deactivation`, { orderId: 'o-clean' }, 'k2')).body).toMatchObject({
      code: 'FINAL_BILL_MISSING',
    })
    const state = serviceOrderStateSchema.parse(await world.get(`${bss(entry)}/service-orders/o-clean`))
    expect(state).toMatchObject({ state: 'approved', handler: { phone: expect.stringMatching(/^400/) } })
    expect(
      (await world.post(`${bss(entry)}/service-orders/o-clean/withdrawal`, { reason: '客户改变主意' }, 'k3')).body,
    ).toMatchObject({ code: 'ALREADY_APPROVED' })
    const bill = finalBillAnswerSchema.parse(
      (await world.post(`${bss(entry)}/final-bill`, { orderId: 'o-clean' }, 'k4')).body,
    )
    expect(bill).toMatchObject({ amountLi: 0, outstandingLi: 0 })
    const end = deactivationAnswerSchema.parse(
      (await world.post(`${bss(entry)}/deactivation`, { orderId: 'o-clean' }, 'k2')).body,
    )
    expect(end).toMatchObject({
      effectiveAt: startedAt,
      agingUntil: startedAt + 90 * 86_400_000,
      refund: { cashLi: 0, giftLi: 0 },
    })
    expect((await world.post(`${bss(entry)}/number-query`, { msisdn: entry.msisdn })).body).toMatchObject({
      state: 'terminated',
    })
    expect(codes((await world.post(`${bss(entry)}/pre-check`, { msisdn: entry.msisdn })).body)).toEqual([
      'STATE_CANCELLED',
    ])
    expect((await world.post(`${bss(entry)}/service-orders`, orderFor(entry, 'o-again'), 'k5')).body).toMatchObject({
      code: 'STATE_CANCELLED',
    })
    expect(await world.get(`/directory.json?msisdn=${entry.msisdn}`)).toMatchObject([
      { available: false, state: 'terminated' },
    ])
  })

  it('takes one order at a time and another after a withdrawal', async () => {
    await world.control({ reviewFactor: 1000 })
    const entry = await world.entry('clean', 3)
    const dispatch = (orderId: string) =>
      world.post(`${bss(entry)}/service-orders`, orderFor(entry, orderId), `d-${orderId}`)
    await dispatch('w1')
    expect((await dispatch('w2')).body).toMatchObject({ code: 'ALREADY_DISPATCHED', params: { orderId: 'w1' } })
    expect((await world.post(`${bss(entry)}/service-orders/w1/urge`, { reason: '客户等候' }, 'u1')).body).toMatchObject(
      { urgeCount: 1 },
    )
    expect((await world.post(`${bss(entry)}/service-orders/w1/urge`, { reason: '客户等候' }, 'u2')).body).toMatchObject(
      { urgeCount: 2 },
    )
    expect(
      (await world.post(`${bss(entry)}/service-orders/w1/withdrawal`, { reason: '撤单' }, 'x')).body,
    ).toMatchObject({ result: 'ok' })
    expect((await dispatch('w2')).body).toMatchObject({ result: 'ok' })
    await world.control({ reviewFactor: 0 })
  })

  it('is reviewed at its own pace by the clock', async () => {
    await world.control({ reviewFactor: 1000 })
    const entry = await world.entry('clean', 5)
    await world.post(`${bss(entry)}/service-orders`, orderFor(entry, 'slow'), 'slow')
    expect(await world.get(`${bss(entry)}/service-orders/slow`)).toMatchObject({ state: 'reviewing' })
    world.clock.now += 4 * 3_600_000
    expect(await world.get(`${bss(entry)}/service-orders/slow`)).toMatchObject({ state: 'approved' })
    world.clock.now = startedAt
    await world.control({ reviewFactor: 0 })
  })
})

describe('a line in arrears', () => {
  it('is resumed by payment, refuses to end unpaid, and is stopped again by a reversal', async () => {
    const entry = await world.entry('arrears')
    const preCheck = async () => (await world.post(`${bss(entry)}/pre-check`, { msisdn: entry.msisdn })).body
    expect(codes(await preCheck())).toEqual(['STATE_STOP', 'ARREARS'])
    const account = preCheckAnswerSchema.parse(await preCheck())
    const bills = account.result === 'ok' ? account.account.bills : []
    const orderPath = `${bss(entry)}/service-orders`
    await world.post(orderPath, orderFor(entry, 'o-arrears'), 'a1')
    await world.get(`${orderPath}/o-arrears`)
    await world.post(`${bss(entry)}/final-bill`, { orderId: 'o-arrears' }, 'a2')
    expect((await world.post(`${bss(entry)}/deactivation`, { orderId: 'o-arrears' }, 'a3')).body).toMatchObject({
      result: 'refused',
      code: 'UNPAID_BILLS',
      params: { outstandingLi: bills.reduce((sum, bill) => sum + bill.unpaidLi, 0) },
    })
    const lateFeeLi = 20_000
    const allocations = [
      ...bills.map((bill) => ({ kind: 'bill', ref: bill.id, amountLi: bill.unpaidLi })),
      { kind: 'lateFee', amountLi: lateFeeLi },
    ]
    const amountLi = allocations.reduce((sum, allocation) => sum + allocation.amountLi, 0)
    const pay = { msisdn: entry.msisdn, correlatorId: 'c1', amountLi, allocations }
    expect((await world.post(`${bss(entry)}/payments`, { ...pay, amountLi: 1 }, 'p0')).body).toMatchObject({
      code: 'ALLOCATION_MISMATCH',
    })
    expect((await world.post(`${bss(entry)}/payments`, pay, 'p1')).body).toMatchObject({
      result: 'ok',
      postedAt: startedAt,
    })
    expect((await world.post(`${bss(entry)}/payments`, { ...pay, correlatorId: 'c2' }, 'p2')).body).toMatchObject({
      code: 'OVERPAID',
    })
    expect((await world.post(`${bss(entry)}/number-query`, { msisdn: entry.msisdn })).body).toMatchObject({
      state: 'active',
    })
    expect(codes(await preCheck())).toEqual(['PENDING_ORDER'])
    const reversal = { amountLi, reason: '误收' }
    expect((await world.post(`${bss(entry)}/payments/c1/reversal`, reversal, 'r1')).body).toMatchObject({
      result: 'ok',
    })
    expect((await world.post(`${bss(entry)}/payments/c1/reversal`, reversal, 'r2')).body).toMatchObject({
      code: 'REVERSAL_TOO_LARGE',
    })
    expect((await world.post(`${bss(entry)}/number-query`, { msisdn: entry.msisdn })).body).toMatchObject({
      state: 'suspended',
    })
    await world.post(`${bss(entry)}/payments`, { ...pay, correlatorId: 'c3' }, 'p3')
    // The refusal under this key changed nothing, so the same request is judged anew.
    expect((await world.post(`${bss(entry)}/deactivation`, { orderId: 'o-arrears' }, 'a3')).body).toMatchObject({
      result: 'ok',
    })
  })
})

describe('a premium number', () => {
  it('ends after its agreement is terminated and the penalty paid, less the waiver', async () => {
    const entry = await world.entry('premium')
    const answer = preCheckAnswerSchema.parse(
      (await world.post(`${bss(entry)}/pre-check`, { msisdn: entry.msisdn })).body,
    )
    const agreementId = answer.result === 'ok' ? answer.account.agreements[0]!.id : ''
    const agreements = [{ agreementId, penaltyLi: 18_388_500, waivedLi: 1_000_000, devicesReturned: [] }]
    await world.post(`${bss(entry)}/service-orders`, orderFor(entry, 'o-premium', { agreements }), 'b1')
    expect(await world.get(`${bss(entry)}/service-orders/o-premium`)).toMatchObject({ state: 'approved' })
    expect((await world.post(`${bss(entry)}/final-bill`, { orderId: 'o-premium' }, 'b2')).body).toMatchObject({
      code: 'AGREEMENTS_IN_FORCE',
      params: { agreementId },
    })
    await world.post(`${bss(entry)}/agreements/${agreementId}/termination`, { orderId: 'o-premium' }, 'b3')
    const bill = (await world.post(`${bss(entry)}/final-bill`, { orderId: 'o-premium' }, 'b4')).body
    expect(bill).toMatchObject({ amountLi: 17_388_500, outstandingLi: 17_388_500 })
    expect((await world.post(`${bss(entry)}/deactivation`, { orderId: 'o-premium' }, 'b5')).body).toMatchObject({
      code: 'UNPAID_BILLS',
    })
    const allocations = [{ kind: 'penalty', ref: agreementId, amountLi: 17_388_500 }]
    await world.post(
      `${bss(entry)}/payments`,
      { msisdn: entry.msisdn, correlatorId: 'cp', amountLi: 17_388_500, allocations },
      'b6',
    )
    expect((await world.post(`${bss(entry)}/deactivation`, { orderId: 'o-premium' }, 'b7')).body).toMatchObject({
      result: 'ok',
    })
  })

  it('is refused when an agreement in force is left out of the order', async () => {
    const entry = await world.entry('premium')
    await world.post(`${bss(entry)}/service-orders`, orderFor(entry, 'o-forgot'), 'f1')
    expect(await world.get(`${bss(entry)}/service-orders/o-forgot`)).toMatchObject({
      state: 'refused',
      code: 'USER_CAUSE_FAIL',
    })
  })
})

describe('prepaid money', () => {
  it('comes back as cash and deposit; gifts are told apart', async () => {
    const entry = await world.entry('prepaid-refund')
    await world.post(`${bss(entry)}/service-orders`, orderFor(entry, 'o-refund'), 'e1')
    await world.get(`${bss(entry)}/service-orders/o-refund`)
    await world.post(`${bss(entry)}/final-bill`, { orderId: 'o-refund' }, 'e2')
    const end = (await world.post(`${bss(entry)}/deactivation`, { orderId: 'o-refund' }, 'e3')).body
    expect(end).toMatchObject({ refund: { cashLi: 86_400, giftLi: 20_000, depositLi: 50_000 } })
  })
})

describe('cash and deposit', () => {
  it('settle what the customer did not pay at the counter, bills included', async () => {
    const entry = await world.entry('many-findings')
    const answer = preCheckAnswerSchema.parse(
      (await world.post(`${bss(entry)}/pre-check`, { msisdn: entry.msisdn })).body,
    )
    if (answer.result !== 'ok') throw new Error(answer.code)
    const [bill] = answer.account.bills
    const agreements = answer.account.agreements.map(({ id }) => ({
      agreementId: id,
      penaltyLi: 0,
      waivedLi: 0,
      devicesReturned: [],
    }))
    // Bill 99.00, late fee 3.56, running charges 31.20, less the deposit of 100.00: 33.76 to pay.
    const lateFees = [{ billId: bill!.id, amountLi: 3_560 }]
    await world.post(
      `${bss(entry)}/payments`,
      {
        msisdn: entry.msisdn,
        correlatorId: 'net',
        amountLi: 33_760,
        allocations: [{ kind: 'bill', ref: bill!.id, amountLi: 33_760 }],
      },
      'n1',
    )
    await world.post(`${bss(entry)}/service-orders`, orderFor(entry, 'o-net', { agreements, lateFees }), 'n2')
    await world.get(`${bss(entry)}/service-orders/o-net`)
    for (const { agreementId } of agreements)
      await world.post(`${bss(entry)}/agreements/${agreementId}/termination`, { orderId: 'o-net' }, `n-${agreementId}`)
    expect((await world.post(`${bss(entry)}/final-bill`, { orderId: 'o-net' }, 'n3')).body).toMatchObject({
      amountLi: 100_000,
      outstandingLi: 0,
      lines: [
        { kind: 'bill', amountLi: 65_240 },
        { kind: 'lateFee' },
        { kind: 'unbilled' },
        { kind: 'setOff', amountLi: -100_000 },
      ],
    })
    expect((await world.post(`${bss(entry)}/deactivation`, { orderId: 'o-net' }, 'n4')).body).toMatchObject({
      refund: { cashLi: 0, depositLi: 0 },
    })
  })

  it('do not hide a fen that is missing', async () => {
    const entry = await world.entry('handset')
    const agreements = [{ agreementId: `A${entry.msisdn}-1`, penaltyLi: 1_668_000, waivedLi: 0, devicesReturned: [] }]
    await world.post(`${bss(entry)}/service-orders`, orderFor(entry, 'o-short', { agreements }), 's1')
    await world.get(`${bss(entry)}/service-orders/o-short`)
    await world.post(`${bss(entry)}/agreements/A${entry.msisdn}-1/termination`, { orderId: 'o-short' }, 's2')
    const owed = [
      { kind: 'penalty', amountLi: 1_668_000 },
      { kind: 'unbilled', amountLi: 85_990 },
    ]
    await world.post(
      `${bss(entry)}/payments`,
      { msisdn: entry.msisdn, correlatorId: 'short', amountLi: 1_753_990, allocations: owed },
      's3',
    )
    await world.post(`${bss(entry)}/final-bill`, { orderId: 'o-short' }, 's4')
    const refused = (await world.post(`${bss(entry)}/deactivation`, { orderId: 'o-short' }, 's5')).body
    expect(refused).toMatchObject({ code: 'UNPAID_BILLS', params: { outstandingLi: 10 } })
  })

  it('stay untouched when only the penalty is taken back', async () => {
    const entry = await world.entry('arrears')
    const allocations = [
      { kind: 'penalty', amountLi: 5_000 },
      { kind: 'bill', ref: `B${entry.msisdn}-1`, amountLi: 59_000 },
    ]
    const payment = { msisdn: entry.msisdn, correlatorId: 'back', amountLi: 64_000, allocations }
    await world.post(`${bss(entry)}/payments`, payment, 't1')
    await world.post(`${bss(entry)}/payments/back/reversal`, { amountLi: 5_000, reason: 'refused' }, 't2')
    const { account } = (await world.post(`${bss(entry)}/pre-check`, { msisdn: entry.msisdn })).body
    expect(account).toMatchObject({ bills: [{ unpaidLi: 0 }, { unpaidLi: 62_500 }] })
  })
})
