import type { z } from 'zod'
import type { Asker } from '../../../src/shared/domain/asker.ts'
import type { Carrier, Province } from '../../../src/shared/domain/geography.ts'
import { callOutside, type OutsideAnswer, type OutsidePorts } from './outside-call.ts'
import {
  type AuthenticationRequest,
  authenticationAnswerSchema,
  numberQueryAnswerSchema,
  type PaymentRequest,
  paymentAnswerSchema,
  preCheckAnswerSchema,
  reversalAnswerSchema,
} from './wire/home-bss.ts'
import {
  deactivationAnswerSchema,
  finalBillAnswerSchema,
  type InvoiceVoidRequest,
  invoiceVoidAnswerSchema,
  resupplyAnswerSchema,
  type ServiceOrderRequest,
  serviceOrderAnswerSchema,
  serviceOrderStateSchema,
  type TerminationFigures,
  terminationAnswerSchema,
  urgeAnswerSchema,
  type WireAttachment,
  withdrawalAnswerSchema,
} from './wire/service-order.ts'

/** Which home system: one per carrier and province. */
export interface HomeSystem {
  carrier: Carrier
  province: Province
}

/** Who an effect belongs to: `key` makes it happen once, `orderId` files it in the call log. */
export interface Effect {
  key: string
  orderId: string
}

/**
 * The home province's business support system over HTTP. Money is li, as on the wire; callers convert. `address` is a template
 * with `{carrier}` and `{province}`. Every answer is a value: ok, refused with a code, unavailable, unexpected.
 */
export function createHomeBssConnector(ports: OutsidePorts, address: string) {
  const base = (home: HomeSystem) =>
    address.replace('{carrier}', home.carrier).replace('{province}', home.province).replace(/\/$/, '')
  const target = (home: HomeSystem) => `bss:${home.carrier}:${home.province}`
  const post = <T>(
    home: HomeSystem,
    operation: string,
    path: string,
    body: unknown,
    answer: z.ZodType<T>,
    effect?: Effect,
  ): Promise<OutsideAnswer<Exclude<T, { result: 'refused' }>>> =>
    callOutside(ports, {
      target: target(home),
      operation,
      url: `${base(home)}${path}`,
      method: 'POST',
      body,
      answer,
      key: effect?.key,
      orderId: effect?.orderId,
    })
  const order = (orderId: string) => `/service-orders/${encodeURIComponent(orderId)}`
  return {
    queryNumber: (home: HomeSystem, msisdn: string) =>
      post(home, 'number-query', '/number-query', { msisdn }, numberQueryAnswerSchema),
    authenticate: (home: HomeSystem, request: AuthenticationRequest) =>
      post(home, 'authentication', '/authentication', request, authenticationAnswerSchema),
    preCheck: (home: HomeSystem, request: { msisdn: string; handlingProvince: Province; asker?: Asker }) =>
      post(home, 'pre-check', '/pre-check', request, preCheckAnswerSchema),
    postPayment: (home: HomeSystem, request: PaymentRequest, effect: Effect) =>
      post(home, 'payments', '/payments', request, paymentAnswerSchema, effect),
    reversePayment: (
      home: HomeSystem,
      correlatorId: string,
      request: { amountLi: number; reason: string },
      effect: Effect,
    ) =>
      post(
        home,
        'payments.reversal',
        `/payments/${encodeURIComponent(correlatorId)}/reversal`,
        request,
        reversalAnswerSchema,
        effect,
      ),
    dispatchOrder: (home: HomeSystem, request: ServiceOrderRequest, effect: Effect) =>
      post(home, 'service-orders', '/service-orders', request, serviceOrderAnswerSchema, effect),
    queryOrder: (home: HomeSystem, orderId: string) =>
      callOutside(ports, {
        target: target(home),
        operation: 'service-orders.state',
        url: `${base(home)}${order(orderId)}`,
        method: 'GET',
        answer: serviceOrderStateSchema,
        about: orderId,
        orderId,
      }),
    /** The account behind an order as it would be without what the order has ended; see `preCheck`. */
    orderAccount: (home: HomeSystem, orderId: string) =>
      callOutside(ports, {
        target: target(home),
        operation: 'service-orders.account',
        url: `${base(home)}${order(orderId)}/account`,
        method: 'GET',
        answer: preCheckAnswerSchema,
        about: orderId,
        orderId,
      }),
    resupply: (
      home: HomeSystem,
      request: { attachments: WireAttachment[]; note: string; corrections?: Record<string, string> },
      effect: Effect,
    ) =>
      post(home, 'service-orders.resupply', `${order(effect.orderId)}/resupply`, request, resupplyAnswerSchema, effect),
    urge: (home: HomeSystem, request: { reason: string }, effect: Effect) =>
      post(home, 'service-orders.urge', `${order(effect.orderId)}/urge`, request, urgeAnswerSchema, effect),
    withdraw: (
      home: HomeSystem,
      request: { reason: string; cause?: 'figuresChanged' | 'takenBackByStore' },
      effect: Effect,
    ) =>
      post(
        home,
        'service-orders.withdrawal',
        `${order(effect.orderId)}/withdrawal`,
        request,
        withdrawalAnswerSchema,
        effect,
      ),
    terminateAgreement: (home: HomeSystem, agreementId: string, figures: TerminationFigures, effect: Effect) =>
      post(
        home,
        'agreements.termination',
        `/agreements/${encodeURIComponent(agreementId)}/termination`,
        { orderId: effect.orderId, ...(figures ? { figures } : {}) },
        terminationAnswerSchema,
        effect,
      ),
    voidInvoice: (home: HomeSystem, billId: string, request: Omit<InvoiceVoidRequest, 'orderId'>, effect: Effect) =>
      post(
        home,
        'invoices.void',
        `/invoices/${encodeURIComponent(billId)}/void`,
        { ...request, orderId: effect.orderId },
        invoiceVoidAnswerSchema,
        effect,
      ),
    finalBill: (home: HomeSystem, effect: Effect) =>
      post(home, 'final-bill', '/final-bill', { orderId: effect.orderId }, finalBillAnswerSchema, effect),
    deactivate: (home: HomeSystem, effect: Effect) =>
      post(home, 'deactivation', '/deactivation', { orderId: effect.orderId }, deactivationAnswerSchema, effect),
  }
}
export type HomeBssConnector = ReturnType<typeof createHomeBssConnector>
