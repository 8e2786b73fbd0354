import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Failure, fail, type Result } from '../../shared/domain/result.ts'
import type { App } from '../core/app.ts'
import type { Log } from '../core/ports.ts'
import { findPageFile } from '../devices/machine/page-files.ts'
import { createEventStreams } from './event-streams.ts'
import { checkAddress, checkToken } from './guard.ts'
import { readBody } from './read-body.ts'
import { securityHeaders } from './security-headers.ts'

export interface HttpHost {
  port: number
  close(): Promise<void>
}

const statusOf: Partial<Record<Failure['code'], number>> = {
  'request.forbiddenOrigin': 403,
  'auth.required': 401,
  'request.tooLarge': 413,
  'request.notFound': 404,
}

function sendJson(response: ServerResponse, status: number, content: unknown) {
  const body = Buffer.from(JSON.stringify(content))
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
  })
  response.end(body)
}

function refuse(response: ServerResponse, refusal: Result<unknown> & { ok: false }) {
  // A refused upload is not read to its end; the connection cannot be used again.
  response.setHeader('connection', 'close')
  sendJson(response, statusOf[refusal.error.code] ?? 400, refusal)
}

async function sendPageFile(request: IncomingMessage, response: ServerResponse, folder: string, path: string) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, fail('request.notFound'))
  const file = await findPageFile(folder, path)
  if (!file) return refuse(response, fail('request.notFound'))
  response.writeHead(200, {
    'content-type': file.type,
    'content-length': file.bytes,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (request.method === 'HEAD') return response.end()
  createReadStream(file.path)
    .on('error', () => response.destroy())
    .pipe(response)
}

/**
 * Serves the page and the commands to browsers on this machine. Binds 127.0.0.1 only; every request is checked for host
 * and origin, every call for the token.
 */
export async function startHttpHost(parts: {
  app: App
  log: Log
  token: string
  /** Opens the page once at `/open/<ticket>` without showing the token to whoever lists processes. */
  ticket: string
  rendererFolder: string
  /** 0 takes any free port. */
  port: number
}): Promise<HttpHost> {
  const { app, log, token, rendererFolder } = parts
  let ticketPath: string | undefined = `/open/${parts.ticket}`
  const streams = createEventStreams(app)

  async function call(request: IncomingMessage, response: ServerResponse) {
    const body = await readBody(request)
    if (!body.ok) return refuse(response, body)
    const { name, input } = body.value as { name: string; input: unknown }
    sendJson(response, 200, await app.dispatch({ name, input }, { shell: 'browser' }))
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    const address = checkAddress(request, port)
    if (!address.ok) {
      log.warn('host.forbiddenOrigin')
      return refuse(response, address)
    }
    const [path = '/'] = (request.url ?? '/').split('?')
    if (path === ticketPath && request.method === 'GET') {
      ticketPath = undefined
      response.writeHead(302, { location: `/#token=${token}`, 'cache-control': 'no-store' })
      return response.end()
    }
    if (!path.startsWith('/api/')) return sendPageFile(request, response, rendererFolder, path)
    const allowed = checkToken(request, token)
    if (!allowed.ok) {
      log.warn('host.tokenMissing')
      return refuse(response, allowed)
    }
    if (path === '/api/call' && request.method === 'POST') return call(request, response)
    if (path === '/api/events' && request.method === 'GET') return streams.open(response)
    return refuse(response, fail('request.notFound'))
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error('host.failed', { error: error instanceof Error ? error.name : typeof error })
      if (response.headersSent) response.destroy()
      else sendJson(response, 500, fail('service.internal'))
    })
  })
  server.requestTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(parts.port, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    port,
    async close() {
      streams.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
