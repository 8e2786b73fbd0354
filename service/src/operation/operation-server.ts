import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { type Province, provinceSchema } from '../../../src/shared/domain/geography.ts'
import { orderStages } from '../../../src/shared/domain/order.ts'
import { operatorWords } from '../../operator-page/words.ts'
import type { BreakerView } from '../connectors/breakers.ts'
import { finalStages } from '../orders/stages.ts'
import type { Metrics } from './metrics.ts'
import type { Overview } from './overview.ts'

/** What the operator's page shows. */
export interface Picture {
  overview: Overview
  breakers: BreakerView[]
  /** Stages of orders under way, in the order of the road. */
  openStages: string[]
}

export interface OperationPorts {
  /** `province` narrows the longest waiting orders to one home province. */
  takeOverview(province?: Province): Promise<Overview>
  breakers(): BreakerView[]
  metrics: Metrics
}

export interface OperationServer {
  /** The operator's page with its token behind the hash, where no server and no log sees it. */
  page: string
  metricsUrl: string
  token: string
  close(): Promise<void>
}

/** Whoever gathers metrics waits ten seconds; a database that does not answer must be told of before that. */
const answersWithinMs = 5_000

const page = (file: string) => readFile(fileURLToPath(new URL(`../../operator-page/${file}`, import.meta.url)), 'utf8')
const require = createRequire(import.meta.url)
const fontPackage = '@fontsource-variable/noto-sans-sc'
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const digest = (text: string) => createHash('sha256').update(text).digest()

function fontFolder(): string | undefined {
  try {
    return dirname(require.resolve(`${fontPackage}/package.json`))
  } catch {
    // A service installed without the counter has no font to give; browsers use their own.
    return undefined
  }
}

/**
 * The operators' own door, apart from the counters': metrics for Prometheus and a page with live counts. It listens on loopback only;
 * figures are given to whoever knows the token. Nothing behind it changes anything or names a person.
 */
export async function startOperationServer(
  ports: OperationPorts,
  options: { port: number; token?: string | undefined },
): Promise<OperationServer> {
  const token = options.token ?? randomBytes(24).toString('base64url')
  const expected = digest(`Bearer ${token}`)
  const server = Fastify({ logger: false, forceCloseConnections: true })
  server.addHook('onSend', async (_request, reply, payload) => {
    reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    return payload
  })
  const guarded = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> =>
    timingSafeEqual(digest(request.headers.authorization ?? ''), expected)
      ? undefined
      : reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'token needed' })

  const overviewInTime = (province?: Province): Promise<Overview | undefined> =>
    Promise.race([
      ports.takeOverview(province).catch(() => undefined),
      wait(answersWithinMs, undefined, { ref: false }),
    ])

  server.get('/metrics', { onRequest: guarded }, async (_request, reply) => {
    const overview = await overviewInTime()
    return reply
      .type(ports.metrics.contentType)
      .send(await ports.metrics.expose({ overview, breakers: ports.breakers() }))
  })
  server.get('/operator/picture.json', { onRequest: guarded }, async (request, reply) => {
    const asked = (request.query as { province?: string }).province
    const province = asked === undefined ? undefined : provinceSchema.safeParse(asked)
    if (province && !province.success) return reply.code(400).send({ error: 'no such province' })
    const overview = await overviewInTime(province?.data)
    if (!overview) return reply.code(503).send({ error: 'database unavailable' })
    const openStages = orderStages.filter((stage) => !finalStages.includes(stage))
    return { overview, breakers: ports.breakers(), openStages } satisfies Picture
  })
  server.get('/operator', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(await page('operator.html')),
  )
  server.get('/operator/operator.css', async (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(await page('operator.css')),
  )
  server.get('/operator/operator.js', async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(await page('operator.js')),
  )
  server.get('/operator/chart.js', async (_request, reply) =>
    reply
      .type('text/javascript; charset=utf-8')
      .send(await readFile(join(dirname(require.resolve('chart.js')), 'chart.umd.min.js'), 'utf8')),
  )
  server.get('/operator/words.json', async (request) =>
    operatorWords((request.query as { language?: string }).language === 'en' ? 'en' : 'zh-CN'),
  )
  server.get('/operator/fonts/*', async (request, reply) => {
    const folder = fontFolder()
    const file = (request.params as { '*': string })['*']
    if (!folder || !/^(index\.css|files\/[\w-]+\.woff2)$/.test(file))
      return reply.code(404).send({ error: 'not found' })
    const content = await readFile(join(folder, file)).catch(() => undefined)
    if (!content) return reply.code(404).send({ error: 'not found' })
    return reply.type(file.endsWith('.css') ? 'text/css; charset=utf-8' : 'font/woff2').send(content)
  })
  // Processes of one command share the counters' port, not this one: each has its own numbers to tell.
  const url = await server.listen({ host: '127.0.0.1', port: options.port, exclusive: true })
  return { page: `${url}/operator#token=${token}`, metricsUrl: `${url}/metrics`, token, close: () => server.close() }
}
