import { z } from 'zod'
import type { Carrier, Province } from './geography.ts'
import { type Fen, fen } from './money.ts'

/*
 * The inter-province ledger. Two books per pair of provinces: what the handling province holds for the home province, and what the
 * home province has to get from it. Each posting is one row that moves an amount from one account to another of the same book, so
 * that no posting can be unbalanced. The clearing accounts (`dueToHome`, `dueFromHandling`) of the two books mirror each other.
 */

export const ledgerBooks = ['handling', 'home'] as const
export type LedgerBook = (typeof ledgerBooks)[number]

/** Accounts of each book. Money the handling province holds or owes; what the home province charges, gets and gives back. */
export const bookAccounts = {
  handling: ['tillCash', 'tillCard', 'tillCode', 'customerMoney', 'owedToCustomer', 'dueToHome'],
  home: [
    'dueFromHandling',
    'receivable',
    'earlierBills',
    'billCharges',
    'lateFees',
    'unbilledCharges',
    'penalties',
    'waivers',
    'prepaid',
    'refundsOrdered',
    'paidByProvider',
    'invoiced',
    'redLetters',
  ],
} as const
export const ledgerAccounts = [...bookAccounts.handling, ...bookAccounts.home] as const
export const ledgerAccountSchema = z.enum(ledgerAccounts)
export type LedgerAccount = z.infer<typeof ledgerAccountSchema>

export const postingKinds = [
  'paymentTaken',
  'paymentPosted',
  'paymentReversed',
  'paymentVoided',
  'refundPaid',
  'refundOrdered',
  'refundSettled',
  'refundReturned',
  'billCharged',
  'lateFeeCharged',
  'unbilledCharged',
  'penaltyCharged',
  'penaltyWaived',
  'creditSetOff',
  'redLetter',
] as const
export const postingKindSchema = z.enum(postingKinds)
export type PostingKind = z.infer<typeof postingKindSchema>

/** One row of the ledger before it is written: `debit` receives, `credit` gives; amounts are positive, in fen. */
export interface Posting {
  /** What it comes from, e.g. `payment:<id>:posted`. With `position` it can be written once only. */
  cause: string
  position: number
  kind: PostingKind
  book: LedgerBook
  debit: LedgerAccount
  credit: LedgerAccount
  amountFen: Fen
  /** Bill, agreement or receipt it is about. */
  reference?: string
}

/** Whose ledger it is: who took the money, whose customer it is, under which carrier. */
export interface LedgerPair {
  handlingProvince: Province
  homeProvince: Province
}
export interface LedgerScope extends LedgerPair {
  carrier: Carrier
}

type Leg = Omit<Posting, 'cause' | 'position'>

function posted(cause: string, legs: readonly Leg[]): Posting[] {
  return legs.filter((leg) => leg.amountFen > 0).map((leg, index) => ({ cause, position: index + 1, ...leg }))
}

const tills = { cash: 'tillCash', card: 'tillCard', code: 'tillCode' } as const
type Method = keyof typeof tills

/** Money taken at the counter: it is the customer's until the home province has it. */
export function paymentTakenPostings(payment: {
  paymentId: string
  method: Method
  amountFen: Fen
  receiptNumber: string
}): Posting[] {
  const { paymentId, method, amountFen, receiptNumber: reference } = payment
  return posted(`payment:${paymentId}:taken`, [
    { kind: 'paymentTaken', book: 'handling', debit: tills[method], credit: 'customerMoney', amountFen, reference },
  ])
}

/** A payment posted at the home province: the handling province owes it from here on. Bills were charged before, the rest is charged with the final bill. */
export function paymentPostedPostings(payment: {
  paymentId: string
  allocations: readonly { kind: string; ref?: string | undefined; amountFen: number }[]
}): Posting[] {
  return posted(
    `payment:${payment.paymentId}:posted`,
    payment.allocations.flatMap(({ kind, ref, amountFen }): Leg[] => {
      const about = { kind: 'paymentPosted' as const, amountFen: fen(amountFen), ...(ref ? { reference: ref } : {}) }
      return [
        { ...about, book: 'handling', debit: 'customerMoney', credit: 'dueToHome' },
        { ...about, book: 'home', debit: 'dueFromHandling', credit: kind === 'bill' ? 'earlierBills' : 'receivable' },
      ]
    }),
  )
}

/** A payment taken back because its order ended without a cancellation: the customer gets it back at the counter. */
export function paymentReversedPostings(reversal: {
  paymentId: string
  amountFen: Fen
  wasPosted: boolean
}): Posting[] {
  const { paymentId, amountFen, wasPosted } = reversal
  const about = { kind: 'paymentReversed' as const, amountFen }
  return posted(
    `payment:${paymentId}:reversed`,
    wasPosted
      ? [
          { ...about, book: 'handling', debit: 'dueToHome', credit: 'owedToCustomer' },
          { ...about, book: 'home', debit: 'receivable', credit: 'dueFromHandling' },
        ]
      : [{ ...about, book: 'handling', debit: 'customerMoney', credit: 'owedToCustomer' }],
  )
}

