import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { turningDays } from '../../../src/shared/domain/rules/check/check-inheritance.ts'
import { checkPacks } from '../../../src/shared/domain/rules/check/check-packs.ts'
import type { Finding, FindingCode } from '../../../src/shared/domain/rules/check/finding.ts'
import type { PackText } from '../../../src/shared/domain/rules/check/read-packs.ts'
import { packInForce } from '../../../src/shared/domain/rules/resolve-rules.ts'
import type { RulePack } from '../../../src/shared/domain/rules/rule-pack.ts'
import { errorsOf } from './pack-folder.ts'

/** What is found of one rule and cannot hide anything about another: an earlier pack may have it, and others still be published. */
const ofOneRule: ReadonlySet<FindingCode> = new Set([
  'expression',
  'caseMissing',
  'caseFails',
  'neverUsed',
  'neverCharged',
  'sameRank',
  'rises',
  'risesTogether',
  'breaks',
  'assumedContradiction',
])

/**
 * Those earlier packs that are in force on some day from `from` on beside the new ones, as texts that begin there: what was said of the
 * days before is over, and may even be written for an earlier form of the language.
 */
function stillInForce(earlier: readonly RulePack[], fresh: readonly RulePack[], from: ShanghaiDate): PackText[] {
  const all = [...earlier, ...fresh]
  const days = [from, ...turningDays(all).filter((day) => day > from)]
  return earlier
    .filter((pack) => days.some((day) => packInForce(all, pack.id, day) === pack))
    .map((pack) => ({
      name: `published ${pack.id}@${pack.version.replaceAll('.', '_')}.json`,
      text: JSON.stringify({ ...pack, validFrom: pack.validFrom < from ? from : pack.validFrom }, null, 2),
    }))
}

/**
 * Checks packs about to be published together with those that were published before and are still in force from the first new day
 * on. Answers the errors that forbid it: any in the new files, and any the new ones bring about elsewhere. Takes about a second for a
 * whole set of 129 packs.
 */
export function publicationErrors(
  files: readonly PackText[],
  fresh: readonly RulePack[],
  earlier: readonly RulePack[],
): Finding[] {
  const from = fresh.map(({ validFrom }) => validFrom).sort()[0]!
  const beside = stillInForce(earlier, fresh, from)
  const errors = errorsOf(checkPacks([...beside, ...files]).findings)
  const names = new Set(files.map(({ name }) => name))
  const elsewhere = errors.filter(({ file, code }) => !names.has(file) && ofOneRule.has(code))
  if (elsewhere.length === 0) return errors
  const keyOf = ({ code, file, params }: Finding) => JSON.stringify([code, file, params])
  const before = new Set(errorsOf(checkPacks(beside).findings).map(keyOf))
  return errors.filter((finding) => !elsewhere.includes(finding) || !before.has(keyOf(finding)))
}
