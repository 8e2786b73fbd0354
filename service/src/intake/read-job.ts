import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import {
  type JobEnvelope,
  type JobKind,
  type JobPayload,
  jobEnvelopeSchema,
  jobKinds,
  jobPayloads,
  jobPayloadVersion,
} from '../../../src/shared/protocol/jobs.ts'
import { sha256Hex } from '../auth/secrets.ts'
import { canonicalJson } from './canonical-json.ts'

/** A job as it arrived, read once. */
export interface ReadJob {
  /** Names as far as they can be made out; an unreadable job answers under an empty id. */
  id: string
  lane: string | undefined
  kind: string
  envelope: Result<JobEnvelope>
  /** SHA-256 of the canonical JSON (RFC 8785): the order of keys does not matter. */
  bodySha256: string
}

function text(raw: unknown, name: string): string | undefined {
  const value = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value : undefined
}

function envelopeOf(raw: unknown): Result<JobEnvelope> {
  const kind = text(raw, 'kind')
  if (kind !== undefined && !(jobKinds as readonly string[]).includes(kind))
    return fail('job.unknownKind', { field: 'kind' })
  const parsed = jobEnvelopeSchema.safeParse(raw)
  if (!parsed.success) return fail('job.malformed', { field: parsed.error.issues[0]?.path.join('.') ?? '' })
  if (parsed.data.version !== jobPayloadVersion)
    return fail('job.malformed', { field: 'version', params: { version: parsed.data.version } })
  return ok(parsed.data)
}

/** Reads what a counter sent as one job; whether it is one is in `envelope`: `job.malformed`, `job.unknownKind`. */
export function readJob(raw: unknown): ReadJob {
  const parsed = envelopeOf(raw)
  const canonical = parsed.ok ? canonicalJson(raw) : undefined
  const envelope = parsed.ok && canonical === undefined ? fail('job.malformed', { field: 'payload' }) : parsed
  return {
    id: text(raw, 'id') ?? '',
    lane: text(raw, 'lane'),
    kind: text(raw, 'kind') ?? '',
    envelope,
    bodySha256: canonical === undefined ? '' : sha256Hex(canonical),
  }
}

/** The payload of a job as its kind demands. Error: `job.malformed` with the field. */
export function payloadOf<K extends JobKind>(envelope: JobEnvelope, kind: K): Result<JobPayload<K>> {
  const parsed = jobPayloads[kind].safeParse(envelope.payload)
  if (!parsed.success)
    return fail('job.malformed', { field: ['payload', ...(parsed.error.issues[0]?.path ?? [])].join('.') })
  return ok(parsed.data as JobPayload<K>)
}
