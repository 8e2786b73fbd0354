import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { serviceRoutes } from '../../../src/shared/protocol/routes.ts'
import { takeBackPacks } from '../rule-packs/publish.ts'
import type { ServiceContext } from '../service-context.ts'
import { callingDevice } from './authenticate.ts'

/** Fifty packs with their signatures, as base64url. */
const packsBody = 12 * 1024 * 1024

/** Rules for counters: what is published, the signed packs themselves, and the way back for what a restored service forgot. */
export function registerRuleRoutes(instance: FastifyInstance, context: ServiceContext): void {
  const server = instance.withTypeProvider<ZodTypeProvider>()
  const { ruleList, packContents, returnPacks } = serviceRoutes
  server.get(ruleList.path, { schema: { response: { 200: ruleList.answer } } }, () => context.rules.list(context.db))
  server.post(
    packContents.path,
    { bodyLimit: 16 * 1024, schema: { body: packContents.body, response: { 200: packContents.answer } } },
    async (request) => ({ packs: await context.rules.contents(context.db, request.body.digests) }),
  )
  server.post(
    returnPacks.path,
    { bodyLimit: packsBody, schema: { body: returnPacks.body, response: { 200: returnPacks.answer } } },
    async (request) => {
      const { deviceId } = callingDevice(request)
      return { restored: await takeBackPacks(context.db, context.clock, request.body.packs, deviceId) }
    },
  )
}
