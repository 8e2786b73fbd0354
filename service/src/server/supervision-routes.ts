import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Result } from '../../../src/shared/domain/result.ts'
import { auditQuerySchema } from '../../../src/shared/protocol/audit.ts'
import { failureSchema } from '../../../src/shared/protocol/jobs.ts'
import { serviceRoutes as routes } from '../../../src/shared/protocol/routes.ts'
import { askApproval } from '../approvals/ask-approval.ts'
import { decideRequest, withdrawRequest } from '../approvals/decide-request.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { readAudit } from '../audit/read-audit.ts'
import type { ServiceContext } from '../service-context.ts'
import { closeTicket } from '../tickets/close-ticket.ts'
import { callingDevice, callingStaff } from './authenticate.ts'
import { sendFailure } from './failures.ts'

const failureAnswer = z.object({ error: failureSchema })
const smallBody = 16 * 1024

/** What concerns a store's supervisors and auditors: requests for approval, tickets, the audit chain. */
export function registerSupervisionRoutes(instance: FastifyInstance, context: ServiceContext): void {
  const server = instance.withTypeProvider<ZodTypeProvider>()
  const responses = <S extends z.ZodType>(schema: S) => ({ 200: schema, '4xx': failureAnswer, '5xx': failureAnswer })
  const sceneOf = (request: FastifyRequest) => ({ device: callingDevice(request), staff: callingStaff(request) })
  const answer = <T>(reply: FastifyReply, result: Result<T>): T | FastifyReply =>
    result.ok ? result.value : sendFailure(reply, result.error)
  const ofRequest = z.object({ requestId: z.uuid() })

  server.post(
    routes.askApproval.path,
    { bodyLimit: smallBody, schema: { body: routes.askApproval.body, response: responses(routes.askApproval.answer) } },
    async (request, reply) => answer(reply, await askApproval(context, sceneOf(request), request.body)),
  )
  server.post(
    routes.decideApproval.path,
    {
      bodyLimit: smallBody,
      schema: {
        params: ofRequest,
        body: routes.decideApproval.body,
        response: responses(routes.decideApproval.answer),
      },
    },
    async (request, reply) =>
      answer(reply, await decideRequest(context, sceneOf(request), request.params.requestId, request.body)),
  )
  server.post(
    routes.withdrawApproval.path,
    {
      bodyLimit: smallBody,
      schema: {
        params: ofRequest,
        body: routes.withdrawApproval.body,
        response: responses(routes.withdrawApproval.answer),
      },
    },
    async (request, reply) => answer(reply, await withdrawRequest(context, sceneOf(request), request.params.requestId)),
  )
  server.post(
    routes.closeTicket.path,
    {
      bodyLimit: smallBody,
      schema: {
        params: z.object({ ticketId: z.uuid() }),
        body: routes.closeTicket.body,
        response: responses(routes.closeTicket.answer),
      },
    },
    async (request, reply) =>
      answer(
        reply,
        await closeTicket(context, sceneOf(request), {
          ticketId: request.params.ticketId,
          ...request.body,
        }),
      ),
  )
  server.get(
    routes.storeAudit.path,
    { schema: { querystring: auditQuerySchema, response: responses(routes.storeAudit.answer) } },
    async (request) => {
      const { device, staff } = sceneOf(request)
      // Reading is an act of its own, noted once per reading and not once per page.
      if (request.query.before === undefined && request.query.after === undefined)
        await context.db.transaction().execute((tx) =>
          appendAudit(tx, {
            storeId: device.storeId,
            at: context.clock.now(),
            actor: staff.staffId,
            deviceId: device.deviceId,
            action: 'audit.read',
            subject: device.storeId,
            ...(request.query.caseId ? { details: { caseId: request.query.caseId } } : {}),
          }),
        )
      return readAudit(context.db, device.storeId, request.query)
    },
  )
}
