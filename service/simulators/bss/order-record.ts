import type {
  FinalBillAnswer,
  ServiceOrderRequest,
  TerminationFigures,
  WireAttachment,
} from '../../src/connectors/wire/service-order.ts'
import type { Params, WorldEvent } from './events.ts'

export type OrderState = 'reviewing' | 'returned' | 'refused' | 'approved' | 'withdrawn'

export interface OrderRecord {
  order: ServiceOrderRequest
  serviceOrderId: string
  state: OrderState
  /** When the running phase began, by the world's clock. */
  since: number
  /** The same moment on the process's stopwatch, so that work goes on while a trainer holds the clock. */
  stopwatchSince: number
  /** The latest attachment of each kind, and what was last found unusable. */
  attachments: Map<string, WireAttachment>
  unusable: Map<string, string>
  corrections: Record<string, string>
  scriptedSteps: number
  returns: number
  urges: number
  code?: string
  params: Params
  /** What agreements cost by a later acceptance of the customer. */
  amended: Map<string, NonNullable<TerminationFigures>>
  finalBill?: Extract<FinalBillAnswer, { result: 'ok' }>
}

type OrderReceived = Extract<WorldEvent, { type: 'orderReceived' }>
type OrderEvent = Extract<
  WorldEvent,
  {
    type:
      | 'orderReturned'
      | 'orderResupplied'
      | 'orderRefused'
      | 'orderApproved'
      | 'orderWithdrawn'
      | 'orderUrged'
      | 'finalBillMade'
  }
>

/** A new order, under review from now. */
export function receivedOrder(event: OrderReceived, stopwatchNow: number): OrderRecord {
  return {
    order: event.order,
    serviceOrderId: event.serviceOrderId,
    state: 'reviewing',
    since: event.at,
    stopwatchSince: stopwatchNow,
    attachments: new Map(event.order.attachments.map((attachment) => [attachment.kind, attachment])),
    unusable: new Map(),
    corrections: {},
    scriptedSteps: 0,
    returns: 0,
    amended: new Map(),
    urges: 0,
    params: {},
  }
}

/** Moves an order on by one event. */
export function applyToOrder(record: OrderRecord, event: OrderEvent, stopwatchNow: number): void {
  const startPhase = (state: OrderState): void => {
    record.state = state
    record.since = event.at
    record.stopwatchSince = stopwatchNow
  }
  switch (event.type) {
    case 'orderReturned': {
      startPhase('returned')
      record.code = event.code
      record.params = event.params
      record.returns += 1
      if (event.scripted) record.scriptedSteps += 1
      const kind = String(event.params.kind ?? '')
      const attachment = record.attachments.get(kind)
      if (event.code === 'ATTACHMENT_UNUSABLE' && attachment) record.unusable.set(kind, attachment.sha256)
      return
    }
    case 'orderResupplied':
      startPhase('reviewing')
      for (const attachment of event.attachments) record.attachments.set(attachment.kind, attachment)
      Object.assign(record.corrections, event.corrections)
      record.urges = 0
      return
    case 'orderRefused':
      startPhase('refused')
      record.code = event.code
      record.params = event.params
      return
    case 'orderApproved':
      startPhase('approved')
      return
    case 'orderWithdrawn':
      startPhase('withdrawn')
      return
    case 'orderUrged':
      record.urges += 1
      return
    case 'finalBillMade':
      record.finalBill = event.bill
  }
}
