import type { JobEnvelope } from '../../../src/shared/protocol/jobs.ts'
import type { CheckedPayload } from './check-payload.ts'
import type { ReadJob } from './read-job.ts'
import type { SetKind } from './set-handler.ts'
import { isSetKind } from './set-kinds.ts'

/** A job with its place in the batch. */
export interface Placed {
  place: number
  job: ReadJob
}

export interface SetJob extends Placed {
  envelope: JobEnvelope
  kind: SetKind
  checked: CheckedPayload
}

/** What is taken in together: a set under one commit, or a single job. */
export type BatchStep = { kind: 'set'; jobs: SetJob[] } | { kind: 'single'; job: Placed }

/** A paper whose content was uploaded before has to be fetched from the database, by itself. */
function namesUpload({ kind, payload }: JobEnvelope): boolean {
  return kind === 'attachment.store' && (payload as { contentBase64?: unknown } | null)?.contentBase64 === undefined
}

/**
 * Orders a batch into steps. Lanes are independent, so papers and payments of many cases are drawn together into large sets; within
 * a lane the order stays as it was sent. `check` judges what sets bring by itself.
 */
export function planBatch(
  jobs: readonly ReadJob[],
  check: (envelope: JobEnvelope, kind: SetKind) => CheckedPayload,
): BatchStep[] {
  const steps: BatchStep[] = []
  let rest: Placed[] = jobs.map((job, place) => ({ job, place }))
  while (rest.length > 0) {
    const later: Placed[] = []
    const set: SetJob[] = []
    const singles: Placed[] = []
    // Lanes whose next job must wait for a single one of this round.
    const passed = new Set<string>()
    for (const placed of rest) {
      const { envelope, lane } = placed.job
      if (lane !== undefined && passed.has(lane)) later.push(placed)
      else if (envelope.ok && isSetKind(envelope.value.kind) && !namesUpload(envelope.value)) {
        const { value } = envelope
        const { kind } = envelope.value
        set.push({ ...placed, envelope: value, kind, checked: check(value, kind) })
      } else {
        singles.push(placed)
        if (lane !== undefined) passed.add(lane)
      }
    }
    if (set.length > 0) steps.push({ kind: 'set', jobs: set })
    steps.push(...singles.map((job) => ({ kind: 'single', job }) as const))
    rest = later
  }
  return steps
}
