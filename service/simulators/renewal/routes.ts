import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { renewalRequestSchema } from '../../src/connectors/wire/renewal.ts'
import type { Ledger } from '../bss/ledger.ts'
import { addChange } from '../change-route.ts'
import type { Provider } from '../payment/provider.ts'
import { renewalState, takeRenewal } from './platform.ts'

/** The number-renewal platform, below `/renewal`. */
export function addRenewalRoutes(scope: FastifyInstance, provider: Provider, ledger: Ledger): void {
  addChange(scope, ledger, '/renewals', renewalRequestSchema, (request) => takeRenewal(provider, request))
  scope.get('/renewals/:renewalId', async (request) =>
    renewalState(provider, z.object({ renewalId: z.string() }).parse(request.params).renewalId),
  )
}
