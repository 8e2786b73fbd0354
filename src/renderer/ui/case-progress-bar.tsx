import type { CaseStatus } from '../../shared/contract/views.ts'
import { caseSteps } from '../../shared/domain/case-steps.ts'
import { useT } from '../language.ts'
import './case-progress-bar.css'
import { toneOfStatus } from './case-status-tag.tsx'

/** The steps at the counter, and one more for the home province. */
const segments = caseSteps.length + 1

/** How far a case has come: one dash per step; the dash being worked on wears the colour of the status. */
export function CaseProgressBar({ stepsDone, status }: { stepsDone: number; status: CaseStatus }) {
  const t = useT()
  const done = status === 'completed' ? segments : stepsDone
  const over = status === 'abandoned' || status === 'withdrawn'
  return (
    <span className="case-progress-bar" role="img" aria-label={t('desk.progress', { done, total: segments })}>
      {Array.from({ length: segments }, (_, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: the dashes have nothing but their place
          key={index}
          data-tone={index < done ? 'done' : index === done && !over ? toneOfStatus(status) : undefined}
        />
      ))}
    </span>
  )
}
