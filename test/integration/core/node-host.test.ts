import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServedCounter, serveCounter } from '../../support/core/served-counter.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let folder: string
let service: ServiceDouble
let counter: ServedCounter
let port: number

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'host-'))
  const renderer = join(folder, 'page')
  mkdirSync(join(renderer, 'assets'), { recursive: true })
  writeFileSync(join(renderer, 'index.html'), '<!doctype html><title>page</title>')
  writeFileSync(join(renderer, 'assets', 'main-a1b2c3d4.js'), 'export {}')
  writeFileSync(join(renderer, 'secret.key'), 'not for anyone')
  writeFileSync(join(folder, 'outside.html'), 'outside')
  service = await startServiceDouble()
  counter = await serveCounter([
    ...['--data', join(folder, 'data'), '--service', service.url, '--renderer', renderer],
    ...['--enrolment-code', 'USED-CODE,GOOD-CODE'],
  ])
  port = Number(new URL(counter.address).port)
})
afterAll(async () => {
  await counter.end('SIGTERM')
  await service.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Asked {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string
}

/** A request written by hand, because fetch sets Host and cleans paths by itself. */
function ask({ method = 'GET', path = '/', headers = {}, body }: Asked) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
const json = { 'content-type': 'application/json' }
const callWith = (headers: Record<string, string>, body = '{"name":"app.view","input":{}}') =>
  ask({ method: 'POST', path: '/api/call', headers: { ...json, ...headers }, body })
const withToken = () => ({ 'x-counterfoil-token': counter.token })
const codeOf = (answer: { text: string }) => JSON.parse(answer.text).error?.code

describe('who may talk to the host', () => {
  test('a call with the token, from this page', async () => {
    const own = `http://127.0.0.1:${port}`
    const answer = await callWith({ ...withToken(), origin: own, 'sec-fetch-site': 'same-origin' })
    expect([answer.status, JSON.parse(answer.text).ok]).toEqual([200, true])
  })

  test('without the token, or with another one, nobody', async () => {
    for (const headers of [{}, { 'x-counterfoil-token': '' }, { 'x-counterfoil-token': `${counter.token}x` }]) {
      const answer = await callWith(headers as Record<string, string>)
      expect([answer.status, codeOf(answer)]).toEqual([401, 'auth.required'])
    }
    expect((await ask({ path: '/api/events' })).status).toBe(401)
    expect((await ask({ path: `/api/events?token=${counter.token}` })).status).toBe(401)
  })

  test('a name that was pointed at this machine (DNS rebinding) is refused, for page and calls', async () => {
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', '127.0.0.1:1', `localhost.evil:${port}`]) {
      const answer = await callWith({ ...withToken(), host })
      expect([host, answer.status, codeOf(answer)]).toEqual([host, 403, 'request.forbiddenOrigin'])
      expect((await ask({ headers: { host } })).status).toBe(403)
    }
    expect((await callWith({ ...withToken(), host: `localhost:${port}` })).status).toBe(200)
  })

  test('another site is refused even if it had the token', async () => {
    for (const origin of ['http://evil.example', 'null', `https://127.0.0.1:${port}`, 'http://127.0.0.1:1'])
      expect((await callWith({ ...withToken(), origin })).status).toBe(403)
    expect((await callWith({ ...withToken(), 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect(
      (await ask({ method: 'OPTIONS', path: '/api/call', headers: { origin: 'http://evil.example' } })).status,
    ).toBe(403)
  })

  test('it listens on loopback only', async () => {
    const table = readFileSync('/proc/net/tcp', 'utf8')
    const hex = port.toString(16).toUpperCase().padStart(4, '0')
    const listening = table.split('\n').filter((line) => line.includes(`:${hex} `) && / 0A /.test(line))
    expect(listening).toHaveLength(1)
    expect(listening[0]).toContain(`0100007F:${hex}`)
  })

  test('the ticket opens the page once', async () => {
    const { pathname } = new URL(counter.ready.open)
    const first = await ask({ path: pathname })
    expect([first.status, first.headers.location]).toEqual([302, `/#token=${counter.token}`])
    expect((await ask({ path: pathname })).status).toBe(404)
  })
})

describe('what it serves', () => {
  test('the page with a strict policy and correct types', async () => {
    const page = await ask({})
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toContain('unsafe-eval')
    expect(page.headers['x-content-type-options']).toBe('nosniff')
    const script = await ask({ path: '/assets/main-a1b2c3d4.js' })
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(script.headers['cache-control']).toContain('immutable')
  })

  test.each([
    '/../outside.html',
    '/assets/../../outside.html',
    '/%2e%2e/outside.html',
    '/assets/%2e%2e%2f%2e%2e%2foutside.html',
    '/..%5coutside.html',
    '/assets//../../outside.html',
    '//outside.html',
    '/%00index.html',
    '/secret.key',
    '/assets',
    '/assets/',
    '/%',
    '/nothing.html',
  ])('%s leads nowhere', async (path) => {
    const answer = await ask({ path })
    expect([answer.status, answer.text.includes('outside'), answer.text.includes('not for')]).toEqual([
      404,
      false,
      false,
    ])
  })

  test('bodies that are too large, no JSON or of another type are refused', async () => {
    const large = await callWith(withToken(), `{"name":"x","input":"${'x'.repeat(6_100_000)}"}`).catch(() => undefined)
    if (large) expect([large.status, codeOf(large)]).toEqual([413, 'request.tooLarge'])
    for (const body of ['', '{', '[]', '7', 'null', '"text"'])
      expect([body, codeOf(await callWith(withToken(), body))]).toEqual([body, 'request.malformed'])
    expect(codeOf(await callWith({ ...withToken(), 'content-type': 'text/plain' }))).toBe('request.malformed')
    expect(codeOf(await callWith(withToken(), '{"input":{}}'))).toBe('request.unknownCommand')
    expect((await ask({ method: 'DELETE', path: '/api/call', headers: withToken() })).status).toBe(404)
    expect((await ask({ method: 'POST', path: '/' })).status).toBe(404)
  })

  test('events arrive as a stream', async () => {
    const stream = await fetch(`${counter.address}/api/events`, { headers: withToken() })
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const signed = counter.done('session.signIn', { staffId: '100', password: 'right' })
    while (!text.includes('"session.changed"')) {
      const { value, done } = await reader.read()
      if (done) break
      text += value
    }
    await signed
    expect(text).toMatch(/data: \{"name":"session.changed","payload":\{"signedIn":true\}\}\n\n/)
    await reader.cancel()
  })
})

describe('what it leaves on the disk', () => {
  test('the key is for its owner only, and the log knows nobody', async () => {
    const mode = statSync(join(folder, 'data', 'counter.key')).mode & 0o777
    expect(mode).toBe(0o600)
    await counter.call('case.open', { msisdn: '13912345678' })
    const { readdirSync } = await import('node:fs')
    const logs = readdirSync(join(folder, 'data', 'logs')).map((name) =>
      readFileSync(join(folder, 'data', 'logs', name), 'utf8'),
    )
    expect(logs.join('')).toContain('app.started')
    for (const secret of [counter.token, 'right', '13912345678', 'GOOD-CODE'])
      expect(logs.join('')).not.toContain(secret)
  })

  test('a second program on the same folder is told so, and the first goes on', async () => {
    const second = await serveCounter(['--data', join(folder, 'data'), '--service', service.url])
    expect(second.ready).toMatchObject({ ready: false, error: { code: 'store.locked' } })
    expect(await second.gone).toBe(1)
    expect((await counter.call('app.view')).ok).toBe(true)
  })
})
