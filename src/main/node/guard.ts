import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { fail, ok, type Result } from '../../shared/domain/result.ts'

/** Header that carries the token of this run; a page of another site cannot send it without being asked about first. */
const tokenHeader = 'x-counterfoil-token'

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Whether a request is meant for this host: a name of another site that points to this machine (DNS rebinding) carries
 * that name in `Host`, a foreign page carries its own `Origin`. Error: `request.forbiddenOrigin`.
 */
export function checkAddress(request: Pick<IncomingMessage, 'headers'>, port: number): Result<void> {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host, origin } = request.headers
  if (!host || !hosts.includes(host)) return fail('request.forbiddenOrigin')
  if (origin !== undefined && origin !== `http://${host}`) return fail('request.forbiddenOrigin')
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return fail('request.forbiddenOrigin')
  return ok(undefined)
}

/** Whether a request carries the token; compares in constant time. Error: `auth.required`. */
export function checkToken(request: Pick<IncomingMessage, 'headers'>, token: string): Result<void> {
  const given = request.headers[tokenHeader]
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(token))
    ? ok(undefined)
    : fail('auth.required')
}
