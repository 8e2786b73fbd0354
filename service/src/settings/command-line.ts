import { fileURLToPath } from 'node:url'
import { portOption, WrongCall } from '../../../src/shared/command-line.ts'
import { processNumberVariable } from '../processes/share-work.ts'
import { type ConnectorAddresses, housekeepingSchema, type ServiceConfigInput, timingSchema } from './service-config.ts'

export const usage = `npm run service -- [options]

  --data DIR           keep the data in this folder (PGlite); without it and without DATABASE_URL they live in memory
  --port N             listen on this port; 0 takes a free one (8720)
  --host HOST          listen on this address (127.0.0.1)
  --public-url URL     an address by which counters reach the service; needed when the host is not loopback
  --operation-port N   port of metrics and operator page, on loopback; 0 takes a free one (0)
  --processes N        so many processes share the connections; needs DATABASE_URL. Each has metrics of its own, on ports from
                       --operation-port upwards (1)
  --simulators         start the simulators of the outside world and talk to them
  --simulators-port N  port of the simulators; 0 takes a free one (0)
  --subscribers DIR    another subscriber base, from CSV files; --seed TEXT generates other people
  --organisation FILE  stores, devices and staff to import
  --prefixes FILE, --provinces FILE, --rule-packs FOLDER, --renewal FILE
                       rule data; the defaults lie in resources/
  --home-limits FILE   how many orders each home system bears at the same time (four)
  --publish-rules FOLDER  checks the packs of a folder and publishes them as a set instead of starting
  --rotate-rule-key    the reserve key signs the rules from now on
  --revoke-rule-key ID counters refuse what this key signed; --keep-returned believes packs counters brought back under it
  --export-reserve-key FILE, --reserve-key FILE
                       takes the reserve key out of the database; names its file when it is needed
  --anchor-file FILE   keeps the roots of the audit anchors outside the database
  --verify-audit       looks at every audit chain and anchor instead of starting, with --anchor-file at the file's too
  --verify-ledger      holds the ledger's postings, statements and closed days against one another instead of starting
  --log-level LEVEL    silent, error, warn, info or debug (info)

Environment: DATABASE_URL (PostgreSQL), and without --simulators HOME_BSS_URL_TEMPLATE (with {carrier} and {province}),
SMS_URL, FACE_URL, PAYMENT_URL, RENEWAL_URL and SMS_INBOUND_SECRET (what the SMS gateway signs replies and delivery reports with). OPERATION_TOKEN (16
characters or more) lets Prometheus in; without it a new one is made at every start. PAPER_KEYS names the file of keys that papers
are sealed with. SERVICE_TIMING and SERVICE_HOUSEKEEPING are JSON over waiting times and retention (docs/guide/operation.md).`

type Values = Record<string, string | boolean | string[] | undefined>

function resource(path: string): string {
  return fileURLToPath(new URL(`../../../resources/${path}`, import.meta.url))
}

/** Processes of one command have their operation ports one after the other. */
function operationPort(first: number, processNumber: string | undefined): number {
  return first === 0 ? 0 : first + Number(processNumber ?? 0)
}

/** An object from an environment variable. Throws WrongCall when it is none. */
function jsonOf(name: string, text: string | undefined): object {
  if (!text) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Said below, with the variable's name: the parser's own words name only a position.
  }
  throw new WrongCall(`${name} is not a JSON object: ${text.slice(0, 60)}`)
}

/**
 * Names in SERVICE_TIMING and SERVICE_HOUSEKEEPING that this version does not know: misspelt, or meant for a newer one that shares the
 * environment while versions change. They are left out, and whoever starts the service is told. Throws WrongCall when one is no JSON object.
 */
export function unknownSettings(environment: Record<string, string | undefined>): string[] {
  const sources = [
    ['SERVICE_TIMING', timingSchema.shape],
    ['SERVICE_HOUSEKEEPING', housekeepingSchema.shape],
  ] as const
  return sources.flatMap(([variable, known]) =>
    Object.keys(jsonOf(variable, environment[variable]))
      .filter((name) => !(name in known))
      .map((name) => `${variable}.${name}`),
  )
}

/** The service's configuration from command line and environment; wrong values are found when it is parsed. */
export function configFromCommandLine(
  values: Values,
  environment: Record<string, string | undefined>,
  simulated?: ConnectorAddresses,
): ServiceConfigInput {
  const text = (name: string) => values[name] as string | undefined
  const timing = jsonOf('SERVICE_TIMING', environment.SERVICE_TIMING)
  const housekeeping = jsonOf('SERVICE_HOUSEKEEPING', environment.SERVICE_HOUSEKEEPING) as { anchors?: object }
  const anchorFile = text('anchor-file') ? { file: text('anchor-file') } : {}
  const database: ServiceConfigInput['database'] = environment.DATABASE_URL
    ? { kind: 'postgres', url: environment.DATABASE_URL }
    : text('data')
      ? { kind: 'pglite', folder: text('data')! }
      : { kind: 'memory' }
  return {
    database,
    port: portOption('port', text('port') ?? '8720'),
    ...(text('host') ? { host: text('host') } : {}),
    operation: {
      port: operationPort(
        portOption('operation-port', text('operation-port') ?? '0'),
        environment[processNumberVariable],
      ),
      ...(environment.OPERATION_TOKEN ? { token: environment.OPERATION_TOKEN } : {}),
    },
    housekeeping: { ...housekeeping, anchors: { ...housekeeping.anchors, ...anchorFile } },
    publicUrls: (values['public-url'] as string[] | undefined) ?? [],
    connectors: simulated ?? {
      homeBssUrlTemplate: environment.HOME_BSS_URL_TEMPLATE ?? '',
      smsUrl: environment.SMS_URL ?? '',
      faceUrl: environment.FACE_URL ?? '',
      paymentUrl: environment.PAYMENT_URL ?? '',
      renewalUrl: environment.RENEWAL_URL ?? '',
      ...(environment.SMS_INBOUND_SECRET ? { smsInboundSecret: environment.SMS_INBOUND_SECRET } : {}),
    },
    files: {
      prefixes: text('prefixes') ?? environment.PREFIXES_FILE ?? resource('segments/prefixes.json'),
      provinces: text('provinces') ?? environment.PROVINCES_FILE ?? resource('segments/provinces.csv'),
      rulePacks: text('rule-packs') ?? environment.RULE_PACKS ?? resource('rule-packs'),
      renewal: text('renewal') ?? environment.RENEWAL_FILE ?? resource('renewal/policy.json'),
      organisation: text('organisation') ?? environment.ORGANISATION_FILE,
      homeLimits: text('home-limits') ?? environment.HOME_LIMITS,
      ...(environment.PAPER_KEYS ? { paperKeys: environment.PAPER_KEYS } : {}),
    },
    timing,
    ...(text('log-level') ? { logLevel: text('log-level') as 'info' } : {}),
  }
}
