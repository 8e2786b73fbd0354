import { useId } from 'react'
import { KeyCap } from '../../ui/key-cap.tsx'
import { useKeys } from '../../ui/use-keys.ts'

interface ChipsProps<V extends string> {
  label: string
  choices: readonly { value: V; label: string }[]
  value: V | undefined
  onChange(value: V): void
  /** Digits choose at once; only for the one group of the screen that is being decided now. */
  digits?: boolean
  invalid?: boolean
  describedBy?: string | undefined
}

/** A few words of which one is chosen: native radios in a row, so arrows, Tab and screen readers know them. */
export function Chips<V extends string>(props: ChipsProps<V>) {
  const { label, choices, value, onChange, digits = false, invalid = false, describedBy } = props
  const name = useId()
  useKeys(digits ? choices.map((choice, index) => ({ key: String(index + 1), run: () => onChange(choice.value) })) : [])
  return (
    <div
      className="case-chips"
      role="radiogroup"
      aria-label={label}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
    >
      {choices.map((choice, index) => (
        <label key={choice.value} className="case-chip" data-chosen={choice.value === value}>
          <input
            type="radio"
            className="visually-hidden"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          {choice.label}
          {digits ? <KeyCap of={String(index + 1)} /> : null}
        </label>
      ))}
    </div>
  )
}
