import type { Check, Scene } from '../check.ts'
import { expect, expectOk, expectRefused, expectSame } from '../conversation.ts'
import { accountOf } from '../order-draft.ts'

interface Draft {
  msisdn: string
  correlatorId: string
  amountLi: number
  allocations: { kind: 'bill'; ref: string; amountLi: number }[]
}

const pay = (scene: Scene, payment: Draft, key = `payment:${payment.correlatorId}`) =>
  scene.bss.call('payments', payment, { key })

async function unpaid(scene: Scene, msisdn: string) {
  const bills = (await accountOf(scene, msisdn)).bills.filter((bill) => bill.unpaidLi > 0)
  return { bills, sumLi: bills.reduce((sum, bill) => sum + bill.unpaidLi, 0) }
}

async function wholeDebt(scene: Scene, msisdn: string): Promise<Draft> {
  const { bills, sumLi } = await unpaid(scene, msisdn)
  return {
    msisdn,
    correlatorId: scene.newId(),
    amountLi: sumLi,
    allocations: bills.map(({ id, unpaidLi }) => ({ kind: 'bill', ref: id, amountLi: unpaidLi })),
  }
}

export const payments: readonly Check[] = [
  {
    id: 'payment.refusals',
    title: 'A payment that does not add up, names no bill of the line or pays too much is refused and changes nothing',
    changes: true,
    run: async (scene) => {
      const { msisdn } = scene.look('arrears')
      const before = await unpaid(scene, msisdn)
      const [bill] = before.bills
      expect(bill !== undefined, 'an unpaid bill', before)
      const draft = (amountLi: number, ref: string, allocatedLi: number): Draft => ({
        msisdn,
        correlatorId: scene.newId(),
        amountLi,
        allocations: [{ kind: 'bill', ref, amountLi: allocatedLi }],
      })
      expectRefused(await pay(scene, draft(bill.unpaidLi, bill.id, bill.unpaidLi - 10)), 'ALLOCATION_MISMATCH')
      expectRefused(await pay(scene, draft(bill.unpaidLi, 'no-such-bill', bill.unpaidLi)), 'UNKNOWN_BILL')
      expectRefused(await pay(scene, draft(bill.unpaidLi + 10, bill.id, bill.unpaidLi + 10)), 'OVERPAID')
      expectSame(before.sumLi, (await unpaid(scene, msisdn)).sumLi, 'the debt stays as it was')
    },
  },
  {
    id: 'payment.onceInAHurry',
    title: 'One payment sent eight times at once is posted once',
    changes: true,
    run: async (scene) => {
      const { msisdn } = scene.take('arrears')
      const payment = await wholeDebt(scene, msisdn)
      const answers = await Promise.all(Array.from({ length: 8 }, () => pay(scene, payment)))
      const [first] = answers.map(expectOk)
      for (const answer of answers) expectSame(first, expectOk(answer), 'the same answer to every one')
      expectSame(0, (await unpaid(scene, msisdn)).sumLi, 'nothing owed any more')
      const again = await pay(scene, payment, `payment-again:${payment.correlatorId}`)
      expectSame(first, expectOk(again), 'the first answer to the same correlatorId under another key')
      const another = { ...payment, amountLi: 10, allocations: [{ ...payment.allocations[0]!, amountLi: 10 }] }
      expectRefused(await pay(scene, another, `payment-other:${payment.correlatorId}`), 'DUPLICATE_CORRELATOR')
    },
  },
  {
    id: 'payment.reversal',
    title: 'A payment is taken back once, at most what it was, and the bills are unpaid again',
    changes: true,
    run: async (scene) => {
      const { msisdn } = scene.take('arrears')
      const payment = await wholeDebt(scene, msisdn)
      expectOk(await pay(scene, payment))
      const parts = { correlatorId: payment.correlatorId }
      const reverse = (amountLi: number, key: string) =>
        scene.bss.call('payments.reversal', { amountLi, reason: 'order withdrawn' }, { key, parts })
      expectRefused(await reverse(payment.amountLi + 10, `too-much:${payment.correlatorId}`), 'REVERSAL_TOO_LARGE')
      const first = expectOk(await reverse(payment.amountLi, `reversal:${payment.correlatorId}`))
      expectSame(
        first,
        expectOk(await reverse(payment.amountLi, `reversal:${payment.correlatorId}`)),
        'the first answer again',
      )
      expectSame(payment.amountLi, (await unpaid(scene, msisdn)).sumLi, 'the debt is back')
      expectRefused(await reverse(10, `once-more:${payment.correlatorId}`), 'REVERSAL_TOO_LARGE')
      expectRefused(
        await scene.bss.call(
          'payments.reversal',
          { amountLi: 10, reason: 'nothing' },
          { key: scene.newId(), parts: { correlatorId: 'no-such-payment' } },
        ),
        'UNKNOWN_PAYMENT',
      )
    },
  },
]
