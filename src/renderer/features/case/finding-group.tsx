import type { ReactNode } from 'react'
import { blockerEntry } from '../../../shared/domain/blocker-catalogue.ts'
import type { ExplainedFinding } from '../../../shared/domain/blocker-findings.ts'
import { useLanguage, useT } from '../../language.ts'
import { Mark } from '../../ui/mark.tsx'
import { Money } from '../../ui/money.tsx'
import { Panel } from '../../ui/panel.tsx'
import { blockerName } from '../../ui/sentence.ts'
import type { Tone } from '../../ui/tone.ts'
import { useCase } from './use-case.ts'
import { blockerDetails, blockerPlace, blockerRemedy } from './words.ts'

/** Findings of one group under their heading; nothing is shown for an empty group. */
export function FindingGroup({
  kind,
  tone,
  blockers,
}: {
  kind: 'stops' | 'here'
  tone: Tone
  blockers: readonly ExplainedFinding[]
}) {
  const t = useT()
  if (blockers.length === 0) return null
  return (
    <Panel title={t(`case.preCheck.${kind}`)} aside={t(`case.preCheck.${kind}Note`)}>
      <ul className="case-findings">
        {blockers.map((blocker) => (
          <li key={`${blocker.code}:${Object.values(blocker.params).join(':')}`} className="case-finding">
            <Finding blocker={blocker} tone={tone} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** One finding: what it is, how it is removed, who does that and where, and what it costs where that is known. */
export function Finding({ blocker, tone, children }: { blocker: ExplainedFinding; tone: Tone; children?: ReactNode }) {
  const t = useT()
  const language = useLanguage()
  const { view } = useCase()
  const account = view.case.preCheck!.account
  const owner = blockerEntry(blocker.code)?.owner
  const cost = blocker.cost.kind === 'known' ? blocker.cost.fen : undefined
  const separator = language === 'en' ? ': ' : '：'
  return (
    <>
      <Mark tone={tone} />
      <div className="case-finding-text">
        <p className="case-finding-name">
          {blockerName(language, blocker.code)}
          {blockerDetails(blocker.params, t).map(({ label, value }) => (
            <span key={label} className="case-finding-detail">
              {label}
              {separator}
              {value}
            </span>
          ))}
        </p>
        <p>{blockerRemedy(blocker.code, language)}</p>
        {children}
      </div>
      <dl className="case-finding-facts">
        {owner ? (
          <div>
            <dt>{t('case.preCheck.owner')}</dt>
            <dd>{t(`owner.${owner}`)}</dd>
          </div>
        ) : null}
        <div>
          <dt>{t('case.preCheck.place')}</dt>
          <dd>{blockerPlace(blocker, account, t)}</dd>
        </div>
        {cost !== undefined ? (
          <div>
            <dt>{t('case.preCheck.cost')}</dt>
            <dd>
              <Money fen={cost} symbol />
            </dd>
          </div>
        ) : null}
      </dl>
    </>
  )
}
