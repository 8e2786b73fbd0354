import { type KeyboardEvent, useId } from 'react'
import { KeyCap } from '../../ui/key-cap.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import './chips.css'

interface ChipsProps<V extends string> {
  label: string
  choices: readonly { value: V; label: string }[]
  value: V | undefined
  onChange(value: V): void
  /** Digits choose at once: anywhere on the screen, for the one group that is being decided now, or only inside the group. */
  digits?: boolean | 'inside'
  invalid?: boolean
  describedBy?: string | undefined
}

/** A few words of which one is chosen: native radios in a row, so arrows, Tab and screen readers know them. */
export function Chips<V extends string>(props: ChipsProps<V>) {
  const { label, choices, value, onChange, digits = false, invalid = false, describedBy } = props
  const name = useId()
  useKeys(
    digits === true
      ? choices.map((choice, index) => ({ key: String(index + 1), run: () => onChange(choice.value) }))
      : [],
  )

  function chooseByDigit(event: KeyboardEvent) {
    if (digits !== 'inside' || event.ctrlKey || event.altKey || event.metaKey) return
    const choice = choices[Number(event.key) - 1]
    if (!choice) return
    // The digit is answered here and means nothing else on this screen.
    event.preventDefault()
    onChange(choice.value)
  }

  return (
    <div
      className="case-chips"
      role="radiogroup"
      aria-label={label}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      onKeyDown={chooseByDigit}
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
