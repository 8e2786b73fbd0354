import { millisecondsPerDay, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type {
  DeactivationAnswer,
  FinalBillAnswer,
  TerminationFigures,
} from '../../src/connectors/wire/service-order.ts'
import type { Line } from '../base/subscriber.ts'
import { agreementsInForce } from './account-view.ts'
import { reckonFinalBill } from './final-bill.ts'
import type { OrderRecord } from './order-record.ts'
import { findLine, type HomeSystem, type Outcome, refusedOutcome } from './system.ts'

/** Days a number rests before it may be given away again (domain facts, `quarantine`). */
const agingDays = 90

/**
 * Ends an agreement that an approved order lists, or one of the line that a later acceptance of the customer names with its figures.
 */
export function terminateAgreement(
  system: HomeSystem,
  record: OrderRecord,
  agreementId: string,
  figures?: TerminationFigures,
): Outcome<object> {
  if (record.state !== 'approved') return refusedOutcome('NOT_APPROVED', { state: record.state })
  const found = findLine(system, record.order.msisdn)
  const held = found.found && found.line.agreements.some((agreement) => agreement.id === agreementId)
  const listed = record.order.agreements.some((agreement) => agreement.agreementId === agreementId)
  if (!listed && !(held && figures)) return refusedOutcome('UNKNOWN_AGREEMENT', { agreementId })
  const earlier = system.world.terminatedAgreements.get(agreementId)
  const at = earlier ?? system.now()
  const orderId = record.order.orderId
  return {
    answer: { result: 'ok', agreementId, terminatedAt: at },
    events:
      earlier === undefined
        ? [{ type: 'agreementTerminated', at, orderId, agreementId, ...(figures ? { figures } : {}) }]
        : [],
  }
}

/** Makes the bill on demand; asked for again, it is reckoned anew and recorded once. */
export function makeFinalBill(system: HomeSystem, record: OrderRecord): Outcome<FinalBillAnswer> {
  const ready = readyToEnd(system, record)
  if ('answer' in ready) return ready
  const { bill } = reckonFinalBill(system.world, record, ready.line)
  const events = record.finalBill
    ? []
    : [{ type: 'finalBillMade' as const, at: system.now(), orderId: record.order.orderId, bill }]
  return { answer: bill, events }
}

/** Ends the line. Refuses while a bill is unpaid or an agreement in force; doing it twice gives the first answer. */
export function deactivate(system: HomeSystem, record: OrderRecord): Outcome<DeactivationAnswer> {
  const { world } = system
  const done = world.ended.get(record.order.msisdn)
  if (done) return { answer: done, events: [] }
  const ready = readyToEnd(system, record)
  if ('answer' in ready) return ready
  if (!record.finalBill) return refusedOutcome('FINAL_BILL_MISSING')
  const { bill, refund } = reckonFinalBill(world, record, ready.line)
  const { outstandingLi } = bill
  if (outstandingLi > 0) return refusedOutcome('UNPAID_BILLS', { outstandingLi })
  const at = system.now()
  const end: Extract<DeactivationAnswer, { result: 'ok' }> = {
    result: 'ok',
    effectiveAt: at,
    agingUntil: at + agingDays * millisecondsPerDay,
    refund,
  }
  return {
    answer: end,
    events: [{ type: 'lineDeactivated', at, orderId: record.order.orderId, msisdn: ready.line.msisdn, end }],
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
