import { liFromFen } from '../../src/connectors/wire/li.ts'
import type { DeactivationAnswer, FinalBillAnswer } from '../../src/connectors/wire/service-order.ts'
import type { HeldBucket, Line } from '../base/subscriber.ts'
import type { OrderRecord } from './order-record.ts'
import type { World } from './world.ts'

type FinalBill = Extract<FinalBillAnswer, { result: 'ok' }>
type Charge = FinalBill['lines'][number]

export interface Reckoning {
  bill: FinalBill
  /** What goes back once the line has ended, in li. */
  refund: Extract<DeactivationAnswer, { result: 'ok' }>['refund']
}

/** Which payments count towards which charge; payments of bills have already made those bills smaller. */
const paidBy: Record<'lateFee' | 'unbilled' | 'penalty', readonly string[]> = {
  lateFee: ['lateFee'],
  unbilled: ['unbilled'],
  penalty: ['penalty', 'device'],
}

/**
 * The last bill of a line, in li: bills still unpaid, late fees, running charges, penalties less waivers; then what was
 * paid towards them, and what is left set off against prepaid cash first and the deposit after it.
 */
export function reckonFinalBill(world: World, record: OrderRecord, line: Line): Reckoning {
  const charges = chargesOf(world, record, line)
  const amountLi = sum(charges)
  let paidLi = 0
  // Paid for an agreement that turned out cheaper: it goes back.
  let tooMuchLi = 0
  for (const kind of ['lateFee', 'unbilled', 'penalty'] as const) {
    const charged = sum(charges.filter((charge) => charge.kind === kind))
    const paid = world.paidLi(line.msisdn, paidBy[kind])
    paidLi += Math.min(charged, paid)
    tooMuchLi += Math.max(0, paid - charged)
  }
  const cashLi = bucketsLi(line, 'cash')
  const depositLi = liFromFen(line.depositFen)
  const owedLi = amountLi - paidLi
  const setOffLi = Math.min(owedLi, cashLi + depositLi)
  const fromCashLi = Math.min(setOffLi, cashLi)
  const lines = [...charges]
  if (paidLi > 0) lines.push({ kind: 'paid', amountLi: -paidLi })
  if (setOffLi > 0) lines.push({ kind: 'setOff', amountLi: -setOffLi })
  return {
    bill: { result: 'ok', billId: `FB-${record.serviceOrderId}`, amountLi, outstandingLi: owedLi - setOffLi, lines },
    refund: {
      cashLi: cashLi - fromCashLi + tooMuchLi,
      giftLi: bucketsLi(line, 'gift'),
      depositLi: depositLi - (setOffLi - fromCashLi),
    },
  }
}

function chargesOf(world: World, record: OrderRecord, line: Line): Charge[] {
  const { lateFees } = record.order
  const dispatched = record.order.agreements.filter(({ agreementId }) => !record.amended.has(agreementId))
  const amended = [...record.amended].map(([agreementId, figures]) => ({ agreementId, ...figures }))
  const agreements = [...dispatched, ...amended]
  const charges: Charge[] = [
    ...line.bills.map((bill) => ({ kind: 'bill' as const, ref: bill.id, amountLi: world.unpaidLi(line, bill) })),
    ...(lateFees
      ? lateFees.map(({ billId, amountLi }) => ({ kind: 'lateFee' as const, ref: billId, amountLi }))
      : [{ kind: 'lateFee' as const, amountLi: world.paidLi(line.msisdn, ['lateFee']) }]),
    { kind: 'unbilled' as const, amountLi: liFromFen(line.unbilledFen + (line.unseenFen ?? 0)) },
    ...agreements.map(({ agreementId, penaltyLi, waivedLi }) => ({
      kind: 'penalty' as const,
      ref: agreementId,
      amountLi: Math.max(0, penaltyLi - waivedLi),
    })),
  ]
  return charges.filter((charge) => charge.amountLi > 0)
}

function sum(charges: readonly Charge[]): number {
  return charges.reduce((total, charge) => total + charge.amountLi, 0)
}

function bucketsLi(line: Line, kind: HeldBucket['kind']): number {
  return liFromFen(line.buckets.reduce((total, bucket) => total + (bucket.kind === kind ? bucket.remainingFen : 0), 0))
}
