import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { serviceRoutes } from '../../../src/shared/protocol/routes.ts'
import { createProofBurner } from '../auth/burn-proofs.ts'
import { createSessionLook } from '../auth/cut-sessions.ts'
import { createDeviceFinder } from '../auth/device-finder.ts'
import type { DpopSettings } from '../auth/dpop.ts'
import { createFeedWatch } from '../changes/feed-watch.ts'
import { createRoomWatch } from '../database/room.ts'
import { createIntake } from '../intake/intake.ts'
import type { ServiceContext } from '../service-context.ts'
import { createAdmission } from './admission.ts'
import { createAfterBurner, createAuthenticator } from './authenticate.ts'
import { registerCompression } from './compression.ts'
import { registerCounterRoutes } from './counter-routes.ts'
import { createErrorHandler, refuseUnstorable, sendFailure } from './failures.ts'
import { registerGatewayRoutes } from './gateway-routes.ts'
import { registerHealthRoutes } from './health-routes.ts'
import { registerLedgerRoutes } from './ledger-routes.ts'
import { registerRenewalRoutes } from './renewal-routes.ts'
import { registerRepairRoutes } from './repair-routes.ts'
import { accessOf } from './route-table.ts'
import { registerRuleRoutes } from './rule-routes.ts'
import { registerStoreRoutes } from './store-routes.ts'
import { registerStreamRoutes } from './stream-routes.ts'
import { registerSupervisionRoutes } from './supervision-routes.ts'
import { registerUploadRoutes } from './upload-routes.ts'

/** Largest request: a batch of jobs with papers. Single routes have smaller limits. */
const largestBodyBytes = 16 * 1024 * 1024

/** How long a request may take to arrive, head and body: the largest over a line of one megabit a second. */
const slowestRequestMs = 150_000

/** How long a connection may go without a byte in either direction. Whoever asks and takes none of the answer would hold it, and the answer, for ever. */
const longestSilenceMs = 180_000

/** Builds the HTTP server: authentication from the route table, contract schemas, errors in one form, API description at /docs. */
export async function createServer(
  context: ServiceContext,
  dpop: () => DpopSettings,
  gatewaySecret?: string,
): Promise<FastifyInstance> {
  // Random once, counted from then on: a name per request costs as much as looking at its route.
  const name = context.newId()
  let requests = 0
  const server = Fastify({
    logger: false,
    bodyLimit: largestBodyBytes,
    // Whoever sends so slowly holds a connection and gives nothing. Counters give up themselves before that.
    requestTimeout: slowestRequestMs,
    connectionTimeout: longestSilenceMs,
    // Long polls hold requests open; they are let go when the server closes.
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 100 },
    // An address that cannot be read is refused before any hook, in the form everything is refused in.
    frameworkErrors: (_error, _request, reply) => void sendFailure(reply, { code: 'request.malformed', field: 'path' }),
    genReqId: () => {
      requests += 1
      return `${name}.${requests}`
    },
  })
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  const room = createRoomWatch()
  const troubled = (code: string | undefined) => {
    room.note(code)
    context.meters.troubled(code ?? 'none')
  }
  server.setErrorHandler(createErrorHandler(context.log, troubled))
  server.setNotFoundHandler((_request, reply) => sendFailure(reply, { code: 'request.notFound' }))
  server.addHook('onRoute', (route) => {
    for (const method of [route.method].flat())
      if (accessOf(method, route.url) === undefined)
        throw new Error(`the route ${method} ${route.url} has no row in the route table`)
    // Of a delivery only the job concerned is refused, by the intake.
    if (route.url !== serviceRoutes.sendJobs.path)
      route.preValidation = [refuseUnstorable, ...[route.preValidation ?? []].flat()]
  })
  // Every request has the place from its beginning: one object shape for all.
  server.decorateRequest('caller', undefined)
  const burn = createProofBurner(context.db)
  const intake = createIntake(context, { burn })
  server.addHook('onRequest', createAdmission(server, intake))
  server.addHook('onRequest', createAuthenticator(context, dpop, { burn, devices: createDeviceFinder(context) }))
  server.addHook('onResponse', createAfterBurner(burn, context.log))
  let connections = 0
  server.server.on('connection', (socket) => {
    context.meters.connected(++connections)
    socket.once('close', () => context.meters.connected(--connections))
  })
  server.addHook('onSend', (_request, reply, payload, done) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store')
    done(null, payload)
  })
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    if (reply.statusCode === 200 && (route === serviceRoutes.sendJobs.path || request.method === 'PATCH')) room.wrote()
    context.meters.answered(route, request.method, reply.statusCode, reply.elapsedTime / 1000)
    context.log.info(
      {
        requestId: request.id,
        method: request.method,
        // The pattern, not the address: addresses carry numbers.
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    )
    done()
  })
  await registerCompression(server)
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Counterfoil service',
        description: 'What a counter may ask of the central service. Requests carry DPoP proofs (RFC 9449).',
        version: '1',
      },
    },
    transform: jsonSchemaTransform,
  })
  await server.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
  registerHealthRoutes(server, context, room)
  const watch = createFeedWatch(context.db, context.log, () => context.timing.changesPollMs)
  const isSessionCut = createSessionLook(context)
  registerCounterRoutes(server, context, { intake, watch, isSessionCut })
  registerStreamRoutes(server, context, watch, isSessionCut)
  registerUploadRoutes(server, context)
  registerRuleRoutes(server, context)
  registerStoreRoutes(server, context)
  registerLedgerRoutes(server, context)
  registerRenewalRoutes(server, context)
  registerSupervisionRoutes(server, context)
  registerRepairRoutes(server, context)
  registerGatewayRoutes(server, context, gatewaySecret)
  return server
}
