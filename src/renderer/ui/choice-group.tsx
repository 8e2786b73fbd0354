import { type KeyboardEvent, type ReactNode, useRef } from 'react'
import './choice-group.css'
import { KeyCap } from './key-cap.tsx'
import { useKeys } from './use-keys.ts'

export interface Choice<V extends string> {
  value: V
  title: ReactNode
  /** What it costs, or the word that stands where a price would be. */
  price?: ReactNode
  note?: ReactNode
  disabled?: boolean
  /** For the help of the screen; without it the digit works but is not listed. */
  keyLabel?: string | undefined
}

interface ChoiceGroupProps<V extends string> {
  label: string
  choices: readonly Choice<V>[]
  value: V | undefined
  onChange(value: V): void
  /** False where another group of the same screen has the digits. */
  digits?: boolean
  /** False where ↑ and ↓ belong to the screen, which then goes from group to group with them. */
  vertical?: boolean
}

/** A few cards of which one is chosen, each with its price and its digit. Arrow keys move, digits choose at once. */
export function ChoiceGroup<V extends string>({
  label,
  choices,
  value,
  onChange,
  digits = true,
  vertical = true,
}: ChoiceGroupProps<V>) {
  const group = useRef<HTMLDivElement>(null)
  useKeys(
    digits
      ? choices.map((choice, index) => ({
          key: String(index + 1),
          label: choice.keyLabel,
          disabled: choice.disabled,
          run: () => onChange(choice.value),
        }))
      : [],
  )

  function move(event: KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step || (!vertical && (event.key === 'ArrowDown' || event.key === 'ArrowUp'))) return
    event.preventDefault()
    const open = choices.filter((choice) => !choice.disabled)
    const at = open.findIndex((choice) => choice.value === value)
    const next = open[(Math.max(at, step > 0 ? -1 : 0) + step + open.length) % open.length]
    if (!next) return
    onChange(next.value)
    group.current?.querySelectorAll<HTMLElement>('[role="radio"]')[choices.indexOf(next)]?.focus()
  }

  const entry = choices.find((choice) => choice.value === value && !choice.disabled) ?? choices.find((c) => !c.disabled)
  return (
    <div ref={group} className="choice-group" role="radiogroup" aria-label={label} onKeyDown={move}>
      {choices.map((choice, index) => (
        <ChoiceCard
          key={choice.value}
          choice={choice}
          chosen={choice.value === value}
          tabbable={choice === entry}
          digit={digits ? String(index + 1) : undefined}
          onChoose={() => onChange(choice.value)}
        />
      ))}
    </div>
  )
}

interface ChoiceCardProps<V extends string> {
  choice: Choice<V>
  chosen: boolean
  tabbable: boolean
  digit: string | undefined
  onChoose(): void
}

/** One card of a group. */
export function ChoiceCard<V extends string>({ choice, chosen, tabbable, digit, onChoose }: ChoiceCardProps<V>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a card holds a heading, a price and a note, which a native radio cannot
    <button
      type="button"
      role="radio"
      className="choice-card"
      aria-checked={chosen}
      aria-keyshortcuts={digit}
      disabled={choice.disabled}
      tabIndex={tabbable ? 0 : -1}
      onClick={onChoose}
    >
      <span className="choice-card-head">
        <span className="choice-card-title">{choice.title}</span>
        {digit ? <KeyCap of={digit} /> : null}
      </span>
      {choice.price !== undefined ? <span className="choice-card-price">{choice.price}</span> : null}
      {choice.note ? <span className="choice-card-note">{choice.note}</span> : null}
    </button>
  )
}
