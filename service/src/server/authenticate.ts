import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import { deviceOfKey } from '../auth/devices.ts'
import { type DpopSettings, verifyDpop } from '../auth/dpop.ts'
import { staffOfToken } from '../auth/sessions.ts'
import type { ServiceContext } from '../service-context.ts'
import { sendFailure } from './failures.ts'
import { accessOf } from './route-table.ts'

/** Who a request comes from, as far as its route needs to know. */
export interface Caller {
  thumbprint?: string
  device?: Device
  staff?: Staff
}

const callers = new WeakMap<FastifyRequest, Caller>()

/** The enrolled device behind a request. Throws when the route's row does not ask for one: a mistake in the code. */
export function callingDevice(request: FastifyRequest): Device {
  const device = callers.get(request)?.device
  if (!device) throw new Error('this route has no device')
  return device
}

/** The staff member behind a request. Throws when the route's row does not ask for one. */
export function callingStaff(request: FastifyRequest): Staff {
  const staff = callers.get(request)?.staff
  if (!staff) throw new Error('this route has no staff')
  return staff
}

/** Thumbprint of the key that proved a request. */
export function callingKey(request: FastifyRequest): string {
  const thumbprint = callers.get(request)?.thumbprint
  if (!thumbprint) throw new Error('this route has no key')
  return thumbprint
}

/** The token a request carries, whatever it is worth. */
export function tokenOf(request: FastifyRequest): string | undefined {
  return /^DPoP ([\w-]{20,200})$/i.exec(request.headers.authorization ?? '')?.[1]
}

/**
 * Lets a request through as the route table says: proof of the key first, then the device, then the person and their role.
 * Runs before the body is read, so that strangers cannot make the service parse anything.
 */
export function createAuthenticator(context: ServiceContext, settings: () => DpopSettings) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const url = request.routeOptions.url
    if (url === undefined) return sendFailure(reply, { code: 'request.notFound' })
    const access = accessOf(request.method, url)
    if (access === undefined) return sendFailure(reply, { code: 'request.notFound' })
    if (access === 'public') return undefined
    const needsStaff = typeof access !== 'string'
    const token = needsStaff ? tokenOf(request) : undefined
    const proof = request.headers.dpop
    const proven = await verifyDpop(
      context.db,
      settings(),
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
    if (access === 'key') {
      callers.set(request, { thumbprint })
      return undefined
    }
    const device = await deviceOfKey(context, thumbprint)
    if (!device) return sendFailure(reply, { code: 'auth.deviceUnknown' })
    if (!needsStaff) {
      callers.set(request, { thumbprint, device })
      return undefined
    }
    if (!token) return sendFailure(reply, { code: 'auth.required' })
    const staff = await staffOfToken(context, token, { deviceId: device.deviceId, thumbprint })
    if (!staff.ok) return sendFailure(reply, staff.error)
    if (!access.includes(staff.value.role)) return sendFailure(reply, { code: 'auth.forbidden' })
    callers.set(request, { thumbprint, device, staff: staff.value })
    return undefined
  }
}
