import { ConfigProvider } from 'antd'
import { type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react'
import './dialog.css'
import { useT } from '../language.ts'
import { KeyCap } from './key-cap.tsx'
import { useKeys } from './use-keys.ts'

/** A dialog in front of everything. The native element keeps the focus inside; afterwards it returns to where it was. Escape closes it. */
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
  useKeys([{ key: 'Escape', label: t('ui.close'), run: onClose }], 'dialog')
  // The page takes the dialog away in the moment it closes, too soon for the browser to give the focus back itself.
  const [before] = useState(() => document.activeElement)
  useLayoutEffect(() => {
    const dialog = element.current!
    dialog.showModal()
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
    >
      <header className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="dialog-close" onClick={onClose}>
          {t('ui.close')} <KeyCap of="Escape" />
        </button>
      </header>
      <div className="dialog-body">
        {/* Lists of controls must open inside: what hangs on the page lies behind a modal dialog. */}
        <ConfigProvider getPopupContainer={() => element.current ?? document.body}>{children}</ConfigProvider>
      </div>
    </dialog>
  )
}
