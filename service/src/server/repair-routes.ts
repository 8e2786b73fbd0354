import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Result } from '../../../src/shared/domain/result.ts'
import { failureSchema } from '../../../src/shared/protocol/jobs.ts'
import { serviceRoutes as routes } from '../../../src/shared/protocol/routes.ts'
import { readRepairOptions } from '../repairs/repair-facts.ts'
import { repairOrder } from '../repairs/repair-order.ts'
import type { ServiceContext } from '../service-context.ts'
import { callingDevice, callingStaff } from './authenticate.ts'
import { sendFailure } from './failures.ts'

const failureAnswer = z.object({ error: failureSchema })

/** What supervisors may do to orders by hand, and doing it. */
export function registerRepairRoutes(instance: FastifyInstance, context: ServiceContext): void {
  const server = instance.withTypeProvider<ZodTypeProvider>()
  const responses = <S extends z.ZodType>(schema: S) => ({ 200: schema, '4xx': failureAnswer, '5xx': failureAnswer })
  const sceneOf = (request: FastifyRequest) => ({ device: callingDevice(request), staff: callingStaff(request) })
  const answer = <T>(reply: FastifyReply, result: Result<T>): T | FastifyReply =>
    result.ok ? result.value : sendFailure(reply, result.error)
  const params = z.object({ orderId: z.uuid() })

  server.get(
    routes.repairOptions.path,
    { schema: { params, response: responses(routes.repairOptions.answer) } },
    async (request, reply) => answer(reply, await readRepairOptions(context, sceneOf(request), request.params.orderId)),
  )
  server.post(
    routes.repairOrder.path,
    {
      bodyLimit: 16 * 1024,
      schema: { params, body: routes.repairOrder.body, response: responses(routes.repairOrder.answer) },
    },
    async (request, reply) =>
      answer(reply, await repairOrder(context, sceneOf(request), request.params.orderId, request.body)),
  )
}
