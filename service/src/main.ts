import cluster from 'node:cluster'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { numberOption, portOption, programFailure, WrongCall } from '../../src/shared/command-line.ts'
import { instant } from '../../src/shared/domain/calendar.ts'
import { auditSentences, readAnchorLines, verifyAudit } from './audit/verify-audit.ts'
import { openDatabase } from './database/open-database.ts'
import { ledgerReport } from './ledger/verify-ledger.ts'
import { endProgram } from './processes/end-program.ts'
import { mostProcesses, type ProcessReady, shareWork } from './processes/share-work.ts'
import { changeRules, type RulesCommand } from './rule-packs/rules-command.ts'
import { configFromCommandLine, unknownSettings, usage } from './settings/command-line.ts'
import { createLog } from './settings/log.ts'
import { type ConnectorAddresses, parseServiceConfig, type ServiceConfigInput } from './settings/service-config.ts'
import { startService } from './start.ts'

/**
 * `npm run service`: the central service alone, from the command line and the environment. Answers the exit code, or undefined while
 * it serves.
 */
async function main(): Promise<number | undefined> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      port: { type: 'string' },
      host: { type: 'string' },
      'public-url': { type: 'string', multiple: true },
      'operation-port': { type: 'string' },
      simulators: { type: 'boolean' },
      'simulators-port': { type: 'string', default: '0' },
      processes: { type: 'string', default: '1' },
      subscribers: { type: 'string' },
      seed: { type: 'string', default: 'counterfoil' },
      organisation: { type: 'string' },
      prefixes: { type: 'string' },
      provinces: { type: 'string' },
      'rule-packs': { type: 'string' },
      renewal: { type: 'string' },
      'home-limits': { type: 'string' },
      'log-level': { type: 'string' },
      'publish-rules': { type: 'string' },
      'rotate-rule-key': { type: 'boolean' },
      'revoke-rule-key': { type: 'string' },
      'keep-returned': { type: 'boolean' },
      'reserve-key': { type: 'string' },
      'export-reserve-key': { type: 'string' },
      'anchor-file': { type: 'string' },
      'verify-audit': { type: 'boolean' },
      'verify-ledger': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  if (values['verify-audit'])
    return verifyOnly(configFromCommandLine(values, process.env, anyAddresses), values['anchor-file'])
  if (values['verify-ledger']) return verifyLedgerOnly(configFromCommandLine(values, process.env, anyAddresses))
  const rules: RulesCommand = {
    publish: values['publish-rules'],
    rotate: values['rotate-rule-key'] ?? false,
    revoke: values['revoke-rule-key'],
    keepReturned: values['keep-returned'] ?? false,
    reserveFile: values['reserve-key'],
    exportReserve: values['export-reserve-key'],
  }
  if (rules.publish || rules.rotate || rules.revoke || rules.exportReserve)
    return changeRulesOnly(configFromCommandLine(values, process.env, anyAddresses), rules)
  if (cluster.isWorker) return serve(configFromCommandLine(values, process.env, outsideFromPrimary()))
  const processes = numberOption('processes', values.processes, 1, mostProcesses)
  if (processes > 1 && !process.env.DATABASE_URL)
    throw new WrongCall('--processes: several processes share a PostgreSQL; name it in DATABASE_URL')
  // What is wrong in the call is said before anything is started.
  const { logLevel } = parseServiceConfig(
    configFromCommandLine(values, process.env, values.simulators ? anyAddresses : undefined),
  )
  const unknown = unknownSettings(process.env)
  if (unknown.length > 0) createLog(logLevel).warn({ unknown }, 'settings this version does not know are left out')
  const outside = values.simulators
    ? await startOutsideWorld({
        port: portOption('simulators-port', values['simulators-port']),
        seed: values.seed,
        dataFolder: values.data,
        subscribersFolder: values.subscribers,
      })
    : undefined
  const config = configFromCommandLine(values, process.env, outside?.addresses)
  if (processes === 1) return serve(config, outside)
  const log = createLog(parseServiceConfig(config).logLevel)
  const shared = await shareWork(
    processes,
    outside ? { [outsideVariable]: JSON.stringify(outside.addresses) } : {},
    log,
  )
  outside?.connect(shared.url)
  closeWhenAsked(async () => {
    const inOrder = await shared.close()
    await outside?.close()
    if (!inOrder) throw new Error('not every process ended in order')
  })
  announce({ url: shared.url, operator: shared.processes[0]!.operator, processes: shared.processes }, outside)
  return undefined
}

/** How processes of one command hear where the simulators of their first one are. */
const outsideVariable = 'SERVICE_SIMULATED_OUTSIDE'

function outsideFromPrimary(): ConnectorAddresses | undefined {
  const told = process.env[outsideVariable]
  return told ? (JSON.parse(told) as ConnectorAddresses) : undefined
}

/** Serves in this process until it is told to end. */
async function serve(config: ServiceConfigInput, outside?: RunningOutside): Promise<undefined> {
  const service = await startService(config)
  outside?.connect(service.url)
  closeWhenAsked(async () => {
    await service.close()
    await outside?.close()
  })
  if (cluster.isWorker)
    process.send?.({
      ready: true,
      pid: process.pid,
      url: service.url,
      operator: service.operatorPage,
    } satisfies ProcessReady)
  else announce({ url: service.url, operator: service.operatorPage }, outside)
}

