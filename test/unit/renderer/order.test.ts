import { describe, expect, test } from 'vitest'
import { eventSentence } from '../../../src/renderer/features/order/event-sentence.ts'
import { actionsOf, mayNeedRepair, phasesOf, statusOf } from '../../../src/renderer/features/order/order-situation.ts'
import type { CaseView, JobView } from '../../../src/shared/contract/views.ts'
import {
  beforePointOfNoReturn,
  isFinal,
  type OrderStage,
  orderStages,
  stateOf,
} from '../../../src/shared/domain/order.ts'
import { type OrderEvent, type OrderView, orderEventCodes } from '../../../src/shared/protocol/changes.ts'

const at = Date.parse('2026-11-21T10:42:00+08:00')

function order(stage: OrderStage, change: Partial<OrderView> = {}): OrderView {
  return {
    state: stateOf(stage),
    stage,
    deadline: '2026-11-28',
    urgeCount: 0,
    events: [],
    updatedAt: at,
    ...change,
  } as OrderView
}
const job = (kind: JobView['kind'], state: JobView['state'] = 'pending') => ({ kind, state }) as JobView
function view(stage: OrderStage | undefined, waiting: JobView[] = [], change: Partial<OrderView> = {}): CaseView {
  return { case: { state: 'submitted' }, order: stage && order(stage, change), waiting } as unknown as CaseView
}

describe('what may be done to an order', () => {
  test('it can be withdrawn until the home province begins to execute, and before it was even sent', () => {
    for (const stage of orderStages) expect(actionsOf(view(stage)).withdraw, stage).toBe(beforePointOfNoReturn(stage))
    expect(actionsOf(view(undefined, [job('order.submit')])).withdraw).toBe(true)
  })

  test('nothing is asked for twice while it is on its way', () => {
    expect(actionsOf(view('homeReview', [job('order.withdraw')]))).toEqual({
      withdraw: false,
      urge: false,
      resupply: false,
      figures: false,
      invoice: false,
    })
    expect(actionsOf(view('homeReview', [job('order.urge')]))).toEqual({
      withdraw: true,
      urge: false,
      resupply: false,
      figures: false,
      invoice: false,
    })
    expect(actionsOf(view('returned', [job('order.resupply')])).resupply).toBe(false)
    expect(actionsOf(view('homeReview', [], { state: 'pendingCancellation' })).withdraw).toBe(false)
  })

  test('there is something to put right while it is under way, and as long as its refund has not arrived', () => {
    const refund = (...told: [string, string][]) =>
      mayNeedRepair(
        order('deactivated', {
          events: told.map(([code, route]) => ({ code, params: { route } }) as unknown as OrderEvent),
        }),
      )
    for (const stage of orderStages) expect(mayNeedRepair(order(stage)), stage).toBe(!isFinal(stage))
    expect(refund(['refundOrdered', 'bankCard'])).toBe(true)
    expect(refund(['refundOrdered', 'originalChannel'], ['refundSentAgain', 'originalChannel'])).toBe(true)
    expect(refund(['refundOrdered', 'cash'])).toBe(false)
    for (const end of ['refundArrived', 'refundFailed', 'refundSettledByHand'])
      expect(refund(['refundOrdered', 'bankCard'], [end, 'bankCard']), end).toBe(false)
  })

  test('returned papers are handed in, not urged; a finished order is left alone', () => {
    expect(actionsOf(view('returned'))).toEqual({
      withdraw: true,
      urge: false,
      resupply: true,
      figures: false,
      invoice: false,
    })
    for (const stage of orderStages.filter(isFinal))
      expect(Object.values(actionsOf(view(stage))).some(Boolean)).toBe(false)
  })
})

