import { request as ask, type ClientRequest, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * What a line does: passes everything on, gathers each answer until it is complete (as some proxies do), breaks every stream off with
 * its first words, refuses connections, or swallows whatever is said in both directions without hanging up.
 */
export type LineMood = 'well' | 'gathers' | 'breaks' | 'cut' | 'halfOpen'

/** A line between counter and service as bad as one likes. */
export interface SpoilingLine {
  url: string
  mood: LineMood
  /** Paths with queries in the order in which they were asked. */
  asked: string[]
  /** Streams of changes that are open at this moment. */
  streams(): number
  /** Hangs up on everybody. */
  hangUp(): void
  close(): Promise<void>
}

/** Draws a line to the service that `target` names at that moment. */
export async function startSpoilingLine(target: () => string): Promise<SpoilingLine> {
  const open = new Map<ServerResponse, ClientRequest | undefined>()
  const streams = new Set<ServerResponse>()

  async function passOn(answer: IncomingMessage, response: ServerResponse) {
    const isStream = String(answer.headers['content-type']).startsWith('text/event-stream')
    if (isStream) streams.add(response)
    if (line.mood === 'gathers') {
      const pieces: Buffer[] = []
      for await (const piece of answer) pieces.push(piece as Buffer)
      response.writeHead(answer.statusCode!, answer.headers)
      response.end(Buffer.concat(pieces))
      return
    }
    response.writeHead(answer.statusCode!, answer.headers)
    response.flushHeaders()
    for await (const piece of answer) {
      if (line.mood === 'halfOpen') return
      response.write(piece)
      if (isStream && line.mood === 'breaks') response.destroy()
    }
    response.end()
  }

  const server = createServer((request, response) => {
    if (line.mood === 'cut') {
      request.socket.resetAndDestroy()
      return
    }
    line.asked.push(request.url!)
    if (line.mood === 'halfOpen') {
      open.set(response, undefined)
      return
    }
    const { hostname, port } = new URL(target())
    const onward = ask({ hostname, port, method: request.method, path: request.url, headers: request.headers })
    open.set(response, onward)
    response.once('close', () => {
      open.delete(response)
      streams.delete(response)
      onward.destroy()
    })
    onward.on('response', (answer) => passOn(answer, response).catch(() => response.destroy()))
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const line: SpoilingLine = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mood: 'well',
    asked: [],
    streams: () => streams.size,
    hangUp: () => server.closeAllConnections(),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return line
}
