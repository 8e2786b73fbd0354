import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type SmsAnswer, smsRequestSchema } from '../../src/connectors/wire/sms.ts'
import { currentState } from '../bss/account-view.ts'
import type { Ledger } from '../bss/ledger.ts'
import type { SmsMessage, World } from '../bss/world.ts'
import type { InboundLine } from './inbound.ts'

const querySchema = z.object({
  to: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

/** Messages, newest first; `to` is a number or its beginning. */
export function messagesTo(world: World, to: string | undefined, limit: number): SmsMessage[] {
  const matching = to ? world.messages.filter((message) => message.to.startsWith(to)) : world.messages
  return matching.slice(-limit).reverse()
}

/** Why a message does not reach a number's phone; undefined when it does. A stopped line receives nothing. */
function unreachable(world: World, msisdn: string): string | undefined {
  const line = world.base.line(msisdn)
  if (!line) return undefined
  const state = currentState(line, world)
  if (state === 'terminated') return '空号'
  return state === 'active' ? undefined : '停机'
}

const replySchema = z.object({ from: z.string().regex(/^1\d{10}$/), text: z.string().min(1).max(200) })

/** The message port, below `/sms`: taking messages in, and reading them as JSON. */
export function addSmsRoutes(
  scope: FastifyInstance,
  ports: { world: World; ledger: Ledger; now: () => number; inbound: InboundLine },
): void {
  scope.post('/messages', async (request, reply) => {
    const message = smsRequestSchema.parse(request.body)
    const kept = await ports.ledger.once(`/sms ${message.key}`, message, () => {
      const at = ports.now()
      const messageId = `M${String(ports.world.messages.length + 1).padStart(9, '0')}`
      return { answer: { messageId, acceptedAt: at }, events: [{ type: 'smsAccepted', at, messageId, message }] }
    })
    if (kept.conflict)
      return reply.code(409).send({ error: 'idempotencyConflict', message: 'The key was used for another message.' })
    if (ports.inbound.connected()) report(kept.answer as SmsAnswer, message.to)
    return kept.answer
  })

  /** Tells the sender a little later whether the phone took it, as gateways do. */
  function report({ messageId }: SmsAnswer, to: string): void {
    const reason = unreachable(ports.world, to)
    setTimeout(() => {
      void ports.inbound.bring({
        kind: 'deliveryReport',
        messageId,
        state: reason ? 'undelivered' : 'delivered',
        ...(reason ? { reason } : {}),
        at: ports.now() as never,
      })
    }, 300).unref()
  }

  // A person takes the phone of a number in hand and replies.
  scope.post('/replies', async (request, reply) => {
    const { from, text } = replySchema.parse(request.body)
    if (unreachable(ports.world, from))
      return reply.code(409).send({ error: 'lineStopped', message: 'A stopped line sends nothing.' })
    const at = ports.now()
    const gatewayId = `R${String(ports.world.replies.length + 1).padStart(9, '0')}`
    await ports.ledger.record([{ type: 'smsReplied', at, gatewayId, from, text }])
    const outcome = await ports.inbound.bring({ kind: 'reply', gatewayId, from, text, receivedAt: at as never })
    return { gatewayId, outcome: outcome ?? 'nobodyTookIt' }
  })

  scope.get('/messages', async (request) => {
    const { to, limit } = querySchema.parse(request.query)
    return messagesTo(ports.world, to, limit)
  })
}
