import type { CaseView } from '../../../shared/contract/views.ts'
import { explainAlone } from '../../../shared/domain/blocker-findings.ts'
import { shanghaiDate } from '../../../shared/domain/calendar.ts'
import { lineOf } from '../../../shared/domain/line-of.ts'
import { useLanguage } from '../../language.ts'
import { FindingFacts } from '../../ui/finding-facts.tsx'
import { blockerName } from '../../ui/sentence.ts'

/**
 * Why the home province refused or sent back an order, explained as a finding of the pre-check would be; a blocker it names
 * inside its reason is explained, too, because that is what the customer has to remove.
 */
export function ReasonFacts({
  view: { case: case_, order },
  reason: { code, params },
}: {
  view: CaseView
  reason: { code: string; params: Record<string, string | number> }
}) {
  const language = useLanguage()
  const line = lineOf(case_)
  const on = shanghaiDate(order?.updatedAt ?? case_.updatedAt)
  const cause = typeof params.blocker === 'string' ? params.blocker : undefined
  return (
    <>
      {cause ? <p>{blockerName(language, cause)}</p> : null}
      <FindingFacts finding={explainAlone({ code: cause ?? code, params }, on)} line={line} />
    </>
  )
}
