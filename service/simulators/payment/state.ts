import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type { ClaimRequest, RefundOutRequest, ReturnRequest } from '../../src/connectors/wire/payment.ts'

export type PaymentEvent =
  | { type: 'authorizationClaimed'; at: number; transactionId: string; claim: ClaimRequest }
  | { type: 'returnClaimed'; at: number; transactionId: string; returned: ReturnRequest }
  | { type: 'refundTaken'; at: number; reference: string; refund: RefundOutRequest }

export interface ClaimRecord {
  claim: ClaimRequest
  at: number
  transactionId: string
}
export interface ReturnRecord {
  returned: ReturnRequest
  at: number
  transactionId: string
}
export interface RefundRecord {
  refund: RefundOutRequest
  at: number
  reference: string
}

/** What the payment provider has taken in. */
export interface PaymentState {
  claims: Map<string, ClaimRecord>
  refunds: Map<string, RefundRecord>
  returns: Map<string, ReturnRecord>
  /** Whose an authorisation is, if anybody's. */
  holderOf(claim: ClaimRequest): ClaimRecord | undefined
  /** Whose a terminal's return is, if anybody's. */
  returnerOf(returned: ReturnRequest): ReturnRecord | undefined
  apply(event: PaymentEvent): void
}

/** A terminal gives a code again on another day; on one day it belongs to one payment of one store. */
function authorisationOf({ merchant, method, authorizationCode, takenAt }: ClaimRequest): string {
  return [merchant, method, authorizationCode, shanghaiDate(takenAt)].join('|')
}

function returnOf({ merchant, method, authorizationCode, returnedAt }: ReturnRequest): string {
  return [merchant, method, authorizationCode, shanghaiDate(returnedAt)].join('|')
}

/** A provider that has taken in nothing. */
export function createPaymentState(): PaymentState {
  const claims = new Map<string, ClaimRecord>()
  const byAuthorisation = new Map<string, ClaimRecord>()
  const refunds = new Map<string, RefundRecord>()
  const returns = new Map<string, ReturnRecord>()
  const byReturn = new Map<string, ReturnRecord>()
  return {
    claims,
    refunds,
    returns,
    holderOf: (claim) => byAuthorisation.get(authorisationOf(claim)),
    returnerOf: (returned) => byReturn.get(returnOf(returned)),
    apply: (event) => {
      if (event.type === 'authorizationClaimed') {
        const { claim, at, transactionId } = event
        const record = { claim, at, transactionId }
        claims.set(claim.paymentId, record)
        byAuthorisation.set(authorisationOf(claim), record)
      } else if (event.type === 'returnClaimed') {
        const { returned, at, transactionId } = event
        const record = { returned, at, transactionId }
        returns.set(returned.refundId, record)
        byReturn.set(returnOf(returned), record)
      } else {
        const { refund, at, reference } = event
        refunds.set(refund.refundId, { refund, at, reference })
      }
    },
  }
}
