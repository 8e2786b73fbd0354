import { type Instant, shanghaiDate } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { rulesOfCase } from '../../../shared/domain/case-rules.ts'
import { checkDocument, type IdentityDocument } from '../../../shared/domain/identity-document.ts'
import { checkManualEntry, checkSecond, checkType, expectationsOf, ruleFor } from '../../../shared/domain/papers.ts'
import { fail, type Result } from '../../../shared/domain/result.ts'
import type { Staff } from '../../../shared/protocol/device.ts'
import type { Context } from '../context.ts'

/**
 * Checks one person's document by the rules of the case's place and asker. Errors: `document.*`, `asker.documentMissing`,
 * `asker.samePerson`.
 */
export function checkPerson(
  { ports }: Pick<Context, 'ports'>,
  case_: Case,
  who: 'holder' | 'second',
  document: IdentityDocument,
  staff: Pick<Staff, 'role'>,
  now: Instant,
): Result<IdentityDocument> {
  const rules = rulesOfCase(case_, ports.resources, now)
  const asker = case_.asker?.kind ?? 'holder'
  // Rules that have not arrived yet do not keep a clerk from typing; the service checks everything anew.
  if (!rules.ok)
    return checkDocument(document, shanghaiDate(now), {
      age: asker === 'holder' ? 'adult' : 'any',
      mayBeOver: false,
    })
  const rule = ruleFor(rules.value, asker)
  if (who === 'second' && !rule.second) return fail('asker.paperNotNeeded')
  const fits = checkType(rules.value, asker, who, document.identificationType)
  if (!fits.ok) return fits
  const checked = checkDocument(document, shanghaiDate(now), expectationsOf(rule)[who])
  if (!checked.ok) return checked
  const isStated = who === 'holder' && rule.holder.document === 'stated'
  const entry = isStated ? undefined : checkManualEntry(rules.value, document, staff.role)
  if (entry && !entry.ok) return entry
  const [holder, second] = who === 'holder' ? [checked.value, case_.asker?.document] : [case_.document, checked.value]
  if (!holder || !second) return checked
  const two = checkSecond(asker, holder, second)
  return two.ok ? checked : two
}
