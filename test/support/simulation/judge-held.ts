import type { JobRow } from '../../../src/main/core/outbox/outbox-table.ts'
import type { Failure } from '../../../src/shared/domain/result.ts'
import type { Trouble } from './fault-plan.ts'

/** Refusals that the trade itself brings about in these worlds; anything else a job is held for is a fault of the program. */
const lawful: Record<string, readonly string[]> = {
  // Two counters had the same number before them.
  'order.submit': ['order.alreadyDispatched'],
  'order.urge': ['order.final'],
  'order.withdraw': ['order.final'],
  'order.resupply': ['order.notReturned', 'order.final'],
}

/** A counter whose clock was days off signs with that date; the service is right to refuse it. */
const lawfulFarOff: Record<string, readonly string[]> = {
  'order.submit': ['job.malformed', 'proof.expired', 'settlement.mismatch', 'quote.noPack'],
}

/** Jobs that still need a person although everything works again and each was tried once more. */
export function judgeHeldJobs(jobs: readonly JobRow[], mix: ReadonlySet<Trouble>): string[] {
  return jobs
    .filter((job) => job.state === 'needs_attention')
    .flatMap((job) => {
      const { code } = JSON.parse(job.last_error ?? '{}') as Failure
      if (lawful[job.kind]?.includes(code)) return []
      if (mix.has('clockFarOff') && lawfulFarOff[job.kind]?.includes(code)) return []
      return [`job ${job.sequence} (${job.kind}) is held for ${code}`]
    })
}
