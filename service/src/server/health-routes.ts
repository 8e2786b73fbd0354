import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { z } from 'zod'
import type { RoomWatch } from '../database/room.ts'
import type { ServiceContext } from '../service-context.ts'

/** Whoever asks for the health of a process does not wait longer themselves. */
const answersWithinMs = 2_000

const sentences = {
  away: 'database unavailable',
  reads: 'database takes no writes',
  full: 'database has no room',
} as const

/** Whether the database answers, and takes writes: one that only follows another has answers, and nothing can be done with it. */
async function databaseState({ db }: Pick<ServiceContext, 'db'>): Promise<'writes' | 'away' | 'reads'> {
  try {
    const { rows } = await sql<{ read_only: string }>`
      select current_setting('transaction_read_only') as read_only`.execute(db)
    return rows[0]?.read_only === 'off' ? 'writes' : 'reads'
  } catch {
    return 'away'
  }
}

/** `live`: the process answers. `ready`: its database takes writes, too, and it is not about to close. */
export function registerHealthRoutes(server: FastifyInstance, context: ServiceContext, room: RoomWatch): void {
  const status = z.object({ status: z.string() })
  server.get('/health/live', { schema: { response: { 200: status } } }, async () => ({ status: 'live' }))
  server.get('/health/ready', { schema: { response: { 200: status, 503: status } } }, async (_request, reply) => {
    // A closing process says so first, so that whoever shares out the work sends no more of it here.
    if (context.closing.aborted) return reply.status(503).send({ status: 'closing' })
    const state = await Promise.race([databaseState(context), wait(answersWithinMs, 'away' as const, { ref: false })])
    if (state === 'writes' && room.isFull()) return reply.status(503).send({ status: sentences.full })
    return state === 'writes' ? { status: 'ready' } : reply.status(503).send({ status: sentences[state] })
  })
}
