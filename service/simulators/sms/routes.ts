import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { smsRequestSchema } from '../../src/connectors/wire/sms.ts'
import type { Ledger } from '../bss/ledger.ts'
import type { SmsMessage, World } from '../bss/world.ts'

const querySchema = z.object({
  to: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

/** Messages, newest first; `to` is a number or its beginning. */
export function messagesTo(world: World, to: string | undefined, limit: number): SmsMessage[] {
  const matching = to ? world.messages.filter((message) => message.to.startsWith(to)) : world.messages
  return matching.slice(-limit).reverse()
}

/** The message port, below `/sms`: taking messages in, and reading them as JSON. */
export function addSmsRoutes(scope: FastifyInstance, ports: { world: World; ledger: Ledger; now: () => number }): void {
  scope.post('/messages', async (request, reply) => {
    const message = smsRequestSchema.parse(request.body)
    const kept = await ports.ledger.once(`/sms ${message.key}`, message, () => {
      const at = ports.now()
      const messageId = `M${String(ports.world.messages.length + 1).padStart(9, '0')}`
      return { answer: { messageId, acceptedAt: at }, events: [{ type: 'smsAccepted', at, messageId, message }] }
    })
    if (kept.conflict)
      return reply.code(409).send({ error: 'idempotencyConflict', message: 'The key was used for another message.' })
    return kept.answer
  })

  scope.get('/messages', async (request) => {
    const { to, limit } = querySchema.parse(request.query)
    return messagesTo(ports.world, to, limit)
  })
}
