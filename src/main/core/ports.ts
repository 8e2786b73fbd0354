import { z } from 'zod'
import type { CaseRules } from '../../shared/domain/case-rules.ts'
import type { Result } from '../../shared/domain/result.ts'
import type { SegmentTable } from '../../shared/domain/segments.ts'
import type { AttachmentView } from '../../shared/protocol/attachment-views.ts'
import type { StoreOpenResult } from './storage/errors.ts'
import type { Migration } from './storage/migrations.ts'
import type { Store } from './storage/store.ts'

/** The only clock: UTC epoch milliseconds, and waiting that can be interrupted. */
export interface Clock {
  now(): number
  /** Resolves after `milliseconds`, or at once when the signal aborts; never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** Makes identifiers: UUIDv7, so that they sort by creation. */
export interface Ids {
  uuid(): string
}

/** Writes a line for whoever looks after the machine: a code and values, never personal data. */
export interface Log {
  info(code: string, params?: LogParams): void
  warn(code: string, params?: LogParams): void
  error(code: string, params?: LogParams): void
}
export type LogParams = Record<string, string | number | boolean | undefined>

/** What the user prefers on this machine. No business data. */
export interface Preferences {
  language: 'zh-CN' | 'en'
}
export interface Settings {
  read(): Preferences
  write(preferences: Preferences): Promise<void>
}

/** A private EC P-256 key as JWK, as the platform's secret store keeps it. */
export const devicePrivateKeySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
})
export type DevicePrivateKey = z.infer<typeof devicePrivateKeySchema>

/** The platform's secret store. */
export interface Secrets {
  readDeviceKey(): Promise<DevicePrivateKey | undefined>
  writeDeviceKey(key: DevicePrivateKey): Promise<void>
}

export interface TransportRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Path with query, below the transport's base address. */
  path: string
  headers: Record<string, string>
  body?: string
  /** In the place of `body`. */
  bytes?: Uint8Array<ArrayBuffer>
  timeoutMs: number
  signal?: AbortSignal
}
/** Anything that came back counts as an answer; only silence is a failure. */
export type TransportAnswer =
  | { ok: true; status: number; headers: Record<string, string>; text: string }
  | { ok: false; reason: 'offline' | 'timeout' | 'aborted' }

/** A question whose answer goes on for minutes. */
export interface StreamRequest {
  path: string
  headers: Record<string, string>
  /** How long the line may be silent; asked anew after each piece. */
  silenceMs(): number
  /** Told each piece as it arrives; the next one waits until this one is dealt with. */
  heard(piece: string): Promise<void>
  signal: AbortSignal
}

/** HTTP to the central service. */
export interface Transport {
  /** Address of the service without a trailing slash. */
  readonly baseUrl: string
  request(request: TransportRequest): Promise<TransportAnswer>
  /**
   * Follows server-sent events; resolves when they are over, with `timeout` when the line was silent for too long. An answer that is
   * none comes whole. Throws what `heard` throws. Absent on lines that carry whole answers only.
   */
  follow?(request: StreamRequest): Promise<TransportAnswer>
}

/** What the camera or scanner is pointed at. */
export type CaptureView = Exclude<AttachmentView, 'signed-form'>

/** The camera and document scanner at the counter. Errors: `picture.noStation`. */
export interface CaptureStation {
  take(view: CaptureView): Promise<Result<{ mediaType: string; content: Uint8Array }>>
}

/** Reference data: what the shell read at start, and the verified rules. */
export interface Resources extends CaseRules {
  segments: SegmentTable
}

/** Everything the core needs from outside itself, as a shell gives it. Rules come from the service and lie in the store. */
export interface ShellPorts extends Omit<Ports, 'resources'> {
  resources: Omit<Resources, keyof CaseRules>
}

/** The same inside the core, where the rules are known as well. */
export interface Ports {
  version: string
  profile: 'live' | 'training'
  clock: Clock
  ids: Ids
  /** 0 ≤ x < 1; only for spreading retries. */
  random(): number
  /** SHA-256 as lower-case hexadecimal; a text is taken as UTF-8. */
  sha256(content: string | Uint8Array): string
  log: Log
  settings: Settings
  secrets: Secrets
  transport: Transport
  /** Absent when none is configured. */
  captureStation?: CaptureStation
  openStore(migrations: readonly Migration[]): Promise<StoreOpenResult<Store>>
  resources: Resources
  /** From the shell's configuration: codes tried in turn to enrol the device at its first start. */
  enrolmentCodes?: readonly string[]
  /** How many jobs travel together at first and at most. Absent: what every service takes, and what this one does. */
  jobsTogether?: { first: number; most: number }
}
