import type { Carrier, Province } from '../../../../src/shared/domain/geography.ts'
import type { OrderStage } from '../../../../src/shared/domain/order.ts'
import type { RepairAction } from '../../../../src/shared/domain/repairs.ts'
import type { OrderEvent, TicketView } from '../../../../src/shared/protocol/changes.ts'

/* Orders with what happens to them and who is told. */

export interface ProductOrderTable {
  order_id: string
  case_id: string
  case_number: string
  msisdn: string
  carrier: Carrier
  home_province: Province
  store_id: string
  device_id: string
  staff_id: string
  stage: OrderStage
  submission: string
  /** Contact or refund corrected since; lies over the submission. */
  corrections: string | null
  deadline: string
  /** Goes up with every write: a step that began before it has been overtaken. */
  step_token: number
  next_step_at: number | null
  attempts: number
  retry_noted_stage: string | null
  /** Set before the first outside call: from here on the home province may know of the order. */
  home_contacted_at: number | null
  service_order_id: string | null
  /** Set before the first irrevocable call: the point of no return. */
  approved_at: number | null
  /** The account was read anew after the approval and costs no more than signed. */
  rechecked_at: number | null
  /** New figures that wait for the customer (`NewFigures`). */
  figures: string | null
  /** How often a final bill above the limit was asked for again. */
  bill_asked: number | null
  withdraw_requested_at: number | null
  withdraw_reason: string | null
  resupply_by: number | null
  returned_for: string | null
  refused_for: string | null
  effective_at: number | null
  aging_until: string | null
  refund_fen: number | null
  /** What the store still has to hand to the customer: reversed payments, and a refund in cash at the counter. */
  owed_here_fen: number
  urge_count: number
  created_at: number
  updated_at: number
  /** What the risk policy said at acceptance, with its version. */
  risk: string | null
  /** The holder's document as a keyed hash, so that their numbers can be counted without keeping the document here. */
  document_key: string | null
  waived_fen: number
  promised_refund_fen: number
  cooling_until: number | null
  warned_again_at: number | null
  stop_code: string | null
  wrong_stop_codes: number
  /** The true holder stopped it by SMS; decided like a withdrawal, and shown as what it is. */
  stop_requested_at: number | null
  /** Who looks after it when it was handed over; otherwise the clerk who accepted it. */
  responsible_staff_id: string | null
  /** A supervisor of the store refuses it; decided like a withdrawal. */
  refuse_requested_at: number | null
  refuse_reason: string | null
  /** What belongs to people was forgotten; what is left names nobody. */
  forgotten_at: number | null
}

export interface OrderEventTable {
  event_id: string
  order_id: string
  position: number
  code: OrderEvent['code']
  at: number
  params: string
}

export interface OrderRequestTable {
  request_id: string
  order_id: string
  kind: 'urge' | 'resupply'
  payload: string
  requested_at: number
  handled_at: number | null
}

export interface TroubleTicketTable {
  ticket_id: string
  store_id: string
  order_id: string | null
  case_id: string | null
  kind: TicketView['kind']
  severity: TicketView['severity']
  params: string
  state: TicketView['state']
  opened_at: number
  closed_at: number | null
  closed_by: string | null
  closed_note: string | null
}

export interface SmsMessageTable {
  message_id: string
  order_id: string
  template: string
  recipient: string
  text: string
  created_at: number
  sent_at: number | null
  /** The gateway's own number of it, by which it reports. */
  gateway_id: string | null
  delivery: 'delivered' | 'undelivered' | null
  delivery_reason: string | null
  delivery_at: number | null
}

export interface SmsInboundTable {
  gateway_id: string
  sender: string
  text: string
  sent_at: number
  received_at: number
  outcome: string
  order_id: string | null
}

/** What a supervisor did to an order by hand. `request` is what was asked, without the password. */
export interface OrderRepairTable {
  repair_id: string
  order_id: string
  action: RepairAction
  request: string
  reason: string
  staff_id: string
  device_id: string
  done_at: number
}
