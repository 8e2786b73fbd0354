import { buildAcceptance } from '../../../shared/documents/acceptance.ts'
import type { Instant } from '../../../shared/domain/calendar.ts'
import { shanghaiDate } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { type CaseProgress, progressOf } from '../../../shared/domain/case-progress.ts'
import { rulesOfCase } from '../../../shared/domain/case-rules.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { EffectiveRules } from '../../../shared/domain/rules/resolve-rules.ts'
import type { Context } from '../context.ts'
import { refuseMissing } from './missing-sentence.ts'

/** What may still be open while the holder reads and signs: the rest would change what is read. */
const mayBeMissing = new Set(['signature', 'payment', 'documentFront', 'documentBack'])

/**
 * The acceptance of a case as it stands today, with its hash. Errors: `case.preCheckMissing`, `case.blocked`,
 * `approval.missing`, `case.incomplete`, `quote.noPack`, `rules.broken`.
 */
export function acceptanceOf(
  context: Context,
  signed: Case,
  now: Instant,
): Result<{ html: string; documentSha256: string; progress: CaseProgress; rules: EffectiveRules }> {
  // Whoever signs again signs today's figures.
  const { signature: _, ...case_ } = signed
  const { ports } = context
  const { language } = ports.settings.read()
  const progress = progressOf(case_, ports.resources, now)
  const device = context.device()
  if (!device) return fail('device.notEnrolled')
  if (!case_.preCheck) return fail('case.preCheckMissing')
  const date = shanghaiDate(now)
  const rules = rulesOfCase(case_, ports.resources, now)
  if (!rules.ok) return rules
  if (!progress.settlement) return fail('case.preCheckMissing')
  const missing = progress.missing.filter((item) => !mayBeMissing.has(item.code))
  if (missing.length > 0) return refuseMissing(missing, language)
  const html = buildAcceptance({ case: case_, progress, device, rules: rules.value, date, language })
  return ok({ html, documentSha256: ports.sha256(html), progress, rules: rules.value })
}
