import { z } from 'zod'
import { orderStages } from '../../../src/shared/domain/order.ts'

const seconds = z.number().nonnegative()

/** An address that has to be there: one that was never given is called missing, not wrong. */
const address = z.string().min(1, 'is needed, or --simulators').pipe(z.url('must be a URL'))

/** Every waiting time of the service in one place, in seconds unless the name says otherwise. */
export const timingSchema = z.object({
  sessionSeconds: seconds.default(12 * 3600),
  /** A DPoP proof may be this much older or newer than the service's clock. */
  dpopWindowSeconds: seconds.default(120),
  staffLockSeconds: seconds.default(15 * 60),
  numberLockSeconds: seconds.default(3600),
  oneTimeCodeSeconds: seconds.default(300),
  /** How often the home province is asked how far its review is. */
  reviewPollSeconds: seconds.default(20),
  /** A step that follows at once is also queued after this long, in case the process dies in between. */
  stepNetSeconds: seconds.default(15),
  /** How often the payment provider is asked whether a refund has arrived, the renewal platform for its apps' answers. */
  refundPollSeconds: seconds.default(60),
  /** How long the provider may know nothing of a refund it took, and how long a refund may take at all, before the store is told. */
  refundForgottenSeconds: seconds.default(6 * 3600),
  refundLateSeconds: seconds.default(15 * 86_400),
  renewalPollSeconds: seconds.default(1800),
  retryFirstSeconds: seconds.default(2),
  retryLongestSeconds: seconds.default(300),
  /** How often overdue orders without a step under way are looked for, and how overdue they must be. */
  sweepSeconds: z.number().positive().default(30),
  stuckAfterSeconds: seconds.default(60),
  outsideTimeoutMs: z.int().positive().default(10_000),
  /** An outside system that did not answer this often in a row is left alone for a while. */
  breakerFailures: z.int().positive().default(8),
  breakerRestSeconds: z.number().positive().default(15),
  /** How long a closing process still answers while its readiness already says no, so that whoever shares out the work can turn away. */
  drainSeconds: seconds.default(0),
  /** How often a worker looks for due steps; the queue allows no less than half a second. */
  queuePollSeconds: z.number().min(0.5).default(0.5),
  /** How often a stream says that it lives and looks whether its device still is what it was. */
  streamHeartbeatSeconds: z.number().positive().default(15),
  /** A stream ends after this long: its counter proves itself again. */
  streamLifeSeconds: z.number().positive().default(600),
  changesPollMs: z.int().positive().max(250).default(200),
})
export type Timing = z.infer<typeof timingSchema>

export const databaseTargetSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('postgres'),
    url: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://'),
    poolSize: z.int().min(2).default(10),
    /** How long a statement may go without an answer before its connection is given up. */
    longestSilenceMs: z.int().min(500).optional(),
  }),
  z.object({ kind: z.literal('pglite'), folder: z.string().min(1) }),
  z.object({ kind: z.literal('memory') }),
])

export const connectorAddressesSchema = z.object({
  homeBssUrlTemplate: z
    .string()
    .min(1, 'is needed, or --simulators')
    .refine((url) => url.includes('{carrier}') && url.includes('{province}'), 'must name {carrier} and {province}')
    .refine((url) => URL.canParse(url.replace('{carrier}', 'CMCC').replace('{province}', '11')), 'must be a URL'),
  smsUrl: address,
  faceUrl: address,
  paymentUrl: address,
  renewalUrl: address,
  /** What the SMS gateway signs replies and reports with; without it none are taken. */
  smsInboundSecret: z.string().min(16).optional(),
})
export type ConnectorAddresses = z.infer<typeof connectorAddressesSchema>