/** A payment by card or code that the payment provider knows nothing of: it was none, and comes out of the till it never was in. */
export function paymentVoidedPostings(payment: {
  paymentId: string
  method: 'card' | 'code'
  amountFen: Fen
}): Posting[] {
  const { paymentId, method, amountFen } = payment
  return posted(`payment:${paymentId}:voided`, [
    { kind: 'paymentVoided', book: 'handling', debit: 'customerMoney', credit: tills[method], amountFen },
  ])
}

/** Money handed back at the counter: of a payment whose case was never submitted, or of what an order's end left owing. */
export function refundPaidPostings(refund: {
  refundId: string
  method: Method
  amountFen: Fen
  receiptNumber: string
  ofPayment: boolean
}): Posting[] {
  const { refundId, method, amountFen, receiptNumber: reference, ofPayment } = refund
  return posted(`refund:${refundId}:paid`, [
    {
      kind: 'refundPaid',
      book: 'handling',
      debit: ofPayment ? 'customerMoney' : 'owedToCustomer',
      credit: tills[method],
      amountFen,
      reference,
    },
  ])
}

const chargeAccounts = {
  bill: { kind: 'billCharged', account: 'billCharges' },
  lateFee: { kind: 'lateFeeCharged', account: 'lateFees' },
  unbilled: { kind: 'unbilledCharged', account: 'unbilledCharges' },
  penalty: { kind: 'penaltyCharged', account: 'penalties' },
} as const

/**
 * The final bill of the home province: its charges, penalties before their waivers, the waivers, and what was set off against the
 * customer's own credit. Charges less payments less set-off leave nothing in `receivable`.
 */
export function finalBillPostings(bill: {
  orderId: string
  charges: readonly { kind: keyof typeof chargeAccounts; ref?: string | undefined; amountFen: number }[]
  waivers: readonly { agreementId: string; waivedFen: number }[]
  setOffFen: number
}): Posting[] {
  const home = 'home' as const
  return posted(`order:${bill.orderId}:finalBill`, [
    ...bill.charges.map(({ kind, ref, amountFen }): Leg => {
      const waived = kind === 'penalty' ? (bill.waivers.find((one) => one.agreementId === ref)?.waivedFen ?? 0) : 0
      const { kind: postingKind, account } = chargeAccounts[kind]
      return {
        kind: postingKind,
        book: home,
        debit: 'receivable',
        credit: account,
        amountFen: fen(amountFen + waived),
        ...(ref ? { reference: ref } : {}),
      }
    }),
    // An agreement waived as a whole is no charge of the bill; both sides of it are shown all the same.
    ...bill.waivers
      .filter((waiver) => !bill.charges.some((one) => one.kind === 'penalty' && one.ref === waiver.agreementId))
      .map(
        (waiver): Leg => ({
          kind: 'penaltyCharged',
          book: home,
          debit: 'receivable',
          credit: 'penalties',
          amountFen: fen(waiver.waivedFen),
          reference: waiver.agreementId,
        }),
      ),
    ...bill.waivers.map(
      (waiver): Leg => ({
        kind: 'penaltyWaived',
        book: home,
        debit: 'waivers',
        credit: 'receivable',
        amountFen: fen(waiver.waivedFen),
        reference: waiver.agreementId,
      }),
    ),
    { kind: 'creditSetOff', book: home, debit: 'prepaid', credit: 'receivable', amountFen: fen(bill.setOffFen) },
  ])
}

/** What the home province gives back after the end: at this counter for its account, or by itself on another route. */
export function refundOrderedPostings(refund: { orderId: string; amountFen: Fen; paidHere: boolean }): Posting[] {
  const about = { kind: 'refundOrdered' as const, amountFen: refund.amountFen }
  return posted(
    `order:${refund.orderId}:refund`,
    refund.paidHere
      ? [
          { ...about, book: 'handling', debit: 'dueToHome', credit: 'owedToCustomer' },
          { ...about, book: 'home', debit: 'prepaid', credit: 'dueFromHandling' },
        ]
      : [{ ...about, book: 'home', debit: 'prepaid', credit: 'refundsOrdered' }],
  )
}

/** The payment provider has paid a refund out for the home province, to a card or the original channel. */
export function refundSettledPostings(refund: { orderId: string; amountFen: Fen }): Posting[] {
  const { orderId, amountFen } = refund
  return posted(`order:${orderId}:refund:settled`, [
    { kind: 'refundSettled', book: 'home', debit: 'refundsOrdered', credit: 'paidByProvider', amountFen },
  ])
}

/** A refund the payment provider could not pay out: the store owes it to the customer now, for the home province's account. */
export function refundReturnedPostings(refund: { orderId: string; amountFen: Fen }): Posting[] {
  const about = { kind: 'refundReturned' as const, amountFen: refund.amountFen }
  return posted(`order:${refund.orderId}:refund:returned`, [
    { ...about, book: 'handling', debit: 'dueToHome', credit: 'owedToCustomer' },
    { ...about, book: 'home', debit: 'refundsOrdered', credit: 'dueFromHandling' },
  ])
}

/** An invoice made void at the home province, its original taken back or a red-letter invoice issued: the amount it stood for. */
export function redLetterPostings(invoice: { orderId: string; billId: string; amountFen: Fen }): Posting[] {
  const { orderId, billId, amountFen } = invoice
  return posted(`order:${orderId}:invoice:${billId}`, [
    { kind: 'redLetter', book: 'home', debit: 'invoiced', credit: 'redLetters', amountFen, reference: billId },
  ])
}
