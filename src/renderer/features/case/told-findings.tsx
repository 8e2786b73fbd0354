import { Input } from 'antd'
import { useId } from 'react'
import type { ExplainedFinding } from '../../../shared/domain/blocker-findings.ts'
import { useT } from '../../language.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Tag } from '../../ui/tag.tsx'
import { Finding } from './finding-group.tsx'
import { useCase } from './use-case.ts'

/** Findings the customer is told of: one after the other, each with what is noted; Enter notes the current one. */
export function ToldFindings({
  blockers,
  current,
}: {
  blockers: readonly ExplainedFinding[]
  current: string | undefined
}) {
  const t = useT()
  const { view } = useCase()
  if (blockers.length === 0) return null
  return (
    <Panel title={t('case.preCheck.tell')} aside={current ? t('case.preCheck.tellNote') : undefined}>
      <ul className="case-findings">
        {blockers.map((blocker) => {
          const told = view.case.acknowledgements.find((each) => each.code === blocker.code)
          return (
            <li key={blocker.code} className="case-finding">
              <Finding blocker={blocker} tone={told ? 'done' : 'waits'}>
                {told ? (
                  <p>
                    <Tag tone="done">{t('case.preCheck.told')}</Tag> <span className="case-faint">{told.reason}</span>
                  </p>
                ) : null}
                {blocker.code === current ? <Note code={blocker.code} /> : null}
              </Finding>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}

function Note({ code }: { code: string }) {
  const t = useT()
  const id = useId()
  const { place, drafts, draft } = useCase()
  const failure = place.failure?.subject === code ? place.failure.error : undefined
  return (
    <div className="case-note">
      <label htmlFor={id}>{t('case.preCheck.reason')}</label>
      <Input
        id={id}
        data-entry
        maxLength={200}
        value={drafts.reasons[code] ?? t('case.preCheck.reasonDefault')}
        onChange={({ target }) => draft(({ reasons }) => ({ reasons: { ...reasons, [code]: target.value } }))}
      />
      {failure ? (
        <span className="case-problem" role="alert">
          <FailureText failure={failure} />
        </span>
      ) : null}
    </div>
  )
}
