import { createHmac } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { SmsInbound } from '../../src/connectors/wire/sms-inbound.ts'

/** Where the gateway brings replies and reports, and the secret it signs them with. */
export interface InboundAddress {
  url: string
  secret: string
}

/** The way from phones back to whoever sends messages: signed, repeated until it is taken. */
export interface InboundLine {
  connect(address: InboundAddress | undefined): void
  connected(): boolean
  /** Brings one message or report; resolves with what was answered, or undefined when nobody took it in time. */
  bring(inbound: SmsInbound): Promise<string | undefined>
  close(): void
}

const tries = 40

/** Creates the line, connected to nobody. `now` gives UTC milliseconds for the signature. */
export function createInboundLine(now: () => number): InboundLine {
  let address: InboundAddress | undefined
  const closing = new AbortController()

  async function attempt(to: InboundAddress, body: string): Promise<string | undefined> {
    const timestamp = String(now())
    const signature = createHmac('sha256', to.secret).update(`${timestamp}.${body}`).digest('hex')
    const response = await fetch(to.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-gateway-timestamp': timestamp,
        'x-gateway-signature': signature,
      },
      body,
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(5_000)]),
    })
    const answer = (await response.json()) as { outcome?: string; error?: { code: string } }
    if (response.ok) return answer.outcome ?? 'taken'
    // What is refused for good is not brought again.
    return response.status < 500 && response.status !== 429 ? (answer.error?.code ?? 'refused') : undefined
  }

  return {
    connect: (next) => {
      address = next
    },
    connected: () => address !== undefined,
    async bring(inbound) {
      const body = JSON.stringify(inbound)
      for (let left = tries; left > 0 && address && !closing.signal.aborted; left -= 1) {
        const taken = await attempt(address, body).catch(() => undefined)
        if (taken !== undefined) return taken
        await wait(500, undefined, { signal: closing.signal }).catch(() => undefined)
      }
      return undefined
    },
    close: () => closing.abort(),
  }
}
