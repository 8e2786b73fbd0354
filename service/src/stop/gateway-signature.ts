import { createHmac, timingSafeEqual } from 'node:crypto'

/** A request of the gateway may be this much older or newer than the service's clock. */
const windowMs = 300_000

/** The signature of a body at a time, as the gateway makes it. */
export function gatewaySignature(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
}

/** Whether a request is the gateway's own and fresh. Without a secret nobody is the gateway. */
export function isGateway(
  secret: string | undefined,
  request: { timestamp: unknown; signature: unknown; body: string },
  now: number,
): boolean {
  const { timestamp, signature, body } = request
  if (!secret || typeof timestamp !== 'string' || typeof signature !== 'string') return false
  if (!/^\d{1,15}$/.test(timestamp) || Math.abs(Number(timestamp) - now) > windowMs) return false
  const expected = Buffer.from(gatewaySignature(secret, timestamp, body))
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
