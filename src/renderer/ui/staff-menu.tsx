import { useLayoutEffect, useRef, useState } from 'react'
import './staff-menu.css'
import { useApp } from '../app-store.ts'
import { useLanguage, useT } from '../language.ts'
import { useKeys } from './use-keys.ts'

/** Who is signed in; behind the name the language and the way out. */
export function StaffMenu() {
  const t = useT()
  const language = useLanguage()
  const staff = useApp((state) => state.view?.staff)
  const [open, setOpen] = useState(false)
  const menu = useRef<HTMLDivElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const close = () => {
    setOpen(false)
    opener.current?.focus()
  }
  useKeys(open ? [{ key: 'Escape', label: t('ui.close'), run: close }] : [], 'panel')
  useLayoutEffect(() => {
    if (!open) return
    menu.current?.querySelector('button')?.focus()
    const outside = (event: Event) => {
      if (event.target instanceof Node && !menu.current?.parentElement?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [open])
  if (!staff) return null
  const other = language === 'en' ? 'zh-CN' : 'en'
  return (
    <div className="staff-menu">
      <button
        ref={opener}
        type="button"
        className="staff-menu-opener"
        aria-expanded={open}
        aria-controls="staff-menu"
        onClick={() => setOpen(!open)}
      >
        {staff.name}
      </button>
      {open ? (
        <div ref={menu} id="staff-menu" className="staff-menu-list">
          <p>
            {t(`role.${staff.role}`)} · {staff.staffId}
          </p>
          <button type="button" lang={other} onClick={() => void useApp.getState().setLanguage(other).then(close)}>
            {t('shell.otherLanguage')}
          </button>
          <button type="button" onClick={() => void useApp.getState().signOut()}>
            {t('shell.signOut')}
          </button>
        </div>
      ) : null}
    </div>
  )
}
