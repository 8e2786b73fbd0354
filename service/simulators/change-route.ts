import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { idempotencyHeader } from '../src/connectors/wire/common.ts'
import type { Ledger } from './bss/ledger.ts'
import type { Outcome } from './bss/system.ts'

/** Adds a route that changes something: once per `Idempotency-Key`, another body under the same key is 409. */
export function addChange<T>(
  scope: FastifyInstance,
  ledger: Ledger,
  path: string,
  schema: z.ZodType<T>,
  act: (body: T) => Outcome<object>,
): void {
  scope.post(path, async (request, reply) => {
    const body = schema.parse(request.body)
    const key = request.headers[idempotencyHeader]
    if (typeof key !== 'string' || key === '')
      return reply.code(400).send({ error: 'idempotencyKeyMissing', message: 'Idempotency-Key is required.' })
    const kept = await ledger.once(`${request.url.split('?')[0]} ${key}`, body, () => act(body))
    return kept.conflict
      ? reply
          .code(409)
          .send({ error: 'idempotencyConflict', message: 'The Idempotency-Key was used for another request.' })
      : kept.answer
  })
}
