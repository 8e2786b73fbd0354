import type { CaseView } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import type { RiskFinding } from '../../../shared/domain/risk-assessment.ts'
import type { Language } from '../../../shared/i18n/translate.ts'
import { useLanguage, useT } from '../../language.ts'
import { StubItem, StubList, StubSection } from '../../ui/stub.tsx'

/** Why somebody must look, wait or be sent away, in words for staff; and that the service looks again with its own figures. */
export function RiskReasons({ view }: { view: CaseView }) {
  const t = useT()
  const { findings, undecided } = view.progress.risk
  if (findings.length === 0) return null
  return (
    <StubSection title={t('case.risk.title')}>
      <StubList>
        {findings.map((finding) => (
          <Reason key={finding.ruleId} view={view} finding={finding} />
        ))}
      </StubList>
      {undecided.length > 0 ? <p className="case-faint">{t('case.risk.service')}</p> : null}
    </StubSection>
  )
}

/** One reason; once everything it asks a second person for has been signed, by whom and when. */
function Reason({ view, finding }: { view: CaseView; finding: RiskFinding }) {
  const t = useT()
  const language = useLanguage()
  const { measure } = finding
  const needed =
    measure.kind === 'secondPerson'
      ? view.progress.approvalsNeeded.filter(({ subject }) => subject === measure.subject)
      : []
  const granted = needed.length > 0 && needed.every((one) => one.granted)
  const approval = granted
    ? view.case.approvals.findLast(({ subject }) => measure.kind === 'secondPerson' && subject === measure.subject)
    : undefined
  return (
    <StubItem tone={measure.kind === 'refusal' ? 'stops' : granted ? 'done' : 'waits'}>
      {reasonOf(finding, language)}
      {finding.assumed ? t('case.risk.assumed') : ''}
      {approval
        ? ` · ${t('case.risk.approved', {
            name: approval.approverName,
            time: formatInstant(approval.approvedAt).slice(11),
          })}`
        : ''}
    </StubItem>
  )
}

function reasonOf({ reason }: RiskFinding, language: Language): string {
  return language === 'en' ? reason.en : reason.zh
}
