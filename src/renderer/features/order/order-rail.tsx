import type { CaseView } from '../../../shared/contract/views.ts'
import { useT } from '../../language.ts'
import './order-rail.css'
import { orderPhases, phaseReached } from './order-situation.ts'

/** The way the order goes, and how far it is: to be looked at, there is nothing to press. */
export function OrderRail({ view }: { view: CaseView }) {
  const t = useT()
  const { index: reached, ended } = phaseReached(view)
  const finished = view.order?.stage === 'deactivated'
  return (
    <nav className="order-rail" aria-label={t('order.way')}>
      <ol>
        {orderPhases.map((phase, index) => {
          const done = index < reached || (index === reached && (finished || index === 0))
          const state = done ? 'done' : index > reached ? 'open' : ended ? 'blocked' : 'current'
          return (
            <li key={phase} data-state={state} aria-current={state === 'current' ? 'step' : undefined}>
              <span className="order-rail-mark" aria-hidden="true">
                {state === 'done' ? '✓' : state === 'blocked' ? '!' : index + 1}
              </span>
              <span>
                {t(phase === 'submitted' ? 'order.submitted' : `orderStage.${phase}`)}
                <span className="visually-hidden"> {t(`ui.stepState.${state}`)}</span>
              </span>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
