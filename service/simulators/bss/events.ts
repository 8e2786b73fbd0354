import type { PaymentRequest } from '../../src/connectors/wire/home-bss.ts'
import type {
  DeactivationAnswer,
  FinalBillAnswer,
  InvoiceVoidAnswer,
  InvoiceVoidRequest,
  ServiceOrderRequest,
  TerminationFigures,
  WireAttachment,
} from '../../src/connectors/wire/service-order.ts'
import type { SmsRequest } from '../../src/connectors/wire/sms.ts'
import type { PaymentEvent } from '../payment/state.ts'
import type { RenewalEvent } from '../renewal/state.ts'

export type Params = Record<string, string | number>

/** Everything that can change in the simulated world; replaying them in order gives the present. Money in li. */
export type WorldEvent =
  | { type: 'paymentPosted'; at: number; reference: string; payment: PaymentRequest }
  | { type: 'paymentReversed'; at: number; reference: string; correlatorId: string; amountLi: number; reason: string }
  | { type: 'orderReceived'; at: number; serviceOrderId: string; order: ServiceOrderRequest }
  | { type: 'orderReturned'; at: number; orderId: string; code: string; params: Params; scripted: boolean }
  | {
      type: 'orderResupplied'
      at: number
      orderId: string
      attachments: WireAttachment[]
      corrections: Record<string, string>
      note: string
    }
  | { type: 'orderRefused'; at: number; orderId: string; code: string; params: Params }
  | { type: 'orderApproved'; at: number; orderId: string }
  | { type: 'orderWithdrawn'; at: number; orderId: string; reason: string }
  | { type: 'orderUrged'; at: number; orderId: string; reason: string }
  | { type: 'agreementTerminated'; at: number; orderId: string; agreementId: string; figures?: TerminationFigures }
  | { type: 'finalBillMade'; at: number; orderId: string; bill: Extract<FinalBillAnswer, { result: 'ok' }> }
  | {
      type: 'lineDeactivated'
      at: number
      orderId: string
      msisdn: string
      end: Extract<DeactivationAnswer, { result: 'ok' }>
    }
  /** The customer had a circumstance removed at home, outside of this flow. */
  | { type: 'findingRemoved'; at: number; msisdn: string; code: string }
  | { type: 'smsReplied'; at: number; gatewayId: string; from: string; text: string }
  | {
      type: 'invoiceVoided'
      at: number
      orderId: string
      billId: string
      request: InvoiceVoidRequest
      answer: Extract<InvoiceVoidAnswer, { result: 'ok' }>
    }
  | { type: 'smsAccepted'; at: number; messageId: string; message: SmsRequest }
  | PaymentEvent
  | RenewalEvent

/** What one request left behind: its events and, if it carried a key, the answer to give again. */
export interface JournalEntry {
  events: WorldEvent[]
  key?: string
  bodyHash?: string
  answer?: object
}