describe('where an order stands', () => {
  test('every stage has a word', () => {
    for (const stage of orderStages) expect(statusOf(view(stage))).toBeTruthy()
    expect(statusOf(view(undefined, [job('order.submit')]))).toBe('toSend')
    expect(statusOf(view('homeReview', [job('order.urge', 'needs_attention')]))).toBe('attention')
  })

  test('the rail shows the good way up to where the order is', () => {
    expect(phasesOf(view('homeReview')).map(({ state }) => state)).toEqual([
      'done',
      'done',
      'done',
      'current',
      'open',
      'open',
      'open',
    ])
    expect(phasesOf(view('deactivated')).every(({ state }) => state === 'done')).toBe(true)
  })

  test('an order that ended otherwise shows its end, not steps that will never come', () => {
    expect(phasesOf(view('withdrawn')).at(-1)).toEqual({ phase: 'withdrawn', state: 'ended' })
    expect(phasesOf(view('refused')).at(-1)).toEqual({ phase: 'refused', state: 'stopped' })
    expect(phasesOf(view('expired')).some(({ state }) => state === 'open')).toBe(false)
  })
})

describe('the timeline', () => {
  const event = (code: OrderEvent['code'], params: OrderEvent['params'] = {}) =>
    ({ eventId: '', code, at, params }) as OrderEvent

  test('no sentence is left with a gap by what the service sends', () => {
    const sent: Partial<Record<OrderEvent['code'], OrderEvent['params']>> = {
      postedByHand: { amountFen: 12_345, reference: 'HN-7' },
      refundSentAgain: { amountFen: 1855, route: 'bankCard' },
      refundSettledByHand: { amountFen: 1855, route: 'bankCard', reference: 'F-7' },
      handedOver: { name: '陈嘉豪' },
      returnedHere: { until: at + 86_400_000 },
      paymentsPosted: { amountFen: 9703 },
      returned: { reason: 'ATTACHMENT_UNUSABLE', kind: 'documentBack', handler: '李', until: at },
      urged: { stage: 'review' },
      agreementTerminated: { agreementId: 'A1', agreement: '吉祥号码协议' },
      remedyDone: { action: 'releaseSecondaryCard', subject: '13903510001' },
      finalBill: { billId: 'B', amountFen: 1 },
      figuresChanged: { signedFen: 1, amountFen: 2, until: 1_790_000_000_000 },
      figuresAccepted: { amountFen: 2, paidFen: 1 },
      costsLess: { signedFen: 2, amountFen: 1 },
      finalBillTooHigh: { amountFen: 2, limitFen: 1 },
      invoiceRefused: { billId: 'B', invoiceNumber: '04401900', cause: 'NUMBER_DIFFERS' },
      invoiceCorrected: { billId: 'B', invoiceNumber: '04401900', way: 'redLetter' },
      deactivated: { effectiveAt: at },
      refundOrdered: { amountFen: 1855, route: 'bankCard' },
      paymentRefused: { amountFen: 9703, method: 'card', cause: 'UNKNOWN_AUTHORIZATION' },
      paymentVoided: { amountFen: 9703, method: 'code' },
      refundArrived: { amountFen: 1855, route: 'bankCard' },
      refundFailed: { amountFen: 1855, route: 'bankCard', cause: 'ACCOUNT_CLOSED' },
      refused: { reason: 'USER_CAUSE_FAIL' },
      paymentReversed: { amountFen: 1838850 },
      refundPaid: { amountFen: 1838850, method: 'cash', receiptNumber: 'HQB3-2611-00001-R1' },
      invoiceVoided: { invoiceNumber: '04401900', way: 'redLetter', amountFen: 5900 },
      smsSent: { template: 'warning' },
      smsUndelivered: { template: 'warning', why: '停机' },
      coolingOff: { until: at },
    }
    const whole = order('deactivated', { effectiveAt: at, agingUntil: '2027-02-19' } as Partial<OrderView>)
    for (const code of orderEventCodes)
      for (const language of ['zh-CN', 'en'] as const)
        expect(eventSentence(language, whole, event(code, sent[code]))).not.toMatch(/[{}]|undefined/)
  })

  test('returned papers say which paper it is', () => {
    const sentence = eventSentence(
      'zh-CN',
      order('returned'),
      event('returned', { reason: 'ATTACHMENT_UNUSABLE', kind: 'documentBack', until: at }),
    )
    expect(sentence).toBe('归属省退回：附件不可用（证件背面）；请在 2026-11-21 10:42 前补件')
  })

  test('an urging that reached a person names the person and counts', () => {
    expect(
      eventSentence('en', order('homeReview', { urgeCount: 2 }), event('urged', { handler: 'Li', count: 2 })),
    ).toBe('Urged (2); handler Li')
  })
})
