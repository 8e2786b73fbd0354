import { type ReactNode, useEffect, useId, useRef } from 'react'
import type { Failure } from '../../shared/domain/result.ts'
import './field.css'
import { FailureText } from './failure-text.tsx'
import { focusNextEmptyField } from './focus.ts'

/** What `Field` gives its input: spread it on an Ant Design or native control. */
export interface FieldControl {
  id: string
  name: string
  'aria-invalid': boolean
  'aria-describedby': string | undefined
  status: '' | 'error'
}

interface FieldProps {
  label: ReactNode
  /** Path of the input as the command names it; a failure with this field is shown here. */
  name: string
  hint?: ReactNode
  /** The failure of the last answer; shown under this field when it concerns it. */
  failure?: Failure | undefined
  /** A remark of the screen itself, made while the clerk types: shown the same way, but it never takes the focus. */
  problem?: ReactNode
  children(control: FieldControl): ReactNode
}

/** Whether a failure concerns a field: the same path, or a path inside it. */
export function concerns(failure: Failure | undefined, name: string): boolean {
  return failure?.field === name || failure?.field?.startsWith(`${name}.`) === true
}

/** Label, input, hint, and the translated error under it; takes the focus when an error arrives. */
export function Field({ label, name, hint, failure, problem, children }: FieldProps) {
  const id = useId()
  const wrapper = useRef<HTMLDivElement>(null)
  const wrong = concerns(failure, name)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a second refusal of the same field must take the focus again
  useEffect(() => {
    if (!wrong) return
    const control = wrapper.current?.querySelector<HTMLElement>('input, textarea, select, [tabindex="0"]')
    control?.focus()
    // What was refused is replaced by what is typed next, not appended to.
    if (control instanceof HTMLInputElement) control.select()
  }, [wrong, failure])
  const refused = wrong || Boolean(problem)
  return (
    <div ref={wrapper} className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        name,
        'aria-invalid': refused,
        'aria-describedby': refused ? `${id}-error` : hint ? `${id}-hint` : undefined,
        status: refused ? 'error' : '',
      })}
      {refused ? (
        <p id={`${id}-error`} className="field-error" role="alert">
          {wrong && failure ? <FailureText failure={failure} /> : problem}
        </p>
      ) : hint ? (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      ) : null}
    </div>
  )
}

/** Fields in which Enter goes to the next empty one; when all are filled, Enter presses the primary action. */
export function FieldGroup({ children, columns = 1 }: { children: ReactNode; columns?: 1 | 2 | 3 }) {
  const group = useRef<HTMLDivElement>(null)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only hears Enter that bubbles from the inputs inside
    <div
      ref={group}
      className="field-group"
      data-columns={columns}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.defaultPrevented || event.nativeEvent.isComposing) return
        const target = event.target
        if (!(target instanceof HTMLInputElement) || target.getAttribute('aria-expanded') === 'true') return
        if (focusNextEmptyField(target, group.current!)) event.preventDefault()
      }}
    >
      {children}
    </div>
  )
}
