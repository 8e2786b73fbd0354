import { ok, type Result } from '../../../src/shared/domain/result.ts'
import type { JobEnvelope } from '../../../src/shared/protocol/jobs.ts'
import type { ServiceContext } from '../service-context.ts'
import { payloadOf } from './read-job.ts'
import type { SetHandler, SetKind } from './set-handler.ts'
import { setHandlers } from './set-kinds.ts'

/** A payload that is right by itself, and what its check made of it. */
export type CheckedPayload = Result<{ payload: unknown; prepared: unknown }>

/**
 * Checks what a job of a set says by itself, for which nothing else has to be known: while others are being written, not between two of
 * them. Errors: `job.malformed` and those of the kind's handler.
 */
export function checkPayload(context: ServiceContext, envelope: JobEnvelope, kind: SetKind): CheckedPayload {
  const payload = payloadOf(envelope, kind)
  if (!payload.ok) return payload
  // The payload is of the handler's own kind; TypeScript cannot follow that across the table.
  const handler = setHandlers[kind] as SetHandler<SetKind, unknown>
  const prepared = handler.check(context, payload.value)
  return prepared.ok ? ok({ payload: payload.value, prepared: prepared.value }) : prepared
}
