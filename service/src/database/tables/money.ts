import type { Carrier, Province } from '../../../../src/shared/domain/geography.ts'
import type { LedgerAccount, LedgerBook, PostingKind } from '../../../../src/shared/domain/ledger.ts'

/* Payments, refunds, and the ledger between provinces. */

export interface PaymentTable {
  payment_id: string
  case_id: string
  msisdn: string
  carrier: Carrier
  home_province: Province
  method: string
  amount_fen: number
  authorization_code: string | null
  receipt_number: string
  allocations: string
  taken_at: number
  device_id: string
  staff_id: string
  order_id: string | null
  posted_at: number | null
  posted_reference: string | null
  reversed_at: number | null
  reversed_fen: number | null
  /** Handed back at the counter because its case was never submitted. */
  given_back_at: number | null
  /** What the payment provider says of a card or code payment; null for cash, and before it was asked. */
  claim_state: 'authorized' | 'captured' | 'refused' | null
  claim_code: string | null
  claim_reference: string | null
  claimed_at: number | null
  /** Struck out when its order ended: the provider knows of no such money. */
  voided_at: number | null
}

export interface RefundTable {
  refund_id: string
  case_id: string
  order_id: string | null
  payment_id: string | null
  method: 'cash' | 'card' | 'code'
  amount_fen: number
  authorization_code: string | null
  receipt_number: string
  reason: string
  paid_at: number
  device_id: string
  staff_id: string
  /** What the payment provider says of a return on a terminal; null for cash, and before it was asked. */
  claim_state: 'authorized' | 'captured' | 'refused' | null
  claim_code: string | null
  claim_reference: string | null
  claimed_at: number | null
  attempts: number
  /** Goes up with every question: one that began before it has been overtaken. */
  step_token: number
  /** When the provider is asked next; null when nothing is left to ask. */
  next_step_at: number | null
}

/** Money the payment provider pays out for an order, until it has arrived or come back. */
export interface RefundOutTable {
  refund_id: string
  order_id: string
  route: 'bankCard' | 'originalChannel'
  amount_fen: number
  state: 'ordered' | 'sent' | 'paid' | 'failed'
  reference: string | null
  code: string | null
  attempts: number
  /** Goes up with every step: one that began before it has been overtaken. */
  step_token: number
  next_step_at: number | null
  ordered_at: number
  /** Since when the provider has known nothing of a refund it took; null while it knows of it. */
  forgotten_since: number | null
  /** When the store's supervisors were told that it hangs. */
  told_at: number | null
  settled_at: number | null
}
export interface LedgerPostingTable {
  cause: string
  position: number
  handling_province: Province
  home_province: Province
  carrier: Carrier
  /** Shanghai day it counts for; the database moves it to the first open day. */
  day: string
  kind: PostingKind
  book: LedgerBook
  debit: LedgerAccount
  credit: LedgerAccount
  amount_fen: number
  case_id: string
  order_id: string | null
  payment_id: string | null
  refund_id: string | null
  reference: string | null
  occurred_at: number
  recorded_at: number
}

export interface LedgerStatementTable {
  handling_province: Province
  home_province: Province
  day: string
  summary: string
  opening: string
  closing: string
  body: string
  sha256: string
}
