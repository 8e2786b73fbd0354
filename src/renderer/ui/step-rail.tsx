import './step-rail.css'
import { useT } from '../language.ts'
import { KeyCap } from './key-cap.tsx'

export interface RailStep {
  id: string
  label: string
  /** Function key that goes there. */
  keyName: string
  state: 'done' | 'current' | 'open' | 'blocked'
}

interface StepRailProps {
  label: string
  steps: readonly RailStep[]
  selected: string
  onSelect(id: string): void
}

/** The steps on the left with their function keys and their state. The keys are registered by the screen that owns the steps. */
export function StepRail({ label, steps, selected, onSelect }: StepRailProps) {
  const t = useT()
  return (
    <nav className="step-rail" aria-label={label}>
      <ol>
        {steps.map((step, index) => (
          <li key={step.id}>
            <button
              type="button"
              className="step-rail-step"
              data-state={step.state}
              aria-current={step.id === selected ? 'step' : undefined}
              aria-keyshortcuts={step.keyName}
              onClick={() => onSelect(step.id)}
            >
              <span className="step-rail-mark" aria-hidden="true">
                {step.state === 'done' ? '✓' : step.state === 'blocked' ? '!' : index + 1}
              </span>
              <span>{step.label}</span>
              <span className="visually-hidden">{t(`ui.stepState.${step.state}`)}</span>
              <KeyCap of={step.keyName} />
            </button>
          </li>
        ))}
      </ol>
    </nav>
  )
}
