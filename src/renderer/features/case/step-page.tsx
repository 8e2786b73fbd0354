import { type ReactNode, useLayoutEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import type { CaseView } from '../../../shared/contract/views.ts'
import type { CaseStep } from '../../../shared/domain/case-steps.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { useT } from '../../language.ts'
import { FailureFinding } from '../../ui/failure-finding.tsx'
import { FailureText } from '../../ui/failure-text.tsx'
import { concerns } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { ScreenTitle } from '../../ui/screen-title.tsx'
import { useCase } from './use-case.ts'

/** Where work goes on: a field marked as entry, or the choice inside a marked card. */
const entryPoint = '[data-entry]:not([disabled]), [data-entry-within] [role="radio"][tabindex="0"]'

export interface StepAction {
  label: string
  onPress(): void
  busy?: boolean
  disabled?: boolean
  note?: string | undefined
}

interface StepPageProps {
  step: CaseStep
  lead: ReactNode
  /** Undefined while a form inside the step has its own. */
  action: StepAction | undefined
  /** What is to be done now; when it changes, the focus goes to the field marked `data-entry`. */
  focusKey: string
  /** Fields of this step that show a failure themselves. */
  fields?: readonly string[]
  /** Subjects of failures that are shown beside what they concern. */
  shownElsewhere?: (subject: string | undefined) => boolean
  children: ReactNode
}

/** Whether nothing is wrong but that somebody does not answer now: it waits, it does not stop the customer. */
export function waitsOnly({ code }: Failure): boolean {
  return code.startsWith('connection.') || code === 'home.unavailable'
}

/** Where the line belongs, as far as is known. */
function lineOf({ case: { number, segment } }: CaseView) {
  return number ?? { carrier: segment.prefixCarrier, homeProvince: segment.homeProvince }
}

/** One step: headline, what went wrong, the work itself; its primary action goes to the foot of the stub. */
export function StepPage({ step, lead, action, focusKey, fields = [], shownElsewhere, children }: StepPageProps) {
  const t = useT()
  const { foot, place, view } = useCase()
  const page = useRef<HTMLDivElement>(null)
  const { failure, panel } = place

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is what asks for the focus
  useLayoutEffect(() => {
    if (panel) return
    const entry = page.current?.querySelector<HTMLElement>(entryPoint)
    const target = entry ?? page.current?.querySelector<HTMLElement>('h1')
    target?.focus({ preventScroll: !entry })
  }, [focusKey, panel])

  const atField = failure !== undefined && fields.some((field) => concerns(failure.error, field))
  const inBanner = failure !== undefined && !panel && !atField && !shownElsewhere?.(failure.subject)
  return (
    <div ref={page} className="case-step">
      <ScreenTitle title={t(`step.${step}`)} lead={lead} takeFocus={false} />
      {inBanner ? (
        <Notice tone={waitsOnly(failure.error) ? 'waits' : 'stops'}>
          <FailureText failure={failure.error} />
        </Notice>
      ) : null}
      {failure && !panel ? <FailureFinding failure={failure.error} line={lineOf(view)} /> : null}
      {children}
      {foot && action && !panel
        ? createPortal(
            <PrimaryAction
              label={action.label}
              onPress={action.onPress}
              busy={action.busy ?? false}
              disabled={action.disabled ?? false}
              note={action.note}
            />,
            foot,
          )
        : null}
    </div>
  )
}
