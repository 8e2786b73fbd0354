import { beforePointOfNoReturn, isFinal, type OrderStage } from './order.ts'

/** What a supervisor may do to an order by hand, where the state machine allows it. */
export const repairActions = [
  'retryNow',
  'skipWait',
  'markPosted',
  'handOver',
  'returnToCustomer',
  'refuse',
  'askRefundAgain',
  'sendRefundAgain',
  'refundPaid',
  'refundNotPaid',
] as const
export type RepairAction = (typeof repairActions)[number]

/** Reason code of an order that its own store returned to the customer or refused; `text` is what the supervisor wrote. */
export const byStore = 'BY_STORE'

/** What a repair depends on. Everything is read from the order; nothing is remembered elsewhere. */
export interface RepairFacts {
  stage: OrderStage
  /** A step is due at some time; without it there is nothing to try. */
  stepDue: boolean
  /** The home province may know of the order. */
  homeContacted: boolean
  approved: boolean
  /** The last look before anything is ended was taken: from here irrevocable calls may be under way. */
  rechecked: boolean
  /** Somebody has already asked that it end: the customer, the holder by SMS, or a supervisor. */
  endingAsked: boolean
  returnedByStore: boolean
  /** Cooling off is not over, and every rule that asked for it lets a supervisor end it. */
  coolingMayEnd: boolean
  /** Payments of the order that the home province has not confirmed. */
  unpostedPayments: number
  /** A refund through the payment provider hangs: the store's supervisors were told, and it is not settled. */
  refundHangs: boolean
}

/** What is done about a refund, which outlives its order. */
const refundRepairs = ['askRefundAgain', 'sendRefundAgain', 'refundPaid', 'refundNotPaid'] as const
type OrderRepair = Exclude<RepairAction, (typeof refundRepairs)[number]>
const orderRepairs = repairActions.filter(
  (action): action is OrderRepair => !(refundRepairs as readonly RepairAction[]).includes(action),
)

/**
 * The repairs that fit an order now, in the order of `repairActions`.
 * - `retryNow`: the next attempt at once instead of after the back-off; not while it cools off or waits for the customer.
 * - `skipWait`: the end of a cooling-off whose rules allow it, or of the store's own return.
 * - `markPosted`: where payments are being posted at the home province and one is not confirmed.
 * - `handOver`: any order that is not over.
 * - `returnToCustomer`: under review or approved, until the last look is taken.
 * - of a refund that hangs, also after the order has ended: the provider is asked at once; it is sent again under the key it had; or it
 *   is settled by hand as the provider has said otherwise, paid or not paid.
 * - `refuse`: as long as nothing irrevocable can be under way; what was posted is taken back at the home province.
 */
export function repairsAllowed(facts: RepairFacts): RepairAction[] {
  const { stage, rechecked, endingAsked } = facts
  const ofRefund: RepairAction[] = facts.refundHangs ? [...refundRepairs] : []
  if (isFinal(stage)) return ofRefund
  const reversible = beforePointOfNoReturn(stage) && !rechecked && !endingAsked
  // An order that cooled off posts its payments before it leaves the stage.
  const begins = stage === 'accepted' || stage === 'coolingOff'
  const posting = (begins && facts.homeContacted) || (stage === 'homeReview' && facts.approved)
  const allowed: Record<OrderRepair, boolean> = {
    retryNow: facts.stepDue && (stage !== 'coolingOff' || facts.homeContacted) && !facts.returnedByStore,
    skipWait: !endingAsked && ((stage === 'coolingOff' && facts.coolingMayEnd) || facts.returnedByStore),
    markPosted: posting && !rechecked && facts.unpostedPayments > 0,
    handOver: true,
    returnToCustomer: stage === 'homeReview' && !rechecked && !endingAsked,
    refuse: reversible,
  }
  return [...orderRepairs.filter((action) => allowed[action]), ...ofRefund]
}

/** Repairs that let money or safety go: they need the supervisor's password once more, and another person than the clerk who accepted. */
export function isGrave(action: RepairAction): boolean {
  switch (action) {
    case 'skipWait':
    case 'markPosted':
    case 'refuse':
    case 'sendRefundAgain':
    case 'refundPaid':
    case 'refundNotPaid':
      return true
    default:
      return false
  }
}
