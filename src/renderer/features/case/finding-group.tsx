import { type ReactNode, useId } from 'react'
import type { ExplainedFinding, FindingEffect } from '../../../shared/domain/blocker-findings.ts'
import { useLanguage, useT } from '../../language.ts'
import { FindingFacts } from '../../ui/finding-facts.tsx'
import { Mark } from '../../ui/mark.tsx'
import { Money } from '../../ui/money.tsx'
import { Panel } from '../../ui/panel.tsx'
import { blockerName } from '../../ui/sentence.ts'
import { Tag } from '../../ui/tag.tsx'
import { FindingTasks } from './finding-tasks.tsx'
import { toneOf } from './findings.ts'
import { useCase } from './use-case.ts'
import { blockerDetails } from './words.ts'

interface GroupProps {
  effect: FindingEffect
  findings: readonly ExplainedFinding[]
  /** The finding being decided now stands open. */
  current: string | undefined
  children?: (finding: ExplainedFinding) => ReactNode
}

/** Findings that do the same to the case under one heading; nothing is shown for an empty group. */
export function FindingGroup({ effect, findings, current, children }: GroupProps) {
  const t = useT()
  if (findings.length === 0) return null
  return (
    <Panel title={t(`finding.group.${effect}`)} aside={t(`finding.group.${effect}Note`)}>
      <ul className="case-findings">
        {findings.map((finding) => (
          <Finding key={finding.key} finding={finding} current={finding.code === current}>
            {children?.(finding)}
          </Finding>
        ))}
      </ul>
    </Panel>
  )
}

function Finding({ finding, current, children }: { finding: ExplainedFinding; current: boolean; children: ReactNode }) {
  const t = useT()
  const language = useLanguage()
  const id = useId()
  const { view, drafts, draft, goTo } = useCase()
  const touched = drafts.unfolded[finding.key]
  const open = touched ?? (current || finding.effect === 'stops')
  const said = view.case.acknowledgements.find((each) => each.code === finding.code)
  const tone = toneOf(finding)
  return (
    <li className="case-finding" data-current={current || undefined}>
      <button
        type="button"
        className="case-finding-head"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => draft(({ unfolded }) => ({ unfolded: { ...unfolded, [finding.key]: !open } }))}
      >
        <Mark tone={tone} />
        <span className="case-finding-name">
          {finding.known ? blockerName(language, finding.code) : t('finding.unknown', { code: finding.code })}
          {blockerDetails(finding.params, t).map(({ label, value }) => (
            <span key={label} className="case-finding-detail">
              {label} {value}
            </span>
          ))}
        </span>
        <span className="case-finding-state">
          {finding.cost.kind === 'known' ? <Money fen={finding.cost.fen} symbol /> : null}
          <Tag tone={tone}>{t(`finding.state.${stateOf(finding)}`)}</Tag>
        </span>
      </button>
      <div id={id} className="case-finding-body" hidden={!open}>
        <FindingFacts finding={finding} line={view.case.preCheck!.account.number} />
        {said && finding.effect !== 'here' ? (
          <p className="case-faint">
            {t(said.level === 'supervisor' ? 'finding.saidSupervisor' : 'finding.said', {
              staff: said.staffId,
              reason: said.reason,
            })}
          </p>
        ) : null}
        <FindingTasks tasks={finding.tasks} />
        {finding.branch === 'disowned' ? (
          <button type="button" className="case-finding-branch" onClick={() => goTo('identity')}>
            {t('finding.branch.disowned')}
          </button>
        ) : null}
        {children}
      </div>
    </li>
  )
}

function stateOf({ effect, cleared, overrideBy, resolution }: ExplainedFinding) {
  switch (effect) {
    case 'stops':
      return 'stops'
    case 'decide':
      return cleared ? 'decided' : overrideBy === 'supervisor' ? 'supervisor' : 'decide'
    case 'tell':
      return cleared ? 'told' : 'tell'
    case 'here':
      return resolution === 'task'
        ? cleared
          ? 'taskDone'
          : 'task'
        : resolution === 'agreements'
          ? 'agreements'
          : 'settlement'
  }
}
