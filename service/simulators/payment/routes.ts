import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { claimRequestSchema, refundOutRequestSchema } from '../../src/connectors/wire/payment.ts'
import type { Ledger } from '../bss/ledger.ts'
import { addChange } from '../change-route.ts'
import { claim, claimState, type Provider, refundState, takeRefund } from './provider.ts'

/** The payment provider, below `/payment`. */
export function addPaymentRoutes(scope: FastifyInstance, provider: Provider, ledger: Ledger): void {
  addChange(scope, ledger, '/claims', claimRequestSchema, (request) => claim(provider, request))
  scope.get('/claims/:paymentId', async (request) =>
    claimState(provider, z.object({ paymentId: z.string() }).parse(request.params).paymentId),
  )
  addChange(scope, ledger, '/refunds', refundOutRequestSchema, (request) => takeRefund(provider, request))
  scope.get('/refunds/:refundId', async (request) =>
    refundState(provider, z.object({ refundId: z.string() }).parse(request.params).refundId),
  )
}
