import type { PaymentRequest } from '../../src/connectors/wire/home-bss.ts'
import { liFromFen } from '../../src/connectors/wire/li.ts'
import type { DeactivationAnswer } from '../../src/connectors/wire/service-order.ts'
import type { HeldBill, Line, SubscriberBase } from '../base/subscriber.ts'
import { createPaymentState, type PaymentState } from '../payment/state.ts'
import { createRenewalWorld, type RenewalWorld } from '../renewal/state.ts'
import type { WorldEvent } from './events.ts'
import { applyToOrder, type OrderRecord, receivedOrder } from './order-record.ts'

export interface PaymentRecord {
  payment: PaymentRequest
  postedAt: number
  reference: string
  reversedLi: number
}

export interface SmsMessage {
  messageId: string
  at: number
  to: string
  text: string
  template: string
}

export interface SmsReplied {
  gatewayId: string
  at: number
  from: string
  text: string
}

/** The present of the simulated outside world: the subscriber base plus everything that has happened to it. */
export interface World {
  base: SubscriberBase
  payments: Map<string, PaymentRecord>
  orders: Map<string, OrderRecord>
  /** The latest order of each number. */
  orderByNumber: Map<string, OrderRecord>
  terminatedAgreements: Map<string, number>
  ended: Map<string, Extract<DeactivationAnswer, { result: 'ok' }>>
  voidedInvoices: Map<string, Extract<WorldEvent, { type: 'invoiceVoided' }>>
  messages: SmsMessage[]
  /** The payment provider's and the renewal platform's own part. */
  payment: PaymentState
  renewal: RenewalWorld
  /** True once somebody has removed a circumstance of a line, e.g. resumed it at home. */
  isRemoved(msisdn: string, code: string): boolean
  /** What phones sent, in order. */
  replies: SmsReplied[]
  apply(event: WorldEvent): void
  /** What is still owed on a bill, in li. */
  unpaidLi(line: Line, bill: HeldBill): number
  /** Net payments of a number allocated to some kinds, in li. */
  paidLi(msisdn: string, kinds: readonly string[]): number
  /** True when an order of the number is under way and not yet carried out. */
  openOrder(msisdn: string): OrderRecord | undefined
}

const reversalOrder: readonly string[] = ['penalty', 'device', 'other', 'unbilled', 'lateFee', 'bill']

/** Creates the world over a base; `stopwatch` gives milliseconds of this process. */
export function createWorld(base: SubscriberBase, stopwatch: () => number): World {
  const payments = new Map<string, PaymentRecord>()
  const paymentsByNumber = new Map<string, PaymentRecord[]>()
  const orders = new Map<string, OrderRecord>()
  const orderByNumber = new Map<string, OrderRecord>()
  const terminatedAgreements = new Map<string, number>()
  const ended = new Map<string, Extract<DeactivationAnswer, { result: 'ok' }>>()
  const voidedInvoices = new Map<string, Extract<WorldEvent, { type: 'invoiceVoided' }>>()
  const messages: SmsMessage[] = []
  const removed = new Set<string>()
  const replies: SmsReplied[] = []
  const payment = createPaymentState()
  const renewal = createRenewalWorld()

  const apply = (event: WorldEvent): void => {
    if (event.type === 'paymentPosted') {
      const record = { payment: event.payment, postedAt: event.at, reference: event.reference, reversedLi: 0 }
      payments.set(event.payment.correlatorId, record)
      const earlier = paymentsByNumber.get(event.payment.msisdn)
      if (earlier) earlier.push(record)
      else paymentsByNumber.set(event.payment.msisdn, [record])
    } else if (event.type === 'paymentReversed') {
      const record = payments.get(event.correlatorId)
      if (record) record.reversedLi += event.amountLi
    } else if (event.type === 'findingRemoved') {
      removed.add(`${event.msisdn} ${event.code}`)
    } else if (event.type === 'invoiceVoided') {
      voidedInvoices.set(event.billId, event)
    } else if (event.type === 'smsAccepted') {
      const { to, text, template } = event.message
      messages.push({ messageId: event.messageId, at: event.at, to, text, template })
    } else if (
      event.type === 'authorizationClaimed' ||
      event.type === 'returnClaimed' ||
      event.type === 'refundTaken'
    ) {
      payment.apply(event)
    } else if (event.type === 'renewalTaken') {
      renewal.apply(event)
    } else if (event.type === 'smsReplied') {
      replies.push({ gatewayId: event.gatewayId, at: event.at, from: event.from, text: event.text })
    } else if (event.type === 'orderReceived') {
      const record = receivedOrder(event, stopwatch())
      orders.set(event.order.orderId, record)
      orderByNumber.set(event.order.msisdn, record)
    } else {
      const record = orders.get(event.orderId)
      if (!record) return
      if (event.type === 'agreementTerminated') {
        terminatedAgreements.set(event.agreementId, event.at)
        if (event.figures) record.amended.set(event.agreementId, event.figures)
      } else if (event.type === 'lineDeactivated') ended.set(event.msisdn, event.end)
      else applyToOrder(record, event, stopwatch())
    }
  }

  /** A reversal takes penalties back before charges that are owed in any case; bills come last. */
  const netAllocations = (record: PaymentRecord): { kind: string; ref?: string | undefined; amountLi: number }[] => {
    let reversed = record.reversedLi
    const order = (kind: string): number => reversalOrder.indexOf(kind)
    return record.payment.allocations
      .toSorted((one, other) => order(one.kind) - order(other.kind))
      .map((allocation) => {
        const undone = Math.min(reversed, allocation.amountLi)
        reversed -= undone
        return { kind: allocation.kind, ref: allocation.ref, amountLi: allocation.amountLi - undone }
      })
  }

  const sumPaid = (msisdn: string, matches: (a: { kind: string; ref?: string | undefined }) => boolean): number => {
    let sum = 0
    for (const record of paymentsByNumber.get(msisdn) ?? [])
      for (const allocation of netAllocations(record)) if (matches(allocation)) sum += allocation.amountLi
    return sum
  }

  return {
    base,
    payments,
    orders,
    orderByNumber,
    terminatedAgreements,
    ended,
    voidedInvoices,
    messages,
    payment,
    renewal,
    isRemoved: (msisdn, code) => removed.has(`${msisdn} ${code}`),
    replies,
    apply,
    unpaidLi: (line, bill) =>
      bill.unpaidFen === 0
        ? 0
        : liFromFen(bill.unpaidFen) - sumPaid(line.msisdn, (a) => a.kind === 'bill' && a.ref === bill.id),
    paidLi: (msisdn, kinds) => sumPaid(msisdn, (a) => kinds.includes(a.kind)),
    openOrder: (msisdn) => {
      const record = orderByNumber.get(msisdn)
      if (!record || ended.has(msisdn)) return undefined
      return record.state === 'withdrawn' || record.state === 'refused' ? undefined : record
    },
  }
}
