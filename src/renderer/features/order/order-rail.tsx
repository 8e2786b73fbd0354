import type { CaseView } from '../../../shared/contract/views.ts'
import { useT } from '../../language.ts'
import './order-rail.css'
import { type OrderPhase, phasesOf } from './order-situation.ts'

const marks: Record<OrderPhase['state'], string | undefined> = {
  done: '✓',
  ended: '–',
  stopped: '!',
  current: undefined,
  open: undefined,
}

/** The way the order goes, and how far it is: to be looked at, there is nothing to press. */
export function OrderRail({ view }: { view: CaseView }) {
  const t = useT()
  return (
    <nav className="order-rail" aria-label={t('order.way')}>
      <ol>
        {phasesOf(view).map(({ phase, state }, index) => (
          <li key={phase} data-state={state} aria-current={state === 'current' ? 'step' : undefined}>
            <span className="order-rail-mark" aria-hidden="true">
              {marks[state] ?? index + 1}
            </span>
            <span>
              {t(phase === 'submitted' ? 'order.submitted' : `orderStage.${phase}`)}
              <span className="visually-hidden"> {t(`order.phaseState.${state}`)}</span>
            </span>
          </li>
        ))}
      </ol>
    </nav>
  )
}
