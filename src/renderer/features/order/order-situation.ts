import type { CaseStatus, CaseView } from '../../../shared/contract/views.ts'
import { beforePointOfNoReturn, isFinal, type OrderStage } from '../../../shared/domain/order.ts'
import { refusedInvoice } from '../../../shared/domain/refused-invoice.ts'
import { refusedPayment } from '../../../shared/domain/refused-payment.ts'
import type { OrderView } from '../../../shared/protocol/changes.ts'

/** What may be done to an order now. The service decides in the end; this only keeps pointless things off the screen. */
export interface OrderActions {
  withdraw: boolean
  urge: boolean
  resupply: boolean
  /** Sign what it would cost now. */
  figures: boolean
  /** Correct an invoice that the home province does not make void. */
  invoice: boolean
}

/** What the order of a submitted case allows: nothing twice while it is on its way, nothing after it is over. */
export function actionsOf({ case: case_, order, waiting }: CaseView): OrderActions {
  if (case_.state !== 'submitted')
    return { withdraw: false, urge: false, resupply: false, figures: false, invoice: false }
  const underWay = (kind: string) => waiting.some((job) => job.kind === kind)
  const deciding = order?.state === 'pendingCancellation' || underWay('order.withdraw')
  return {
    withdraw: !deciding && (!order || beforePointOfNoReturn(order.stage)),
    urge:
      order !== undefined &&
      !deciding &&
      !isFinal(order.stage) &&
      order.stage !== 'returned' &&
      !underWay('order.urge'),
    figures: order?.figures !== undefined && !deciding && !underWay('order.acceptFigures'),
    invoice: refusedInvoice(order) !== undefined && !underWay('order.resupply'),
    resupply: order?.stage === 'returned' && !order.figures && !deciding && !underWay('order.resupply'),
  }
}

/** What the service tells of a refund, from its sending on; a sum that is paid out here is no refund of this kind. */
const refundEvents: ReadonlySet<string> = new Set([
  'refundOrdered',
  'refundSentAgain',
  'refundArrived',
  'refundFailed',
  'refundSettledByHand',
])
const throughProvider: ReadonlySet<unknown> = new Set(['bankCard', 'originalChannel'])

/** Whether a supervisor may find something to put right: in an order that is under way, and in a refund that outlives it. */
export function mayNeedRepair({ stage, events }: Pick<OrderView, 'stage' | 'events'>): boolean {
  if (!isFinal(stage)) return true
  const last = events.findLast(({ code }) => refundEvents.has(code))
  const isOut = last?.code === 'refundOrdered' || last?.code === 'refundSentAgain'
  return isOut && throughProvider.has(last.params.route)
}

/** The word for where a submitted case stands, as on the desk. */
export function statusOf({ case: case_, order, movedOn, waiting }: CaseView): CaseStatus {
  if (case_.state === 'abandoned') return 'abandoned'
  if (case_.state === 'postponed') return 'postponed'
  if (waiting.some((job) => job.state === 'needs_attention')) return 'attention'
  if (movedOn) return 'movedOn'
  if (!order) return waiting.some((job) => job.kind === 'order.submit') ? 'toSend' : 'sent'
  if (order.state === 'pendingCancellation') return 'withdrawing'
  if (!isFinal(order.stage) && waiting.some((job) => job.kind === 'order.withdraw')) return 'withdrawing'
  if (refusedPayment(order)) return 'paymentRefused'
  if (order.stage === 'returned' && order.figures) return 'figuresChanged'
  return refusedInvoice(order) ? 'invoiceRefused' : statusOfStage[order.stage]
}

const statusOfStage: Record<OrderStage, CaseStatus> = {
  accepted: 'sent',
  coolingOff: 'coolingOff',
  paymentsPosted: 'sent',
  homeReview: 'homeReview',
  returned: 'returned',
  agreementsTerminated: 'executing',
  settled: 'executing',
  deactivated: 'completed',
  refused: 'refused',
  withdrawn: 'withdrawn',
  stopped: 'stopped',
  expired: 'expired',
}

/** The way of an order that goes well. */
const goodWay = ['accepted', 'paymentsPosted', 'homeReview', 'agreementsTerminated', 'settled', 'deactivated'] as const

/** Cooling-off is a phase only of orders that have one. */
function cooling(cooled: boolean): OrderStage[] {
  return cooled ? ['coolingOff'] : []
}

export interface OrderPhase {
  phase: 'submitted' | 'movedOn' | OrderStage
  state: 'done' | 'current' | 'open' | 'ended' | 'stopped'
}

/** What an order has surely passed that is past `order`: its stages on the good way as far as it was shown. */
function passedBy(order: OrderView | undefined): OrderPhase[] {
  if (!order) return []
  const way: OrderStage[] = [goodWay[0], ...cooling(order.coolingUntil !== undefined), ...goodWay.slice(1)]
  const passed = way.slice(0, way.indexOf(order.stage === 'returned' ? 'homeReview' : order.stage) + 1)
  return passed.map((phase): OrderPhase => ({ phase, state: 'done' }))
}

/** The phases for the rail: the good way with what is reached of it; an order that ended otherwise shows its end instead. */
export function phasesOf({ order, movedOn }: CaseView): OrderPhase[] {
  const submitted: OrderPhase = { phase: 'submitted', state: 'done' }
  // What comes between the last stage with a name and this one is not known, nor what comes after it.
  if (movedOn) return [submitted, ...passedBy(order), { phase: 'movedOn', state: 'current' }]
  if (!order) return [submitted, ...goodWay.map((phase): OrderPhase => ({ phase, state: 'open' }))]
  const { stage } = order
  const cooled = order.coolingUntil !== undefined
  if (stage === 'refused' || stage === 'withdrawn' || stage === 'stopped' || stage === 'expired') {
    const dispatched = order.events.some((event) => event.code === 'dispatched')
    const passed: OrderStage[] = ['accepted', ...cooling(cooled), ...(dispatched ? (['paymentsPosted'] as const) : [])]
    return [
      submitted,
      ...passed.map((phase): OrderPhase => ({ phase, state: 'done' })),
      { phase: stage, state: stage === 'withdrawn' ? 'ended' : 'stopped' },
    ]
  }
  const way: OrderStage[] = [goodWay[0], ...cooling(cooled), ...goodWay.slice(1)]
  const reached = way.indexOf(stage === 'returned' ? 'homeReview' : stage)
  const last = way.length - 1
  return [
    submitted,
    ...way.map((phase, index): OrderPhase => {
      if (index < reached || reached === last) return { phase, state: 'done' }
      return { phase, state: index === reached ? 'current' : 'open' }
    }),
  ]
}
