import './primary-action.css'
import { KeyCap } from './key-cap.tsx'
import type { KeyLayer } from './key-registry.ts'
import { useKeys } from './use-keys.ts'

interface PrimaryActionProps {
  label: string
  onPress(): void
  /** Sentence under the button: why it cannot be pressed, or what pressing it does. */
  note?: string | undefined
  disabled?: boolean
  /** While a network wait runs: the button stays readable and cannot be pressed twice. */
  busy?: boolean
  /** The key that presses it. */
  keyName?: string
  layer?: KeyLayer
}

/** The one next thing of a screen, at the foot of the stub. Registers its key itself. */
export function PrimaryAction({
  label,
  onPress,
  note,
  disabled = false,
  busy = false,
  keyName = 'Enter',
  layer = 'screen',
}: PrimaryActionProps) {
  const resting = disabled || busy
  useKeys([{ key: keyName, label, disabled: resting, run: onPress }], layer)
  return (
    <div>
      <button
        type="button"
        className="primary-action-button"
        aria-disabled={resting}
        aria-busy={busy}
        aria-keyshortcuts={keyName}
        onClick={resting ? undefined : onPress}
      >
        <span>{label}</span>
        {busy ? <span className="primary-action-busy" aria-hidden="true" /> : <KeyCap of={keyName} on="petrol" />}
      </button>
      {note ? <p className="primary-action-note">{note}</p> : null}
    </div>
  )
}
