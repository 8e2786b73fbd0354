import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { instantSchema } from '../../../src/shared/domain/scalars.ts'
import type { ServiceContext } from '../service-context.ts'
import { callingDevice } from './authenticate.ts'

const jobGapsSchema = z.object({
  gaps: z.array(z.object({ deviceId: z.string(), sequence: z.int(), noticedAt: instantSchema })),
})

/** What a store's supervisors and auditors may look at: job numbers that never arrived, oldest first. */
export function registerStoreRoutes(instance: FastifyInstance, context: ServiceContext): void {
  const server = instance.withTypeProvider<ZodTypeProvider>()
  server.get('/v1/store/job-gaps', { schema: { response: { 200: jobGapsSchema } } }, async (request) => {
    const rows = await context.db
      .selectFrom('job_gap')
      .innerJoin('device', 'device.device_id', 'job_gap.device_id')
      .select(['job_gap.device_id', 'sequence', 'noticed_at'])
      .where('store_id', '=', callingDevice(request).storeId)
      .where('filled_at', 'is', null)
      .orderBy('noticed_at')
      .orderBy('sequence')
      .limit(1000)
      .execute()
    return jobGapsSchema.parse({
      gaps: rows.map((row) => ({ deviceId: row.device_id, sequence: row.sequence, noticedAt: row.noticed_at })),
    })
  })
}