/** Ends this process in order, once, when a signal or the end of whoever started it says so. */
function closeWhenAsked(work: () => Promise<unknown>): void {
  let closing = false
  const close = () => {
    if (closing) return
    closing = true
    work()
      .then(() => process.exit(0))
      .catch((error: Error) => {
        console.error(error.message)
        process.exit(1)
      })
  }
  process.on('SIGTERM', close)
  process.on('SIGINT', close)
  // Started by another process, it ends with that process, however that one ends.
  if (process.connected) process.on('disconnect', close)
}

/** One line for whoever started this process; everything else it has to say goes to the log. */
function announce(where: { url: string; operator: string | undefined; processes?: object }, outside?: RunningOutside) {
  console.log(JSON.stringify({ ready: true, ...where, docs: `${where.url}/docs`, ...outside?.pages }))
}

/** Checking the audit asks nobody outside. */
const anyAddresses = {
  homeBssUrlTemplate: 'http://127.0.0.1/{carrier}/{province}',
  smsUrl: 'http://127.0.0.1',
  faceUrl: 'http://127.0.0.1',
  paymentUrl: 'http://127.0.0.1',
  renewalUrl: 'http://127.0.0.1',
}

/** Checks the chain of the audit against its anchors; the exit code tells whether it is whole. */
async function verifyOnly(input: ServiceConfigInput, anchorFile: string | undefined): Promise<number> {
  const lines = anchorFile ? readAnchorLines(await readFile(anchorFile, 'utf8')) : []
  existingDatabase(input, '--verify-audit')
  const database = await openDatabase(parseServiceConfig(input).database)
  try {
    const report = await verifyAudit(database.db, lines)
    for (const sentence of auditSentences(report)) console.log(sentence)
    return report.faults.length > 0 ? 1 : 0
  } finally {
    await database.close()
  }
}

/** Holds the ledger against itself; the exit code tells whether it is whole. */
async function verifyLedgerOnly(input: ServiceConfigInput): Promise<number> {
  existingDatabase(input, '--verify-ledger')
  const database = await openDatabase(parseServiceConfig(input).database)
  try {
    const { faults, sentences } = await ledgerReport(database.db)
    for (const sentence of sentences) console.log(sentence)
    return faults > 0 ? 1 : 0
  } finally {
    await database.close()
  }
}

/**
 * Throws unless the database named is one that exists. An empty one in memory, or one made on the spot under a mistyped name, would
 * be found whole.
 */
function existingDatabase({ database }: ServiceConfigInput, purpose: string): void {
  if (database.kind === 'memory') throw new WrongCall(`${purpose} needs a database: --data DIR or DATABASE_URL`)
  if (database.kind === 'pglite' && !existsSync(join(database.folder, 'database')))
    throw new WrongCall(`--data ${database.folder} holds no database of the service`)
}

/** Publishes rule packs or changes the keys that sign them, and tells what it did. */
async function changeRulesOnly(input: ServiceConfigInput, wanted: RulesCommand): Promise<number> {
  existingDatabase(input, 'a change of rules')
  const database = await openDatabase(parseServiceConfig(input).database)
  try {
    await changeRules(database.db, { now: () => instant(Date.now()) }, wanted, (line) => console.log(line))
    return 0
  } finally {
    await database.close()
  }
}

interface OutsideWorld {
  port: number
  /** Which people live there, unless they come from files. */
  seed: string
  dataFolder: string | undefined
  /** CSV files with another subscriber base. */
  subscribersFolder: string | undefined
}

type RunningOutside = Awaited<ReturnType<typeof startOutsideWorld>>

async function startOutsideWorld({ port, seed, dataFolder, subscribersFolder }: OutsideWorld) {
  const { startSimulators } = await import('../simulators/index.ts')
  const simulators = await startSimulators({
    host: '127.0.0.1',
    port,
    seed,
    today: Date.now,
    ...(dataFolder ? { dataFolder: join(dataFolder, 'simulators') } : {}),
    ...(subscribersFolder ? { subscribersFolder } : {}),
  })
  const smsInboundSecret = randomBytes(24).toString('hex')
  const { bssTemplate: homeBssUrlTemplate, sms: smsUrl, face: faceUrl, capture, directory, control } = simulators.urls
  const { payment: paymentUrl, renewal: renewalUrl } = simulators.urls
  return {
    addresses: { homeBssUrlTemplate, smsUrl, faceUrl, paymentUrl, renewalUrl, smsInboundSecret },
    connect: (serviceUrl: string) =>
      simulators.connectInbound({ url: `${serviceUrl}/v1/inbound/sms`, secret: smsInboundSecret }),
    pages: { simulators: { directory, sms: smsUrl, capture, control } },
    close: () => simulators.close(),
  }
}

try {
  const code = await main()
  if (code !== undefined) await endProgram(code)
} catch (error) {
  const { text, exitCode } = programFailure(error, usage)
  console.error(text)
  await endProgram(exitCode)
}
