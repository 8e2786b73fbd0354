import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { uuidv7 } from 'uuidv7'
import { instant } from '../../src/shared/domain/calendar.ts'
import { createBreakers } from './connectors/breakers.ts'
import { createFaceConnector } from './connectors/face.ts'
import { createHomeBssConnector } from './connectors/home-bss.ts'
import type { OutsidePorts } from './connectors/outside-call.ts'
import { createPaymentConnector } from './connectors/payment.ts'
import { createRenewalConnector } from './connectors/renewal.ts'
import { createSmsConnector } from './connectors/sms.ts'
import { type OpenDatabase, openDatabase } from './database/open-database.ts'
import { loadSegments } from './numbers/load-segments.ts'
import { startHousekeeping } from './operation/housekeeping.ts'
import { createMetrics } from './operation/metrics.ts'
import { startOperationServer } from './operation/operation-server.ts'
import { takeOverview } from './operation/overview.ts'
import { startOrderWorkers } from './orders/order-workers.ts'
import { startWorkQueue } from './orders/work-queue.ts'
import { loadPaperKeys } from './papers/paper-keys.ts'
import type { Clock, Log } from './ports.ts'
import { loadRenewalPolicies } from './renewal/policy.ts'
import { readPackFolder } from './rule-packs/pack-folder.ts'
import { publishAtStart, publishPacks } from './rule-packs/publish.ts'
import { createRuleBook } from './rule-packs/rule-book.ts'
import { importOrganisation, readOrganisationFile } from './seed/import-organisation.ts'
import { createServer } from './server/create-server.ts'
import type { ServiceContext } from './service-context.ts'
import { loadHomeLimits } from './settings/home-limits.ts'
import { createLog } from './settings/log.ts'
import { parseServiceConfig, type ServiceConfigInput } from './settings/service-config.ts'
import { serviceIdentity } from './settings/service-identity.ts'

export interface RunningService {
  /** Where it listens, without a trailing slash. */
  url: string
  /** The operators' page with its token; absent without an operation port. */
  operatorPage: string | undefined
  /** Publishes the rule packs of a folder as a set; returns the names of those that are new. Throws when the set is wrong. */
  publishRules(folder: string): Promise<string[]>
  /** Finishes what is under way, then lets go of everything. */
  close(): Promise<void>
}

/** Parts of the world a caller may replace: the clock (training, tests) and where log lines go. */
export interface ServicePorts {
  clock?: Clock
  log?: Log
}

const systemClock: Clock = { now: () => instant(Date.now()) }

function originsOf(address: AddressInfo, publicUrls: readonly string[]): string[] {
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  const own = [`http://${host}:${address.port}`]
  if (['127.0.0.1', '::1'].includes(address.address)) own.push(`http://localhost:${address.port}`)
  return [...publicUrls.map((url) => url.replace(/\/$/, '')), ...own]
}

/** How long requests under way may take to be answered once the service is closing. */
const closingGraceMs = 3_000

/**
 * Stops listening and waits for the requests under way. A connection that becomes idle meanwhile (its long poll has just been answered)
 * would otherwise be kept open for the next request until its keep-alive ends, more than a minute later; one that never asked
 * anything does not even count as idle, so what is left after the grace is closed.
 */
async function closeServer(server: FastifyInstance): Promise<void> {
  const idle = setInterval(() => server.server.closeIdleConnections(), 50)
  const grace = setTimeout(() => server.server.closeAllConnections(), closingGraceMs)
  try {
    await server.close()
  } finally {
    clearInterval(idle)
    clearTimeout(grace)
  }
}

async function startOn(
  database: OpenDatabase,
  config: ReturnType<typeof parseServiceConfig>,
  clock: Clock,
  log: Log,
): Promise<RunningService> {
  const { timing, files } = config
  const [segments, homeLimits, serviceId] = await Promise.all([
    loadSegments(files),
    loadHomeLimits(files.homeLimits),
    serviceIdentity(database.db, uuidv7),
  ])
  await publishAtStart(database.db, clock, log, files.rulePacks)
  const organisation = files.organisation ? await readOrganisationFile(files.organisation) : undefined
  if (organisation) await database.alone(() => importOrganisation(database.db, clock, organisation))
  const closing = new AbortController()
  const queue = await database.alone(() =>
    startWorkQueue(database, {
      pollSeconds: timing.queuePollSeconds,
      concurrency: config.stepConcurrency,
      homeLimits,
      log,
    }),
  )
  const metrics = createMetrics()
  const breakers = createBreakers({ failures: timing.breakerFailures, restMs: timing.breakerRestSeconds * 1000 })
  const outside: OutsidePorts = {
    db: database.db,
    clock,
    newId: uuidv7,
    timeoutMs: timing.outsideTimeoutMs,
    breakers,
    asked: metrics.asked,
  }
  const context: ServiceContext = {
    db: database.db,
    clock,
    newId: uuidv7,
    log,
    timing,
    serviceId,
    segments,
    rules: createRuleBook(log),
    homeBss: createHomeBssConnector(outside, config.connectors.homeBssUrlTemplate),
    sms: createSmsConnector(outside, config.connectors.smsUrl),
    face: createFaceConnector(outside, config.connectors.faceUrl),
    payment: createPaymentConnector(outside, config.connectors.paymentUrl),
    renewal: createRenewalConnector(outside, config.connectors.renewalUrl),
    renewalPolicy: await loadRenewalPolicies(files.renewal),
    work: queue,
    papers: await loadPaperKeys(database.db, files.paperKeys, log),
    meters: metrics,
    closing: closing.signal,
  }
  let origins: string[] = config.publicUrls
  const dpop = () => ({ origins, windowMs: timing.dpopWindowSeconds * 1000 })
  const server = await createServer(context, dpop, config.connectors.smsInboundSecret)
  const workers = await startOrderWorkers(context, queue)
  const stopHousekeeping = startHousekeeping(context, database, config.housekeeping)
  const url = await server.listen({ host: config.host, port: config.port })
  origins = originsOf(server.server.address() as AddressInfo, config.publicUrls)
  const operation = config.operation
    ? await startOperationServer(
        { takeOverview: (province) => takeOverview(database.db, clock, province), breakers: breakers.view, metrics },
        config.operation,
      )
    : undefined
  log.info({ url, database: database.kind, metrics: operation?.metricsUrl }, 'service started')
  return {
    url,
    operatorPage: operation?.page,
    publishRules: async (folder) => publishPacks(database.db, clock, await readPackFolder(folder), 'service'),
    async close() {
      closing.abort()
      database.hurry()
      await stopHousekeeping()
      await wait(timing.drainSeconds * 1000)
      await closeServer(server)
      await operation?.close()
      await workers.stop()
      await queue.stop()
      await database.close()
      log.info({}, 'service closed')
    },
  }
}

/**
 * Starts the central service: database and migrations, work queue, connectors, HTTP. Throws with a clear sentence when the
 * configuration or a file it names is wrong, or the database cannot be opened.
 */
export async function startService(input: ServiceConfigInput, ports: ServicePorts = {}): Promise<RunningService> {
  const config = parseServiceConfig(input)
  const clock = ports.clock ?? systemClock
  const log = ports.log ?? createLog(config.logLevel)
  const database = await openDatabase(config.database)
  try {
    return await startOn(database, config, clock, log)
  } catch (error) {
    await database.close()
    throw error
  }
}
