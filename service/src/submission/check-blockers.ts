import type { Blocker } from '../../../src/shared/domain/blocker.ts'
import { needsAcknowledgement, stopsTheCase } from '../../../src/shared/domain/case-progress.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'

/** No blocker may stand that stops a case, and every other must have been told to the customer. Error: `case.blocked`. */
export function checkBlockers(
  blockers: readonly Blocker[],
  acknowledged: readonly { code: string }[],
): Result<undefined> {
  for (const blocker of blockers)
    if (
      stopsTheCase(blocker) ||
      (needsAcknowledgement(blocker) && !acknowledged.some((entry) => entry.code === blocker.code))
    )
      return fail('case.blocked', { field: 'acknowledgedBlockers', params: { blocker: blocker.code } })
  return ok(undefined)
}
