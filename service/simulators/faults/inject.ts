import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Random } from '../base/random.ts'
import type { Control, Faults } from './settings.ts'

export interface FaultyPort {
  control: Control
  random: Random
  /** Targets from general to particular, e.g. `bss`, `bss:CTCC`, `bss:*:14`, `bss:CTCC:14`. */
  targetsOf(request: FastifyRequest): string[]
  /** The first part of the path under the port. */
  operationOf(request: FastifyRequest): string
  latencyOf(request: FastifyRequest): { medianMs: number; jitterMs: number }
}

const rateNames = {
  error: 'errorRate',
  hang: 'hangRate',
  malformed: 'malformedRate',
  answerLost: 'answerLostRate',
} as const

/** Adds latency and faults to every route of a scope. */
export function injectFaults(scope: FastifyInstance, port: FaultyPort): void {
  const struck = (request: FastifyRequest, faults: Faults, kind: keyof typeof rateNames): boolean => {
    if (faults.only && !faults.only.includes(port.operationOf(request))) return false
    if (port.control.strike(port.targetsOf(request), kind)) return true
    const rate = faults[rateNames[kind]] ?? 0
    return rate > 0 && port.random.chance(rate)
  }

  scope.addHook('onRequest', async (request, reply) => {
    const faults = port.control.faultsAt(port.targetsOf(request))
    if (faults.down) return drop(request, reply)
    const latency = port.latencyOf(request)
    const jitter = (faults.jitterMs ?? latency.jitterMs) * port.random.fraction()
    const wait = (faults.latencyMs ?? latency.medianMs) + jitter
    if (wait >= 1) await pause(wait, undefined, { ref: false })
    if (struck(request, faults, 'hang')) return hang(request, reply)
    if (struck(request, faults, 'error'))
      return reply.code(503).send({ error: 'unavailable', message: 'The system is busy; try again later.' })
    return undefined
  })

  scope.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode !== 200) return payload
    const faults = port.control.faultsAt(port.targetsOf(request))
    if (struck(request, faults, 'answerLost')) {
      request.raw.socket.destroy()
      return payload
    }
    if (typeof payload === 'string' && struck(request, faults, 'malformed')) {
      const half = payload.slice(0, Math.floor(payload.length / 2))
      reply.header('content-length', Buffer.byteLength(half))
      return half
    }
    return payload
  })
}

function drop(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.raw.socket.destroy()
  return reply.hijack()
}

/** Keeps the connection open and says nothing until the other side gives up. */
function hang(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.raw.resume()
  return reply.hijack()
}
