import { useState } from 'react'
import { useLanguage, useT } from '../../language.ts'
import { StubItem, StubList, StubSection } from '../../ui/stub.tsx'
import { gatherMissing } from './missing.ts'
import { useCase } from './use-case.ts'
import { missingSentence } from './words.ts'

/** Lines shown before the rest is folded, so that the amounts below stay in sight on a small screen. */
const mostLines = { withFindings: 4, withAmounts: 7, withoutAmounts: 12 }

/** What is still missing, what stops first; each line leads to its step. */
export function MissingList() {
  const t = useT()
  const language = useLanguage()
  const { view, place, goTo } = useCase()
  const [unfolded, setUnfolded] = useState(false)
  const lines = gatherMissing(view.progress.missing)
  const crowded = place.step === 'preCheck' && view.progress.findings.length > 0
  const room = crowded
    ? mostLines.withFindings
    : view.progress.settlement
      ? mostLines.withAmounts
      : mostLines.withoutAmounts
  const shown = unfolded || lines.length <= room ? lines : lines.slice(0, room - 1)
  return (
    <StubSection title={t('case.stub.missing')}>
      <StubList>
        {lines.length === 0 ? <StubItem tone="done">{t('case.stub.missingNone')}</StubItem> : null}
        {shown.map(({ items: [first], many }) => (
          <StubItem
            key={`${first.code}:${Object.values(first.params).join(':')}`}
            tone={first.severity}
            onPress={() => goTo(first.step)}
          >
            <span className="visually-hidden">{t(`case.stub.${first.severity}`)}: </span>
            {many ? t(`case.stub.many.${many.code}`, { count: many.count }) : missingSentence(first, language)}
          </StubItem>
        ))}
        {shown.length < lines.length ? (
          <StubItem tone="plain" onPress={() => setUnfolded(true)}>
            {t('case.stub.missingMore', { count: lines.length - shown.length })}
          </StubItem>
        ) : null}
      </StubList>
    </StubSection>
  )
}
