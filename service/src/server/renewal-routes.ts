import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { parseMsisdn } from '../../../src/shared/domain/msisdn.ts'
import { failureSchema } from '../../../src/shared/protocol/jobs.ts'
import { serviceRoutes } from '../../../src/shared/protocol/routes.ts'
import { readRenewal } from '../renewal/read-renewal.ts'
import type { ServiceContext } from '../service-context.ts'
import { sendFailure } from './failures.ts'

const failureAnswer = z.object({ error: failureSchema })

/** Reading what became of a number between two holders. Errors: those of `parseMsisdn`. */
export function registerRenewalRoutes(instance: FastifyInstance, context: ServiceContext): void {
  const server = instance.withTypeProvider<ZodTypeProvider>()
  const { path, answer } = serviceRoutes.readRenewal
  server.get(
    path,
    {
      schema: {
        params: z.object({ msisdn: z.string().max(40) }),
        response: { 200: answer, '4xx': failureAnswer, '5xx': failureAnswer },
      },
    },
    async (request, reply) => {
      const msisdn = parseMsisdn(request.params.msisdn)
      return msisdn.ok ? readRenewal(context, msisdn.value) : sendFailure(reply, msisdn.error)
    },
  )
}
