import { millisecondsPerDay, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { liFromFen } from '../../src/connectors/wire/li.ts'
import type { DeactivationAnswer, FinalBillAnswer } from '../../src/connectors/wire/service-order.ts'
import type { Line } from '../base/subscriber.ts'
import { agreementsInForce } from './account-view.ts'
import type { OrderRecord } from './order-record.ts'
import { findLine, type HomeSystem, type Outcome, refusedOutcome } from './system.ts'

/** Days a number rests before it may be given away again (domain facts, `quarantine`). */
const agingDays = 90

/** Ends an agreement that an approved order lists. */
export function terminateAgreement(system: HomeSystem, record: OrderRecord, agreementId: string): Outcome<object> {
  if (record.state !== 'approved') return refusedOutcome('NOT_APPROVED', { state: record.state })
  if (!record.order.agreements.some((agreement) => agreement.agreementId === agreementId))
    return refusedOutcome('UNKNOWN_AGREEMENT', { agreementId })
  const earlier = system.world.terminatedAgreements.get(agreementId)
  const at = earlier ?? system.now()
  return {
    answer: { result: 'ok', agreementId, terminatedAt: at },
    events:
      earlier === undefined ? [{ type: 'agreementTerminated', at, orderId: record.order.orderId, agreementId }] : [],
  }
}

/** Makes the bill on demand: running charges and penalties, less what was paid or can be set off against cash. */
export function makeFinalBill(system: HomeSystem, record: OrderRecord): Outcome<FinalBillAnswer> {
  const ready = readyToEnd(system, record)
  if ('answer' in ready) return ready
  const bill = finalBill(system, record, ready.line)
  const events = record.finalBill
    ? []
    : [{ type: 'finalBillMade' as const, at: system.now(), orderId: record.order.orderId, bill }]
  return { answer: bill, events }
}

type FinalBill = Extract<FinalBillAnswer, { result: 'ok' }>

function finalBill(system: HomeSystem, record: OrderRecord, line: Line): FinalBill {
  const { world } = system
  const runningLi = liFromFen(line.unbilledFen)
  const lines: FinalBill['lines'] = []
  if (runningLi > 0) lines.push({ kind: 'unbilled', amountLi: runningLi })
  let penaltiesLi = 0
  for (const { agreementId, penaltyLi, waivedLi } of record.order.agreements) {
    const owedLi = Math.max(0, penaltyLi - waivedLi)
    penaltiesLi += owedLi
    if (owedLi > 0) lines.push({ kind: 'penalty', ref: agreementId, amountLi: owedLi })
  }
  const runningPaidLi = Math.min(runningLi, world.paidLi(line.msisdn, ['unbilled']))
  const penaltiesPaidLi = Math.min(penaltiesLi, world.paidLi(line.msisdn, ['penalty', 'device']))
  const paidLi = runningPaidLi + penaltiesPaidLi
  if (paidLi > 0) lines.push({ kind: 'paid', amountLi: -paidLi })
  const amountLi = runningLi + penaltiesLi
  const setOffLi = Math.min(amountLi - paidLi, cashLi(line))
  if (setOffLi > 0) lines.push({ kind: 'setOff', amountLi: -setOffLi })
  return {
    result: 'ok',
    billId: `FB-${record.serviceOrderId}`,
    amountLi,
    outstandingLi: amountLi - paidLi - setOffLi,
    lines,
  }
}

function cashLi(line: Line): number {
  return liFromFen(line.buckets.reduce((sum, bucket) => sum + (bucket.kind === 'cash' ? bucket.remainingFen : 0), 0))
}

function giftLi(line: Line): number {
  return liFromFen(line.buckets.reduce((sum, bucket) => sum + (bucket.kind === 'gift' ? bucket.remainingFen : 0), 0))
}

/** Ends the line. Refuses while a bill is unpaid or an agreement in force; doing it twice gives the first answer. */
export function deactivate(system: HomeSystem, record: OrderRecord): Outcome<DeactivationAnswer> {
  const { world } = system
  const done = world.ended.get(record.order.msisdn)
  if (done) return { answer: done, events: [] }
  const ready = readyToEnd(system, record)
  if ('answer' in ready) return ready
  if (!record.finalBill) return refusedOutcome('FINAL_BILL_MISSING')
  const { line } = ready
  const bill = finalBill(system, record, line)
  const billsLi = line.bills.reduce((sum, held) => sum + world.unpaidLi(line, held), 0)
  const outstandingLi = billsLi + bill.outstandingLi
  if (outstandingLi > 0) return refusedOutcome('UNPAID_BILLS', { outstandingLi })
  const setOffLi = bill.lines.reduce((sum, entry) => sum - (entry.kind === 'setOff' ? entry.amountLi : 0), 0)
  const at = system.now()
  const end: Extract<DeactivationAnswer, { result: 'ok' }> = {
    result: 'ok',
    effectiveAt: at,
    agingUntil: at + agingDays * millisecondsPerDay,
    refund: { cashLi: cashLi(line) - setOffLi, giftLi: giftLi(line), depositLi: liFromFen(line.depositFen) },
  }
  return {
    answer: end,
    events: [{ type: 'lineDeactivated', at, orderId: record.order.orderId, msisdn: line.msisdn, end }],
  }
}

/** Approved, found and free of agreements: only then may a line be billed for the last time and ended. */
function readyToEnd(system: HomeSystem, record: OrderRecord): { line: Line } | ReturnType<typeof refusedOutcome> {
  if (record.state !== 'approved') return refusedOutcome('NOT_APPROVED', { state: record.state })
  const found = findLine(system, record.order.msisdn)
  if (!found.found) return { answer: found.refusal, events: [] }
  const [left, ...more] = agreementsInForce(found.line, system.world, shanghaiDate(system.now()))
  if (left) return refusedOutcome('AGREEMENTS_IN_FORCE', { agreementId: left.id, count: more.length + 1 })
  return { line: found.line }
}
