import { explainAlone } from '../../shared/domain/blocker-findings.ts'
import { blockerOfFailure } from '../../shared/domain/blocker-of-failure.ts'
import { shanghaiDate } from '../../shared/domain/calendar.ts'
import type { Carrier, Province } from '../../shared/domain/geography.ts'
import type { Failure } from '../../shared/domain/result.ts'
import { coreNow } from '../clock.ts'
import { useLanguage } from '../language.ts'
import { FindingFacts } from './finding-facts.tsx'
import { Notice } from './notice.tsx'
import { blockerName } from './sentence.ts'

/** What a failure means as a finding of the home province: the same explanation as in the pre-check. Nothing for a slip of the hand. */
export function FailureFinding({
  failure,
  line,
}: {
  failure: Failure
  line: { carrier: Carrier; homeProvince: Province }
}) {
  const language = useLanguage()
  const blocker = blockerOfFailure(failure)
  if (!blocker) return null
  return (
    <Notice tone="plain" title={blockerName(language, blocker.code)}>
      <FindingFacts finding={explainAlone(blocker, shanghaiDate(coreNow()))} line={line} />
    </Notice>
  )
}
