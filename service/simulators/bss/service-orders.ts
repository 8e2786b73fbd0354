import { blockerEntry } from '../../../src/shared/domain/blocker-catalogue.ts'
import { millisecondsPerDay } from '../../../src/shared/domain/calendar.ts'
import type { Refused } from '../../src/connectors/wire/common.ts'
import type {
  ServiceOrderAnswer,
  ServiceOrderRequest,
  ServiceOrderState,
  WireAttachment,
} from '../../src/connectors/wire/service-order.ts'
import { hashText } from '../base/random.ts'
import names from '../data/names.json' with { type: 'json' }
import reviewTexts from '../data/review-texts.json' with { type: 'json' }
import type { WorldEvent } from './events.ts'
import type { OrderRecord } from './order-record.ts'
import { resubmitDays } from './review.ts'
import { findLine, type HomeSystem, type Outcome, refused, refusedOutcome } from './system.ts'

/** Takes a remote-cancellation order in; one open order per number. */
export function receiveOrder(system: HomeSystem, order: ServiceOrderRequest): Outcome<ServiceOrderAnswer> {
  const found = findLine(system, order.msisdn)
  if (!found.found) return { answer: found.refusal, events: [] }
  const { line } = found
  if (system.world.ended.has(line.msisdn) || line.state === 'terminated') return refusedOutcome('STATE_CANCELLED')
  const earlier = system.world.orders.get(order.orderId) ?? system.world.openOrder(order.msisdn)
  if (earlier) return refusedOutcome('ALREADY_DISPATCHED', { orderId: earlier.order.orderId })
  const refusal = line.findings.find(({ code }) => blockerEntry(code)?.stage === 'dispatch')
  if (refusal && !system.world.isRemoved(line.msisdn, refusal.code))
    return refusedOutcome(refusal.code, { ...refusal.params })
  const held = new Set(line.agreements.map((agreement) => agreement.id))
  const unknown = order.agreements.find((agreement) => !held.has(agreement.agreementId))
  if (unknown) return refusedOutcome('UNKNOWN_AGREEMENT', { agreementId: unknown.agreementId })
  const serviceOrderId = `SO${system.province}${String(system.world.orders.size + 1).padStart(8, '0')}`
  return {
    answer: { result: 'ok', serviceOrderId },
    events: [{ type: 'orderReceived', at: system.now(), serviceOrderId, order }],
  }
}

/** Finds an order of this very system. */
export function findOrder(system: HomeSystem, orderId: string): OrderRecord | Refused {
  const record = system.world.orders.get(orderId)
  return record && findLine(system, record.order.msisdn).found ? record : refused('UNKNOWN_ORDER')
}

/** Where an order stands. */
export function orderState(system: HomeSystem, record: OrderRecord): ServiceOrderState {
  const decided = record.state === 'returned' || record.state === 'refused'
  return {
    result: 'ok',
    state: record.state,
    params: decided ? record.params : {},
    ...(decided && record.code ? { code: record.code, text: textOf(record) } : {}),
    handler: handlerOf(system, record),
    stage: stageOf(system, record),
    ...(record.state === 'approved' && record.order.remedies ? { remediesDone: record.order.remedies } : {}),
    ...(record.state === 'returned'
      ? { returnedAt: record.since, resubmitBy: record.since + resubmitDays * millisecondsPerDay }
      : {}),
  }
}

function textOf(record: OrderRecord): string {
  const texts: Record<string, unknown> = reviewTexts
  const subject = texts[String(record.params.kind ?? '')] ?? ''
  return `${subject}${texts[record.code ?? ''] ?? record.code}`
}

function stageOf(system: HomeSystem, record: OrderRecord): string {
  return system.world.ended.has(record.order.msisdn) ? reviewTexts.stages.done : reviewTexts.stages[record.state]
}

function handlerOf(system: HomeSystem, record: OrderRecord): { name: string; phone: string } {
  const desk = hashText(`${system.carrier}/${system.province}/${record.order.orderId}`)
  const surname = names.surnames[desk % names.surnames.length]!
  return {
    name: `${surname}${desk % 2 === 0 ? '主管' : '审核员'}`,
    phone: `400${system.province}${String(desk % 100_000).padStart(5, '0')}`,
  }
}

/** Takes in papers supplied again; the review starts anew. */
export function resupply(
  system: HomeSystem,
  record: OrderRecord,
  papers: { attachments: WireAttachment[]; note: string; corrections?: Record<string, string> | undefined },
): Outcome<object> {
  if (record.state === 'refused' && record.params.cause === 'papersNotResupplied')
    return refusedOutcome('RESUPPLY_TOO_LATE')
  if (record.state !== 'returned') return refusedOutcome('NOT_RETURNED', { state: record.state })
  const { attachments, note, corrections = {} } = papers
  const orderId = record.order.orderId
  return {
    answer: { result: 'ok', state: 'reviewing' },
    events: [{ type: 'orderResupplied', at: system.now(), orderId, attachments, note, corrections }],
  }
}

/** Urges an order that is under review; answers who has it and where it is. */
export function urge(system: HomeSystem, record: OrderRecord, reason: string): Outcome<object> {
  if (record.state !== 'reviewing') return refusedOutcome('NOT_URGEABLE', { state: record.state })
  const event: WorldEvent = { type: 'orderUrged', at: system.now(), orderId: record.order.orderId, reason }
  return {
    answer: {
      result: 'ok',
      handler: handlerOf(system, record),
      stage: stageOf(system, record),
      urgeCount: record.urges + 1,
    },
    events: [event],
  }
}

/**
 * Withdraws an order until the home province has approved it; an approved one only for a cause that allows it, and while nothing of it
 * was carried out.
 */
export function withdraw(
  system: HomeSystem,
  record: OrderRecord,
  { reason, cause }: { reason: string; cause?: 'figuresChanged' | 'takenBackByStore' | undefined },
): Outcome<object> {
  const begun =
    record.finalBill !== undefined ||
    record.order.agreements.some(({ agreementId }) => system.world.terminatedAgreements.has(agreementId))
  if (record.state === 'approved' && (cause === undefined || begun)) return refusedOutcome('ALREADY_APPROVED')
  if (record.state === 'refused') return refusedOutcome('ALREADY_REFUSED')
  const at = record.state === 'withdrawn' ? record.since : system.now()
  return {
    answer: { result: 'ok', withdrawnAt: at },
    events: record.state === 'withdrawn' ? [] : [{ type: 'orderWithdrawn', at, orderId: record.order.orderId, reason }],
  }
}
