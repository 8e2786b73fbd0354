import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { claimRequestSchema, refundOutRequestSchema, returnRequestSchema } from '../../src/connectors/wire/payment.ts'
import type { Ledger } from '../bss/ledger.ts'
import { addChange } from '../change-route.ts'
import {
  claim,
  claimReturn,
  claimState,
  type PaymentProvider,
  type Provider,
  refundState,
  returnState,
  takeRefund,
} from './provider.ts'

/** The payment provider, below `/payment`. */
export function addPaymentRoutes(scope: FastifyInstance, world: Provider, ledger: Ledger): void {
  const sent = new Map<string, number>()
  const provider: PaymentProvider = { ...world, timesSent: (refundId) => sent.get(refundId) ?? 0 }
  scope.addHook('preHandler', async (request) => {
    const { refundId, destination } = (request.body ?? {}) as { refundId?: unknown; destination?: unknown }
    if (destination && typeof refundId === 'string') sent.set(refundId, provider.timesSent(refundId) + 1)
  })
  addChange(scope, ledger, '/claims', claimRequestSchema, (request) => claim(provider, request))
  scope.get('/claims/:paymentId', async (request) =>
    claimState(provider, z.object({ paymentId: z.string() }).parse(request.params).paymentId),
  )
  addChange(scope, ledger, '/returns', returnRequestSchema, (request) => claimReturn(provider, request))
  scope.get('/returns/:refundId', async (request) =>
    returnState(provider, z.object({ refundId: z.string() }).parse(request.params).refundId),
  )
  addChange(scope, ledger, '/refunds', refundOutRequestSchema, (request) => takeRefund(provider, request))
  scope.get('/refunds/:refundId', async (request) =>
    refundState(provider, z.object({ refundId: z.string() }).parse(request.params).refundId),
  )
}
