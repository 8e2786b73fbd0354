import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { ZodError, z } from 'zod'
import { type Carrier, carrierSchema, type Province, provinceSchema } from '../../src/shared/domain/geography.ts'
import { createRandom } from './base/random.ts'
import type { Ledger } from './bss/ledger.ts'
import { ownLedger } from './bss/own-ledger.ts'
import { profileOf } from './bss/profiles.ts'
import { addBssRoutes } from './bss/routes.ts'
import type { HomeSystem } from './bss/system.ts'
import type { World } from './bss/world.ts'
import { addCaptureRoutes, type CapturePorts } from './capture/routes.ts'
import { addFaceRoutes } from './face/routes.ts'
import { type FaultyPort, injectFaults } from './faults/inject.ts'
import type { Control } from './faults/settings.ts'
import { addPages } from './pages/routes.ts'
import type { Provider } from './payment/provider.ts'
import { addPaymentRoutes } from './payment/routes.ts'
import { addRenewalRoutes } from './renewal/routes.ts'
import type { InboundLine } from './sms/inbound.ts'
import { addSmsRoutes } from './sms/routes.ts'

export interface ServerPorts {
  world: World
  ledger: Ledger
  control: Control
  seed: string
  now: () => number
  stopwatch: () => number
  inbound: InboundLine
}

/** Room for a photo in base64. */
const bodyLimit = 16 * 1024 * 1024

/** Puts all simulators behind one HTTP server, a path prefix each. */
export function buildServer(ports: ServerPorts): FastifyInstance {
  const server = Fastify({ bodyLimit, forceCloseConnections: true, requestTimeout: 0 })
  const desk = { lastMsisdn: '' }
  const capture: CapturePorts = {
    base: ports.world.base,
    counter: () => ports.control.current().counter,
    lastMsisdn: () => desk.lastMsisdn,
  }
  server.setErrorHandler((error, _request, reply) => {
    if (error instanceof ZodError) return reply.code(400).send({ error: 'malformed', message: z.prettifyError(error) })
    const status = (error as { statusCode?: number }).statusCode ?? 500
    return reply.code(status).send({ error: status < 500 ? 'malformed' : 'internal', message: String(error) })
  })
  const faultyPort = (name: string): FaultyPort => ({
    control: ports.control,
    random: createRandom(`${ports.seed}/faults/${name}`),
    targetsOf: () => [name],
    operationOf: (request) => request.url.split('?')[0]!.split('/')[2] ?? '',
    latencyOf: () => ({ medianMs: 5, jitterMs: 5 }),
  })

  server.register(
    async (scope) => {
      const systems = bssSystems(ports)
      injectFaults(scope, {
        ...faultyPort('bss'),
        targetsOf: (request) => bssTargets(request),
        operationOf: (request) => request.url.split('?')[0]!.split('/')[4] ?? '',
        latencyOf: (request) => {
          const { carrier, province } = request.params as { carrier: string; province: string }
          const profile = systems.get(`${carrier}/${province}`)?.profile
          return { medianMs: profile?.latencyMedianMs ?? 0, jitterMs: profile?.latencyJitterMs ?? 0 }
        },
      })
      addBssRoutes(scope, {
        ledger: ports.ledger,
        system: (carrier, province) => systems.get(`${carrier}/${province}`)!,
        asked: (msisdn) => {
          desk.lastMsisdn = msisdn
        },
      })
    },
    { prefix: '/bss/:carrier/:province' },
  )

  server.register(
    async (scope) => {
      injectFaults(scope, faultyPort('sms'))
      addSmsRoutes(scope, ports)
    },
    { prefix: '/sms' },
  )
  server.register(
    async (scope) => {
      injectFaults(scope, faultyPort('face'))
      addFaceRoutes(scope, ports.world.base)
    },
    { prefix: '/face' },
  )
  const provider: Provider = {
    world: ports.world,
    now: ports.now,
    factor: () => ports.control.current().reviewFactor,
  }
  server.register(
    async (scope) => {
      injectFaults(scope, faultyPort('payment'))
      addPaymentRoutes(scope, provider, ports.ledger)
    },
    { prefix: '/payment' },
  )
  server.register(
    async (scope) => {
      injectFaults(scope, faultyPort('renewal'))
      addRenewalRoutes(scope, provider, ports.ledger)
    },
    { prefix: '/renewal' },
  )
  server.register(
    async (scope) => {
      injectFaults(scope, faultyPort('capture'))
      addCaptureRoutes(scope, capture)
    },
    { prefix: '/capture' },
  )
  addPages(server, {
    world: ports.world,
    control: ports.control,
    capture,
    inbound: ports.inbound,
    ledger: ports.ledger,
    now: ports.now,
  })
  server.get('/ledger.json', async () => ownLedger(ports.world))
  return server
}

function bssTargets(request: FastifyRequest): string[] {
  const { carrier, province } = request.params as { carrier: string; province: string }
  return ['bss', `bss:${carrier}`, `bss:*:${province}`, `bss:${carrier}:${province}`]
}

function bssSystems(ports: ServerPorts): Map<string, HomeSystem> {
  const systems = new Map<string, HomeSystem>()
  for (const carrier of carrierSchema.options as Carrier[])
    for (const province of provinceSchema.options as Province[])
      systems.set(`${carrier}/${province}`, {
        carrier,
        province,
        profile: profileOf(carrier, province),
        world: ports.world,
        now: ports.now,
        stopwatch: ports.stopwatch,
        reviewFactor: () => ports.control.current().reviewFactor,
      })
  return systems
}
