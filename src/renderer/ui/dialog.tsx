import { ConfigProvider } from 'antd'
import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react'
import './dialog.css'
import { useT } from '../language.ts'
import { focusFirstField } from './focus.ts'
import { KeyCap } from './key-cap.tsx'
import { useKeys } from './use-keys.ts'

const stops = 'a[href], button, input, select, textarea, [tabindex]'

/** From the last control Tab goes to the first one and back, instead of out of the page for one key. */
function keepInside(event: KeyboardEvent<HTMLDialogElement>) {
  if (event.key !== 'Tab') return
  const controls = [...event.currentTarget.querySelectorAll<HTMLElement>(stops)].filter(
    (control) => control.tabIndex >= 0 && !control.matches(':disabled') && control.checkVisibility(),
  )
  const [from, to] = event.shiftKey ? [controls[0], controls.at(-1)] : [controls.at(-1), controls[0]]
  if (document.activeElement !== from) return
  event.preventDefault()
  to?.focus()
}

/**
 * A dialog in front of everything, with the focus in its first empty field as soon as it is there. The native element keeps the focus
 * inside; afterwards it returns to where it was. Escape closes it.
 */
export function Dialog({
  title,
  onClose,
  children,
  wide = false,
}: {
  title: string
  onClose(): void
  children: ReactNode
  wide?: boolean
}) {
  const t = useT()
  const heading = useId()
  const element = useRef<HTMLDialogElement>(null)
  const body = useRef<HTMLDivElement>(null)
  useKeys([{ key: 'Escape', label: t('ui.close'), run: onClose }], 'dialog')
  // The page takes the dialog away in the moment it closes, too soon for the browser to give the focus back itself.
  const [before] = useState(() => document.activeElement)
  useLayoutEffect(() => {
    const dialog = element.current!
    dialog.showModal()
    // By itself the browser takes the first button, which closes the dialog: Enter, pressed too soon, would do just that.
    if (!focusFirstField(body.current)) body.current?.querySelector<HTMLElement>('.waiting')?.focus()
    return () => {
      dialog.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [before])
  return (
    <dialog
      ref={element}
      className="dialog"
      data-wide={wide || undefined}
      aria-labelledby={heading}
      onCancel={(event) => event.preventDefault()}
      onKeyDown={keepInside}
    >
      <header className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="dialog-close" onClick={onClose}>
          {t('ui.close')} <KeyCap of="Escape" />
        </button>
      </header>
      <div ref={body} className="dialog-body">
        {/* Lists of controls must open inside: what hangs on the page lies behind a modal dialog. */}
        <ConfigProvider getPopupContainer={() => element.current ?? document.body}>{children}</ConfigProvider>
      </div>
    </dialog>
  )
}
