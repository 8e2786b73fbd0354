import type { World } from './world.ts'

/** What the simulated home provinces have in their own books, for comparison with the service's ledger. Money in li. */
export interface OwnLedger {
  payments: {
    paymentId: string
    homeProvince: string
    handlingProvince: string
    postedLi: number
    reversedLi: number
  }[]
  /** Cash and deposit given back with the end of a line, and who pays them out. */
  refunds: { orderId: string; homeProvince: string; handlingProvince: string; route: string; amountLi: number }[]
  invoices: { orderId: string; billId: string; way: string; amountLi: number }[]
  /** The payment provider's part: authorisations by the payment that has them, and money it paid out. */
  claims: { paymentId: string; authorizationCode: string; amountLi: number }[]
  returns: { refundId: string; authorizationCode: string; amountLi: number }[]
  refundsOut: { refundId: string; amountLi: number; kind: string }[]
  /** The renewal platform's part: how often each app was asked about each number. */
  renewals: { msisdn: string; app: string; asked: number }[]
}

/** The books as they stand. */
export function ownLedger(world: World): OwnLedger {
  const handlingOf = (msisdn: string) => world.orderByNumber.get(msisdn)?.order.handlingProvince ?? ''
  const homeOf = (msisdn: string) => world.base.line(msisdn)?.province ?? ''
  return {
    payments: [...world.payments.values()].map(({ payment, reversedLi }) => ({
      paymentId: payment.correlatorId,
      homeProvince: homeOf(payment.msisdn),
      handlingProvince: handlingOf(payment.msisdn),
      postedLi: payment.amountLi,
      reversedLi,
    })),
    refunds: [...world.ended].flatMap(([msisdn, end]) => {
      const record = world.orderByNumber.get(msisdn)
      const amountLi = end.refund.cashLi + end.refund.depositLi
      if (!record || amountLi === 0) return []
      const { orderId, handlingProvince, refund } = record.order
      // With no way told the handling province hands it back: it was paid too much there.
      return [{ orderId, homeProvince: homeOf(msisdn), handlingProvince, route: refund?.route ?? 'cash', amountLi }]
    }),
    invoices: [...world.voidedInvoices].map(([billId, { orderId, request }]) => ({
      orderId,
      billId,
      way: request.way,
      amountLi: request.amountLi,
    })),
    claims: [...world.payment.claims.values()].map(({ claim: { paymentId, authorizationCode, amountLi } }) => ({
      paymentId,
      authorizationCode,
      amountLi,
    })),
    returns: [...world.payment.returns.values()].map(({ returned: { refundId, authorizationCode, amountLi } }) => ({
      refundId,
      authorizationCode,
      amountLi,
    })),
    refundsOut: [...world.payment.refunds.values()].map(({ refund: { refundId, amountLi, destination } }) => ({
      refundId,
      amountLi,
      kind: destination.kind,
    })),
    renewals: [...world.renewal.asked].map(([key, asked]) => {
      const [msisdn = '', app = ''] = key.split(' ')
      return { msisdn, app, asked }
    }),
  }
}
