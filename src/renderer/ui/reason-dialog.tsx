import { Input } from 'antd'
import { type ReactNode, useRef, useState } from 'react'
import type { Failure, Result } from '../../shared/domain/result.ts'
import { Dialog } from './dialog.tsx'
import { FailureText } from './failure-text.tsx'
import { concerns, Field } from './field.tsx'
import { focusFirstField } from './focus.ts'
import { Notice } from './notice.tsx'
import { PrimaryAction } from './primary-action.tsx'
import './reason-dialog.css'

interface ReasonDialogProps {
  title: string
  lead: ReactNode
  reasonLabel: string
  /** Reasons that are often given: one press fills the field. */
  suggestions: readonly string[]
  confirmLabel: string
  onConfirm(reason: string): Promise<Result<unknown>>
  onClose(): void
  /** Another field above the reason; `field` is the one its failure names. */
  more?: { field: string; content(failure: Failure | undefined): ReactNode }
}

/** Asks for a reason before something that cannot be taken back at this counter. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, lead, reasonLabel, suggestions, confirmLabel, onConfirm, onClose, more } = props
  const [reason, setReason] = useState('')
  const [failure, setFailure] = useState<Failure>()
  const [busy, setBusy] = useState(false)
  const body = useRef<HTMLDivElement>(null)

  async function confirm() {
    setBusy(true)
    setFailure(undefined)
    const result = await onConfirm(reason)
    setBusy(false)
    if (result.ok) onClose()
    else setFailure(result.error)
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <div ref={body} className="reason-dialog">
        <p>{lead}</p>
        {more?.content(failure)}
        <Field label={reasonLabel} name="reason" failure={failure}>
          {(control) => (
            <Input {...control} maxLength={200} value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
        <ul className="reason-dialog-suggestions">
          {suggestions.map((suggestion) => (
            <li key={suggestion}>
              <button
                type="button"
                onClick={() => {
                  setReason(suggestion)
                  focusFirstField(body.current)
                }}
              >
                {suggestion}
              </button>
            </li>
          ))}
        </ul>
        {failure && !concerns(failure, 'reason') && !(more && concerns(failure, more.field)) ? (
          <Notice tone="stops">
            <FailureText failure={failure} />
          </Notice>
        ) : null}
        <PrimaryAction
          layer="dialog"
          label={confirmLabel}
          busy={busy}
          disabled={reason.trim().length < 2}
          onPress={() => void confirm()}
        />
      </div>
    </Dialog>
  )
}
