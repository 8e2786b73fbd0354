import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { z } from 'zod'
import type { ServiceContext } from '../service-context.ts'

/** `live`: the process answers. `ready`: its database answers too, and it is not about to close. */
export function registerHealthRoutes(server: FastifyInstance, context: ServiceContext): void {
  const status = z.object({ status: z.string() })
  server.get('/health/live', { schema: { response: { 200: status } } }, async () => ({ status: 'live' }))
  server.get('/health/ready', { schema: { response: { 200: status, 503: status } } }, async (_request, reply) => {
    // A closing process says so first, so that whoever shares out the work sends no more of it here.
    if (context.closing.aborted) return reply.status(503).send({ status: 'closing' })
    try {
      await sql`select 1`.execute(context.db)
      return { status: 'ready' }
    } catch {
      return reply.status(503).send({ status: 'database unavailable' })
    }
  })
}
