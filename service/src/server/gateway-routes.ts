import type { FastifyInstance } from 'fastify'
import { smsInboundAnswerSchema, smsInboundSchema } from '../connectors/wire/sms-inbound.ts'
import type { ServiceContext } from '../service-context.ts'
import { isGateway } from '../stop/gateway-signature.ts'
import { takeReply } from '../stop/take-reply.ts'
import { takeReport } from '../stop/take-report.ts'
import { isStorable } from '../storable.ts'
import { sendFailure } from './failures.ts'

/** Where the SMS gateway brings replies and delivery reports; proven by its signature over the body as it was sent. */
export function registerGatewayRoutes(
  server: FastifyInstance,
  context: ServiceContext,
  secret: string | undefined,
): void {
  server.register(async (scope) => {
    scope.removeContentTypeParser('application/json')
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    // The body is signed as text, so it is checked here and not by the route's schema.
    scope.post(
      '/v1/inbound/sms',
      { bodyLimit: 8 * 1024, schema: { response: { 200: smsInboundAnswerSchema } } },
      async (request, reply) => {
        const body = typeof request.body === 'string' ? request.body : ''
        const { 'x-gateway-timestamp': timestamp, 'x-gateway-signature': signature } = request.headers
        if (!isGateway(secret, { timestamp, signature, body }, context.clock.now()))
          return sendFailure(reply, { code: 'auth.proofInvalid', params: { reason: 'gateway' } })
        const parsed = smsInboundSchema.safeParse(jsonOf(body))
        if (!parsed.success || !isStorable(parsed.data))
          return sendFailure(reply, {
            code: 'request.malformed',
            field: parsed.error?.issues[0]?.path.join('.') || 'body',
          })
        if (parsed.data.kind === 'reply') return { outcome: await takeReply(context, parsed.data) }
        await takeReport(context, parsed.data)
        return { outcome: 'noted' }
      },
    )
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
