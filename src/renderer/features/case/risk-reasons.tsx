import type { CaseView } from '../../../shared/contract/views.ts'
import type { RiskFinding } from '../../../shared/domain/risk-assessment.ts'
import type { Language } from '../../../shared/i18n/translate.ts'
import { useLanguage, useT } from '../../language.ts'
import { StubItem, StubList, StubSection } from '../../ui/stub.tsx'

/** Why somebody must look, wait or be sent away, in words for staff; and that the service looks again with its own figures. */
export function RiskReasons({ view }: { view: CaseView }) {
  const t = useT()
  const language = useLanguage()
  const { findings, undecided } = view.progress.risk
  if (findings.length === 0) return null
  return (
    <StubSection title={t('case.risk.title')}>
      <StubList>
        {findings.map((finding) => (
          <StubItem key={finding.ruleId} tone={finding.measure.kind === 'refusal' ? 'stops' : 'waits'}>
            {reasonOf(finding, language)}
            {finding.assumed ? ` ${t('case.risk.assumed')}` : ''}
          </StubItem>
        ))}
      </StubList>
      {undecided.length > 0 ? <p className="case-faint">{t('case.risk.service')}</p> : null}
    </StubSection>
  )
}

function reasonOf({ reason }: RiskFinding, language: Language): string {
  return language === 'en' ? reason.en : reason.zh
}
