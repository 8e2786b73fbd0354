import type { Check } from '../check.ts'
import { expect, expectOk, expectRefused, expectSame } from '../conversation.ts'
import { accountOf, dispatch, papers, stateOf, untilApproved } from '../order-draft.ts'

const restDays = 90

export const orders: readonly Check[] = [
  {
    id: 'order.unknown',
    title: 'An order nobody sent is refused with UNKNOWN_ORDER, by every operation',
    changes: true,
    run: async (scene) => {
      const orderId = scene.newId()
      const parts = { orderId }
      expectRefused(await scene.bss.call('service-orders.state', undefined, { parts }), 'UNKNOWN_ORDER')
      for (const [operationId, body] of [
        ['service-orders.urge', { reason: 'customer waits' }],
        ['service-orders.withdrawal', { reason: 'customer stays' }],
        ['service-orders.resupply', { attachments: papers(orderId), note: '' }],
        ['final-bill', { orderId }],
        ['deactivation', { orderId }],
      ] as const)
        expectRefused(await scene.bss.call(operationId, body, { key: scene.newId(), parts }), 'UNKNOWN_ORDER')
    },
  },
  {
    id: 'order.oneAtATime',
    title: 'One open order per number; urged with a count, withdrawn once, and another may follow',
    changes: true,
    run: async (scene) => {
      const person = scene.take('clean')
      const { orderId, answer } = await dispatch(scene, person)
      expectOk(answer)
      const second = await dispatch(scene, person)
      expectRefused(second.answer, 'ALREADY_DISPATCHED')
      expectSame(orderId, (second.answer.value.params as Record<string, unknown>).orderId, 'the open order is named')
      const state = await stateOf(scene, orderId)
      if (state.state === 'reviewing') {
        const parts = { orderId }
        const urge = (key: string) =>
          scene.bss.call('service-orders.urge', { reason: 'customer waits' }, { key, parts })
        const urged = await urge(`urge:${orderId}:1`)
        if (urged.value.result === 'ok') {
          const count = Number(urged.value.urgeCount)
          expectSame(expectOk(urged), expectOk(await urge(`urge:${orderId}:1`)), 'a repeated urge does not count')
          const more = await urge(`urge:${orderId}:2`)
          if (more.value.result === 'ok') expectSame(count + 1, more.value.urgeCount, 'urges are counted')
        }
        expectRefused(
          await scene.bss.call(
            'service-orders.resupply',
            { attachments: papers('x'), note: '' },
            { key: scene.newId(), parts },
          ),
          'NOT_RETURNED',
        )
      }
      const withdraw = (key: string) =>
        scene.bss.call('service-orders.withdrawal', { reason: 'customer stays' }, { key, parts: { orderId } })
      const withdrawn = await withdraw(`withdrawal:${orderId}`)
      if (withdrawn.value.result === 'refused') return expectRefused(withdrawn, 'ALREADY_APPROVED')
      const again = await withdraw(`withdrawal-again:${orderId}`)
      expectSame(withdrawn.value.withdrawnAt, expectOk(again).withdrawnAt, 'withdrawn once')
      expectSame('withdrawn', (await stateOf(scene, orderId)).state, 'the state tells it')
      expectRefused(
        await scene.bss.call('deactivation', { orderId }, { key: `deactivation:${orderId}` }),
        'NOT_APPROVED',
      )
      const next = await dispatch(scene, person)
      expectOk(next.answer)
      expectOk(
        await scene.bss.call(
          'service-orders.withdrawal',
          { reason: 'tidy up' },
          { key: `tidy:${next.orderId}`, parts: { orderId: next.orderId } },
        ),
      )
    },
  },
  {
    id: 'order.wholeRoad',
    title: 'Agreements, final bill, end of the line: in this order only, each once, and money adds up',
    changes: true,
    run: async (scene) => {
      const person = scene.take('agreements')
      const { agreements } = await accountOf(scene, person.msisdn)
      const { orderId, answer } = await dispatch(scene, person)
      expectOk(answer)
      await untilApproved(scene, orderId)
      const act = (operationId: string, key: string, parts = {}) =>
        scene.bss.call(operationId, { orderId }, { key: `${key}:${orderId}`, parts })
      expectRefused(
        await scene.bss.call(
          'service-orders.withdrawal',
          { reason: 'late' },
          { key: `late:${orderId}`, parts: { orderId } },
        ),
        'ALREADY_APPROVED',
      )
      expectRefused(await act('final-bill', 'early-bill'), 'AGREEMENTS_IN_FORCE')
      expectRefused(await act('deactivation', 'early-end'), 'AGREEMENTS_IN_FORCE', 'FINAL_BILL_MISSING')
      expectRefused(
        await act('agreements.termination', 'unknown', { agreementId: 'no-such-agreement' }),
        'UNKNOWN_AGREEMENT',
      )
      for (const { id } of agreements) {
        const first = expectOk(await act('agreements.termination', `end:${id}`, { agreementId: id }))
        const again = expectOk(await act('agreements.termination', `end-again:${id}`, { agreementId: id }))
        expectSame(first.terminatedAt, again.terminatedAt, `agreement ${id} ended once`)
      }
      expectRefused(await act('deactivation', 'before-bill'), 'FINAL_BILL_MISSING', 'UNPAID_BILLS')
      const bill = expectOk(await act('final-bill', 'bill')) as unknown as Bill
      expectSame(
        bill.outstandingLi,
        bill.lines.reduce((sum, line) => sum + line.amountLi, 0),
        'the lines sum to what is outstanding',
      )
      expectSame(
        bill.amountLi,
        bill.lines.reduce((sum, line) => sum + (['paid', 'setOff'].includes(line.kind) ? 0 : line.amountLi), 0),
        'the charges sum to the amount of the bill',
      )
      for (const line of bill.lines) expect(line.amountLi % 10 === 0, 'whole fen on every line', line)
      expectSame(bill, expectOk(await act('final-bill', 'bill')), 'the first bill again')
      if (bill.outstandingLi > 0) {
        expectRefused(await act('deactivation', 'owing'), 'UNPAID_BILLS')
        await payOff(scene, person.msisdn, bill)
      }
      const ended = expectOk(await act('deactivation', 'end')) as unknown as Ending
      expectSame(ended, expectOk(await act('deactivation', 'end')), 'the first answer again')
      expect(
        ended.agingUntil - ended.effectiveAt >= restDays * 86_400_000,
        `the number rests for at least ${restDays} days`,
        ended,
      )
      const after = await scene.bss.call('number-query', { msisdn: person.msisdn })
      expect(
        after.value.result === 'refused' || after.value.state === 'terminated',
        'the number is terminated afterwards',
        after.value,
      )
      expectRefused((await dispatch(scene, person)).answer, 'STATE_CANCELLED', 'NOT_FOUND', 'ALREADY_DISPATCHED')
    },
  },
]

interface Bill {
  amountLi: number
  outstandingLi: number
  lines: { kind: string; ref?: string; amountLi: number }[]
}

interface Ending {
  effectiveAt: number
  agingUntil: number
}

async function payOff(scene: Parameters<Check['run']>[0], msisdn: string, bill: Bill): Promise<void> {
  const correlatorId = scene.newId()
  const amountLi = bill.outstandingLi
  // What a payment is for decides which charge it covers.
  let left = amountLi
  const allocations = bill.lines.flatMap(({ kind, ref, amountLi: charged }) => {
    const part = Math.min(left, Math.max(0, charged))
    left -= part
    return part > 0 ? [{ kind, ...(ref ? { ref } : {}), amountLi: part }] : []
  })
  expectOk(
    await scene.bss.call(
      'payments',
      { msisdn, correlatorId, amountLi, allocations },
      { key: `payment:${correlatorId}` },
    ),
  )
}
