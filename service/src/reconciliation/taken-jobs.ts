import { maskName } from '../../../src/shared/domain/masking.ts'
import {
  type PaymentTake,
  paymentTakeSchema,
  type RefundPay,
  receiptSchema,
  refundPaySchema,
} from '../../../src/shared/protocol/jobs.ts'
import { mostTakenAtOnce, type TakenJob } from '../../../src/shared/protocol/reconciliation.ts'
import type { PaymentTable, ProductOrderTable, RefundTable } from '../database/tables.ts'
import { submissionOf } from '../orders/submission-of.ts'
import type { ServiceContext } from '../service-context.ts'

type Reader = Pick<ServiceContext, 'db'>

function paymentOf(row: PaymentTable): PaymentTake {
  return paymentTakeSchema.parse({
    paymentId: row.payment_id,
    caseId: row.case_id,
    msisdn: row.msisdn,
    carrier: row.carrier,
    homeProvince: row.home_province,
    method: row.method,
    amountFen: Number(row.amount_fen),
    ...(row.authorization_code === null ? {} : { authorizationCode: row.authorization_code }),
    receiptNumber: row.receipt_number,
    takenAt: Number(row.taken_at),
    allocations: JSON.parse(row.allocations),
  })
}

function refundOf(row: RefundTable, msisdn: string): RefundPay {
  return refundPaySchema.parse({
    refundId: row.refund_id,
    caseId: row.case_id,
    msisdn,
    ...(row.payment_id === null ? {} : { paymentId: row.payment_id }),
    ...(row.order_id === null ? {} : { orderId: row.order_id }),
    method: row.method,
    amountFen: Number(row.amount_fen),
    ...(row.authorization_code === null ? {} : { authorizationCode: row.authorization_code }),
    receiptNumber: row.receipt_number,
    reason: row.reason,
    paidAt: Number(row.paid_at),
  })
}

async function paymentsById({ db }: Reader, ids: readonly string[]): Promise<Map<string, PaymentTable>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('payment').selectAll().where('payment_id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.payment_id, row]))
}

async function refundsById({ db }: Reader, ids: readonly string[]): Promise<Map<string, RefundTable>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('refund').selectAll().where('refund_id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.refund_id, row]))
}

/** Orders by their ids, as far as a counter that has nothing left of them needs to know. */
async function ordersById({ db }: Reader, ids: readonly string[]): Promise<Map<string, TakenJob['order']>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('product_order').selectAll().where('order_id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.order_id, orderOf(row)]))
}

function orderOf(row: ProductOrderTable): TakenJob['order'] {
  const { order_id: orderId, case_number: caseNumber, carrier, home_province: homeProvince } = row
  const order = { orderId, caseNumber, carrier, homeProvince }
  if (row.forgotten_at !== null) return order
  const holder = submissionOf(row).relatedParty.find(({ role }) => role === 'holder')
  return holder ? { ...order, maskedName: maskName(holder.document.name) } : order
}

function jobRows({ db }: Reader, deviceId: string, from: number) {
  return db
    .selectFrom('job')
    .leftJoin('staff', 'staff.staff_id', 'job.staff_id')
    .select((eb) => [
      'job.sequence',
      'job.id',
      'job.lane',
      'job.kind',
      'job.staff_id',
      'staff.name as staff_name',
      'job.receipt',
      eb
        .selectFrom('identity_proof')
        .select('msisdn')
        .whereRef('identity_proof.case_id', '=', 'job.lane')
        .where('identity_proof.device_id', '=', deviceId)
        .orderBy('proved_at', 'desc')
        .limit(1)
        .as('msisdn'),
    ])
    .where('job.device_id', '=', deviceId)
    .where('job.sequence', '>=', from)
    .orderBy('job.sequence')
    .limit(mostTakenAtOnce)
    .execute()
}

/**
 * Jobs this service accepted of a device from a number on, lowest first, as far as one answer goes; with the money they reported, so
 * that nobody is asked for it twice at a counter that forgot it.
 */
export async function takenJobs(context: Reader, deviceId: string, from: number): Promise<TakenJob[]> {
  const jobs = (await jobRows(context, deviceId, from)).map((row) => ({
    ...row,
    receipt: receiptSchema.parse(JSON.parse(row.receipt)),
  }))
  const effects = (kind: string, name: string) =>
    jobs.filter((job) => job.kind === kind).flatMap((job) => job.receipt.effect[name]?.toString() ?? [])
  const payments = await paymentsById(context, effects('payment.take', 'paymentId'))
  const refunds = await refundsById(context, effects('refund.pay', 'refundId'))
  const orders = await ordersById(context, effects('order.submit', 'orderId'))
  return jobs.map(({ sequence, id, lane, kind, staff_id, staff_name, msisdn, receipt }) => {
    const payment = payments.get(String(receipt.effect.paymentId))
    const refund = refunds.get(String(receipt.effect.refundId))
    const order = kind === 'order.submit' ? orders.get(String(receipt.effect.orderId)) : undefined
    const refunded = refund?.payment_id ? payments.get(refund.payment_id) : undefined
    const number = msisdn ?? payment?.msisdn ?? refunded?.msisdn ?? ''
    return {
      sequence: Number(sequence),
      id,
      lane,
      kind,
      msisdn: number,
      staffId: staff_id,
      ...(staff_name === null ? {} : { staffName: staff_name }),
      receipt,
      ...(payment && kind === 'payment.take' ? { payment: paymentOf(payment) } : {}),
      ...(order ? { order } : {}),
      ...(refund && number !== '' ? { refundPaid: refundOf(refund, number) } : {}),
    }
  })
}
