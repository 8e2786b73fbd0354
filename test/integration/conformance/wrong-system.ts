import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An answer on its way back, with what was asked. */
export interface Passing {
  path: string
  key: string | undefined
  request: string
  status: number
  text: string
}

/** A fault of an implementation: changes an answer; `undefined` leaves it as it is. */
export type Fault = (passing: Passing) => { status?: number; text?: string } | undefined

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

/** Puts a home-province system with one fault in front of a right one; loopback, any free port. */
export async function startWrongSystem(rightAddress: string, fault: Fault): Promise<{ url: string; close(): void }> {
  const server = createServer(async (incoming, outgoing) => {
    const path = incoming.url ?? '/'
    const key = incoming.headers['idempotency-key'] as string | undefined
    const request = await bodyOf(incoming)
    const answer = await fetch(`${rightAddress}${path}`, {
      method: incoming.method ?? 'GET',
      headers: { 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) },
      ...(incoming.method === 'GET' ? {} : { body: request }),
    })
    const passing: Passing = { path, key, request, status: answer.status, text: await answer.text() }
    const { status = passing.status, text = passing.text } = fault(passing) ?? {}
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
