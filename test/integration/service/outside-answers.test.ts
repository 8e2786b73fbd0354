import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { createBreakers } from '../../../service/src/connectors/breakers.ts'
import { callsSince } from '../../../service/src/connectors/call-log.ts'
import { callOutside } from '../../../service/src/connectors/outside-call.ts'
import { answerSchema } from '../../../service/src/connectors/wire/common.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { newPglite } from '../../support/pglite.ts'

/* What an outside system may answer with, out of trouble or of malice; the service goes on, and asks again or says that it understood nothing. */

const megabyte = 1024 * 1024
let database: OpenDatabase
let server: Server
let base: string
let secretAsked = 0
let written = 0
/** Two hundred megabytes, packed before anybody waits for them. */
const bomb = gzipSync(Buffer.alloc(200 * megabyte, ' '))

/** Writes as long as somebody reads. */
function pour(response: ServerResponse): void {
  const part = Buffer.alloc(megabyte, 'x')
  const more = () => {
    while (!response.destroyed && written < 400 * megabyte) {
      written += megabyte
      if (!response.write(part)) return void response.once('drain', more)
    }
  }
  more()
}

const ways: Record<string, (response: ServerResponse) => void> = {
  '/endless': pour,
  '/bomb': (response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(bomb)
  },
  '/endless-error': (response) => {
    response.statusCode = 500
    pour(response)
  },
  '/silent': () => {},
  '/never-ends': (response) => response.write('{"result":'),
  '/cut': (response) => {
    response.write('{"result":')
    setTimeout(() => response.destroy(), 20)
  },
  '/nul': (response) => response.end('{"result":"refused","code":"A\\u0000B"}'),
  '/half': (response) => response.end('{"result":"ok","name":"\\ud800"}'),
  '/long-code': (response) => response.end(JSON.stringify({ result: 'refused', code: 'x'.repeat(5_000) })),
  '/garbage': (response) => response.end('<html>ok</html>'),
  '/deep': (response) => response.end(`{"result":"ok","name":"a","more":${'['.repeat(90_000)}${']'.repeat(90_000)}}`),
  '/redirect': (response) => response.writeHead(302, { location: `${base}/secret` }).end(),
  '/redirect-on': (response) => response.writeHead(307, { location: `${base}/secret` }).end(),
  '/secret': (response) => {
    secretAsked += 1
    response.end('{"result":"ok","name":"inside"}')
  },
  '/right': (response) => response.end('{"result":"ok","name":"张三"}'),
}

beforeAll(async () => {
  database = await openDatabase(await newPglite())
  server = createServer((request, response) => {
    request.resume()
    response.on('error', () => {})
    ways[request.url!]!(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server?.closeAllConnections()
  server?.close()
  await database?.close()
})

function call(way: string, filed: { key?: string; about?: string } = {}, now = Date.now()) {
  return callOutside(
    {
      db: database.db,
      clock: { now: () => instant(now) },
      newId: uuidv7,
      timeoutMs: 1_500,
      breakers: createBreakers({ failures: 100, restMs: 1 }),
      asked() {},
    },
    {
      target: 'bss:CMCC:14',
      operation: 'tested',
      url: base + way,
      method: 'POST',
      body: { a: 1 },
      answer: answerSchema({ name: z.string() }),
      ...filed,
    },
  )
}

const expected: [string, string, string | RegExp][] = [
  ['/endless', 'unexpected', 'too long'],
  ['/bomb', 'unexpected', 'too long'],
  ['/endless-error', 'unavailable', 'status 500'],
  ['/silent', 'unavailable', 'TimeoutError'],
  ['/never-ends', 'unavailable', 'TimeoutError'],
  ['/cut', 'unavailable', /Error/],
  ['/nul', 'unexpected', 'no text'],
  ['/half', 'unexpected', 'no text'],
  ['/long-code', 'unexpected', 'answer differs at code'],
  ['/garbage', 'unexpected', 'not JSON'],
  ['/deep', 'unexpected', 'no text'],
  ['/redirect', 'unavailable', 'TypeError'],
  ['/redirect-on', 'unavailable', 'TypeError'],
]
it.each(expected)('%s is %s: %s', async (way, outcome, detail) => {
  const begun = performance.now()
  expect(await call(way)).toMatchObject({ outcome, detail: expect.stringMatching(detail) })
  expect(performance.now() - begun).toBeLessThan(10_000)
  // It is filed like every call.
  const filed = await database.db.selectFrom('outside_call').selectAll().orderBy('call_id', 'desc').executeTakeFirst()
  expect(filed).toMatchObject({ outcome })
  expect(filed!.detail!.length).toBeLessThan(100)
})

it('does not take more of an answer than any may have, and follows nobody elsewhere', async () => {
  // What the sockets hold besides.
  expect(written).toBeLessThan(100 * megabyte)
  expect(secretAsked).toBe(0)
  expect(await call('/right')).toEqual({ outcome: 'ok', value: { result: 'ok', name: '张三' } })
})

it('counts the same answer to the same question instead of filing it anew, however long it is asked', async () => {
  const { db } = database
  await db.deleteFrom('outside_call').execute()
  const minute = 60_000
  const begun = Date.now() - 60 * minute
  // Sixty minutes of a review, its system away now and then; an effect tried twice under its key; two calls that belong to nothing.
  for (let at = 0; at <= 60; at += 1)
    await call(at % 10 === 9 ? '/garbage' : '/right', { about: 'order' }, begun + at * minute)
  await call('/right', { about: 'another' }, begun)
  for (const at of [0, 1]) await call('/garbage', { key: 'payment:1' }, begun + at)
  for (const at of [0, 1]) await call('/right', {}, begun + at)
  const rows = await db
    .selectFrom('outside_call')
    .select(['idempotency_key as about', 'outcome', 'times', 'first_at', 'started_at'])
    .orderBy('about')
    .orderBy('outcome')
    .execute()
  const row = (about: string, outcome: string, times: number, first: number | null, last: number) => ({
    about,
    outcome,
    times,
    first_at: first === null ? null : begun + first,
    started_at: begun + last,
  })
  expect(rows).toEqual([
    row('', 'ok', 1, null, 0),
    row('', 'ok', 1, null, 1),
    row('another', 'ok', 1, null, 0),
    row('order', 'ok', 55, 0, 60 * minute),
    row('order', 'unexpected', 6, 9 * minute, 59 * minute),
    row('payment:1', 'unexpected', 2, 0, 1),
  ])
  // What operators see of the last quarter of an hour is of that quarter.
  expect(await callsSince(db, begun + 45 * minute)).toMatchObject([{ target: 'bss:CMCC:14', calls: 16, failed: 2 }])
})
