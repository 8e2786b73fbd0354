import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import type { BurnProof } from '../auth/burn-proofs.ts'
import type { FindDevice } from '../auth/device-finder.ts'
import { type DpopSettings, type UnburntProof, verifyDpop } from '../auth/dpop.ts'
import { createKeyReader } from '../auth/proof-keys.ts'
import { staffOfToken } from '../auth/sessions.ts'
import type { ServiceContext } from '../service-context.ts'
import { sendFailure } from './failures.ts'
import { accessOf } from './route-table.ts'

/** Who a request comes from, as far as its route needs to know. */
export interface Caller {
  thumbprint?: string
  device?: Device
  staff?: Staff
  /** The proof, where the route burns it together with what it writes. */
  proof?: UnburntProof
}

/**
 * Routes that burn the proof in the transaction of what they do, and look there whether the device is still what it was: one commit
 * instead of two. Their access is `device`. Enrolment does the same.
 */
const burnsItself: ReadonlySet<string> = new Set(['POST /v1/jobs'])

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the authenticator; read through the functions below. */
    caller: Caller | undefined
  }
}

/** The enrolled device behind a request. Throws when the route's row does not ask for one: a mistake in the code. */
export function callingDevice(request: FastifyRequest): Device {
  const device = request.caller?.device
  if (!device) throw new Error('this route has no device')
  return device
}

/** The staff member behind a request. Throws when the route's row does not ask for one. */
export function callingStaff(request: FastifyRequest): Staff {
  const staff = request.caller?.staff
  if (!staff) throw new Error('this route has no staff')
  return staff
}

/** Thumbprint of the key that proved a request. */
export function callingKey(request: FastifyRequest): string {
  const thumbprint = request.caller?.thumbprint
  if (!thumbprint) throw new Error('this route has no key')
  return thumbprint
}

/** The proof of a request whose route burns it in its own transaction. Whoever takes it must burn it. */
export function takeProof(request: FastifyRequest): UnburntProof | undefined {
  const caller = request.caller
  const proof = caller?.proof
  if (caller) delete caller.proof
  return proof
}

/** The token a request carries, whatever it is worth. */
export function tokenOf(request: FastifyRequest): string | undefined {
  return /^DPoP ([\w-]{20,200})$/i.exec(request.headers.authorization ?? '')?.[1]
}

/**
 * Burns what a request left over: it was refused before its route began, and its proof is used up all the same. Not for strangers: they could have
 * any number of rows written.
 */
export function createAfterBurner(burn: BurnProof, log: ServiceContext['log']) {
  return (request: FastifyRequest, _reply: FastifyReply, done: () => void): void => {
    const isStranger = request.caller?.device === undefined
    const proof = takeProof(request)
    if (proof && !isStranger) burn(proof).catch((error: Error) => log.warn({ error: error.name }, 'proof not burnt'))
    done()
  }
}

/**
 * Lets a request through as the route table says: proof of the key first, then the device, then the person and their role.
 * Runs before the body is read, so that strangers cannot make the service parse anything.
 */
export function createAuthenticator(
  context: ServiceContext,
  settings: () => DpopSettings,
  parts: { burn: BurnProof; devices: FindDevice },
) {
  const readKey = createKeyReader()
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const url = request.routeOptions.url
    if (url === undefined) return sendFailure(reply, { code: 'request.notFound' })
    const access = accessOf(request.method, url)
    if (access === undefined) return sendFailure(reply, { code: 'request.notFound' })
    // The gateway proves itself by a signature over the body, which has not been read yet.
    if (access === 'public' || access === 'gateway') return undefined
    const needsStaff = typeof access !== 'string'
    const token = needsStaff ? tokenOf(request) : undefined
    const proof = request.headers.dpop
    const proven = await verifyDpop(
      { ...settings(), readKey },
      {
        method: request.method,
        path: request.url.split('?')[0]!,
        proof: typeof proof === 'string' ? proof : undefined,
        token,
      },
      context.clock.now(),
    )
    if (!proven.ok) return sendFailure(reply, proven.error)
    const { thumbprint } = proven.value
    if (burnsItself.has(`${request.method} ${url}`)) {
      const device = await parts.devices.recently(thumbprint)
      if (!device) return sendFailure(reply, { code: 'auth.deviceUnknown' })
      request.caller = { thumbprint, device, proof: proven.value }
      return undefined
    }
    // Strangers are turned away before anything is written: keys of one's own cost nothing. Enrolment burns the proof with what it writes.
    if (access === 'key') {
      request.caller = { thumbprint, proof: proven.value }
      return undefined
    }
    const device = await parts.devices.now(thumbprint)
    if (!device) return sendFailure(reply, { code: 'auth.deviceUnknown' })
    if (!(await parts.burn(proven.value)))
      return sendFailure(reply, {
        code: 'auth.proofInvalid',
        params: { reason: 'replayed', serviceTime: context.clock.now() },
      })
    if (!needsStaff) {
      request.caller = { thumbprint, device }
      return undefined
    }
    if (!token) return sendFailure(reply, { code: 'auth.required' })
    const staff = await staffOfToken(context, token, { deviceId: device.deviceId, thumbprint })
    if (!staff.ok) return sendFailure(reply, staff.error)
    if (!access.includes(staff.value.role)) return sendFailure(reply, { code: 'auth.forbidden' })
    request.caller = { thumbprint, device, staff: staff.value }
    return undefined
  }
}