/** What is done from time to time, and how long what is kept. */
export const housekeepingSchema = z.object({
  everySeconds: z.number().positive().default(60),
  /** How often the audit chains are bound together, and the file outside the database that keeps the roots. */
  anchors: z.object({ everySeconds: z.number().nonnegative().default(3600), file: z.string().optional() }).prefault({}),
  /** Hours an order may stay in a stage without anything happening to it, before its store's supervisors get a ticket. */
  stageLimitHours: z.partialRecord(z.enum(orderStages), z.number().positive()).default({
    accepted: 2,
    paymentsPosted: 2,
    homeReview: 7 * 24,
    agreementsTerminated: 2,
    settled: 2,
  }),
  retention: z
    .object({
      identityDays: z
        .int()
        .positive()
        .default(2 * 366),
      evidenceDays: z
        .int()
        .positive()
        .default(5 * 366),
      abandonedDays: z.int().positive().default(30),
      decidedDays: z
        .int()
        .positive()
        .default(2 * 366),
      accessDays: z.int().positive().default(30),
      callLogDays: z.int().positive().default(180),
    })
    .prefault({}),
})

/** What the service needs to start. Files are paths; addresses are those of whoever plays the outside world. */
export const serviceConfigSchema = z.object({
  database: databaseTargetSchema,
  host: z.string().default('127.0.0.1'),
  port: z.int().min(0).max(65535).default(0),
  /** Addresses by which counters reach the service; needed when it does not listen on loopback. */
  publicUrls: z.array(z.url()).default([]),
  connectors: connectorAddressesSchema,
  files: z.object({
    prefixes: z.string(),
    provinces: z.string(),
    rulePacks: z.string(),
    /** How many orders a home system bears at the same time. */
    homeLimits: z.string().optional(),
    organisation: z.string().optional(),
    /** Which apps a resting number is pushed to, and when it may be given out again. */
    renewal: z.string(),
    /** Keys papers are sealed with; see docs/guide/service.md. */
    paperKeys: z.string().optional(),
  }),
  timing: timingSchema.prefault({}),
  housekeeping: housekeepingSchema.prefault({}),
  logLevel: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
  /** How many order steps one process works on at the same time. */
  stepConcurrency: z.int().min(1).max(64).default(8),
  /** The operators' own port on loopback: metrics and page. Absent: there is none. */
  operation: z.object({ port: z.int().min(0).max(65535), token: z.string().min(16).optional() }).optional(),
})
export type ServiceConfigInput = z.input<typeof serviceConfigSchema>
export type ServiceConfig = z.infer<typeof serviceConfigSchema>

/** What whoever starts the service wrote where: settings by their path, or by how it begins. Others are called by their path alone. */
const writtenAs: Record<string, string> = {
  'connectors.homeBssUrlTemplate': 'HOME_BSS_URL_TEMPLATE',
  'connectors.smsUrl': 'SMS_URL',
  'connectors.faceUrl': 'FACE_URL',
  'connectors.paymentUrl': 'PAYMENT_URL',
  'connectors.renewalUrl': 'RENEWAL_URL',
  'connectors.smsInboundSecret': 'SMS_INBOUND_SECRET',
  'operation.token': 'OPERATION_TOKEN',
  'database.url': 'DATABASE_URL',
  publicUrls: '--public-url',
  logLevel: '--log-level',
  timing: 'SERVICE_TIMING',
  housekeeping: 'SERVICE_HOUSEKEEPING',
}

function named(path: string): string {
  const written = writtenAs[path] ?? writtenAs[path.split('.')[0]!]
  return written ? `${written} (${path})` : path
}

/** One line for each setting that is wrong: its first fault says enough. */
function faults(issues: z.core.$ZodIssue[]): string[] {
  const first = new Map<string, string>()
  for (const { path, message } of issues) if (!first.has(path.join('.'))) first.set(path.join('.'), message)
  return [...first].map(([path, message]) => `${named(path)}: ${message}`)
}

/** Parses a configuration. Throws an Error whose message names each wrong entry, for whoever starts the service. */
export function parseServiceConfig(input: unknown): ServiceConfig {
  const parsed = serviceConfigSchema.safeParse(input)
  const wrong = parsed.success ? [] : faults(parsed.error.issues)
  if (parsed.success && !['127.0.0.1', '::1', 'localhost'].includes(parsed.data.host))
    if (parsed.data.publicUrls.length === 0) wrong.push(`${named('publicUrls')}: needed when the host is not loopback`)
  if (!parsed.success || wrong.length > 0) throw new Error(['the configuration is wrong:', ...wrong].join('\n  '))
  return parsed.data
}
