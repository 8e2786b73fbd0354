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
