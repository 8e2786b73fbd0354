import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { carrierSchema, provinceSchema } from '../../../src/shared/domain/geography.ts'
import { idempotencyHeader, type Refused } from '../../src/connectors/wire/common.ts'
import {
  authenticationRequestSchema,
  numberQueryRequestSchema,
  paymentRequestSchema,
  preCheckRequestSchema,
  reversalRequestSchema,
} from '../../src/connectors/wire/home-bss.ts'
import {
  invoiceVoidRequestSchema,
  orderReferenceSchema,
  resupplyRequestSchema,
  serviceOrderRequestSchema,
  terminationRequestSchema,
  urgeRequestSchema,
  withdrawalRequestSchema,
} from '../../src/connectors/wire/service-order.ts'
import { authenticate, queryNumber } from './authentication.ts'
import { deactivate, makeFinalBill, terminateAgreement } from './ending.ts'
import { voidInvoice } from './invoices.ts'
import type { Ledger } from './ledger.ts'
import { orderAccount } from './order-account.ts'
import type { OrderRecord } from './order-record.ts'
import { postPayment, reversePayment } from './payments.ts'
import { preCheck } from './pre-check.ts'
import { advance } from './review.ts'
import { findOrder, orderState, receiveOrder, resupply, urge, withdraw } from './service-orders.ts'
import type { HomeSystem, Outcome } from './system.ts'

export interface BssPorts {
  ledger: Ledger
  system(carrier: HomeSystem['carrier'], province: HomeSystem['province']): HomeSystem
  /** Called with every number asked for, for the person at the counter. */
  asked(msisdn: string): void
}

const addressSchema = z.object({ carrier: carrierSchema, province: provinceSchema })

/** The routes of all home-province systems, below `/bss/:carrier/:province`. */
export function addBssRoutes(scope: FastifyInstance, ports: BssPorts): void {
  const systemOf = (request: FastifyRequest): HomeSystem => {
    const { carrier, province } = addressSchema.parse(request.params)
    return ports.system(carrier, province)
  }

  /** A question that changes nothing. */
  const ask = <T>(path: string, schema: z.ZodType<T>, answer: (system: HomeSystem, body: T) => object): void => {
    scope.post(path, async (request) => answer(systemOf(request), schema.parse(request.body)))
  }

  /** A change, made once per key. */
  const change = <T>(
    path: string,
    schema: z.ZodType<T>,
    act: (system: HomeSystem, body: T, params: Record<string, string>) => Outcome<object>,
  ): void => {
    scope.post(path, async (request, reply) => {
      const system = systemOf(request)
      const body = schema.parse(request.body)
      const key = request.headers[idempotencyHeader]
      if (typeof key !== 'string' || key === '')
        return reply.code(400).send({ error: 'idempotencyKeyMissing', message: 'Idempotency-Key is required.' })
      const path = request.url.split('?')[0]
      const kept = await ports.ledger.once(`${path} ${key}`, body, () =>
        act(system, body, request.params as Record<string, string>),
      )
      return kept.conflict ? conflict(reply) : kept.answer
    })
  }

  /** A change of an order: what time has brought about comes first. */
  const onOrder = (
    system: HomeSystem,
    orderId: string,
    act: (record: OrderRecord) => Outcome<object>,
  ): Outcome<object | Refused> => {
    const record = findOrder(system, orderId)
    if ('result' in record) return { answer: record, events: [] }
    // Queued before the change itself, so it is on disk before the change is answered.
    ports.ledger.record(advance(system, record)).catch(() => undefined)
    return act(record)
  }

  ask('/number-query', numberQueryRequestSchema, (system, { msisdn }) => {
    const answer = queryNumber(system, msisdn)
    if (answer.result === 'ok') ports.asked(msisdn)
    return answer
  })
  ask('/authentication', authenticationRequestSchema, authenticate)
  ask('/pre-check', preCheckRequestSchema, (system, body) =>
    preCheck(system, body.msisdn, body.handlingProvince, body.asker),
  )
  change('/payments', paymentRequestSchema, postPayment)
  change('/payments/:correlatorId/reversal', reversalRequestSchema, (system, body, params) =>
    reversePayment(system, params.correlatorId ?? '', body.amountLi, body.reason),
  )
  change('/service-orders', serviceOrderRequestSchema, receiveOrder)
  scope.get('/service-orders/:orderId', async (request) => {
    const system = systemOf(request)
    const record = findOrder(system, z.object({ orderId: z.string() }).parse(request.params).orderId)
    if ('result' in record) return record
    await ports.ledger.record(advance(system, record))
    return orderState(system, record)
  })
  scope.get('/service-orders/:orderId/account', async (request) => {
    const system = systemOf(request)
    const record = findOrder(system, z.object({ orderId: z.string() }).parse(request.params).orderId)
    return 'result' in record ? record : orderAccount(system, record)
  })
  change('/service-orders/:orderId/resupply', resupplyRequestSchema, (system, body, params) =>
    onOrder(system, params.orderId ?? '', (record) => resupply(system, record, body)),
  )
  change('/service-orders/:orderId/urge', urgeRequestSchema, (system, body, params) =>
    onOrder(system, params.orderId ?? '', (record) => urge(system, record, body.reason)),
  )
  change('/service-orders/:orderId/withdrawal', withdrawalRequestSchema, (system, body, params) =>
    onOrder(system, params.orderId ?? '', (record) => withdraw(system, record, body)),
  )
  change('/agreements/:agreementId/termination', terminationRequestSchema, (system, body, params) =>
    onOrder(system, body.orderId, (record) =>
      terminateAgreement(system, record, params.agreementId ?? '', body.figures),
    ),
  )
  change('/invoices/:billId/void', invoiceVoidRequestSchema, (system, body, params) =>
    onOrder(system, body.orderId, (record) => voidInvoice(system, record, params.billId ?? '', body)),
  )
  change('/final-bill', orderReferenceSchema, (system, body) =>
    onOrder(system, body.orderId, (record) => makeFinalBill(system, record)),
  )
  change('/deactivation', orderReferenceSchema, (system, body) =>
    onOrder(system, body.orderId, (record) => deactivate(system, record)),
  )
}

function conflict(reply: FastifyReply): FastifyReply {
  return reply.code(409).send({ error: 'idempotencyConflict', message: 'The key was used for another request.' })
}
