import type { ReactNode } from 'react'
import './notice.css'
import { Mark } from './mark.tsx'
import type { Tone } from './tone.ts'

/** A sentence that has to be noticed. What stops the customer is announced at once, the rest when there is time. */
export function Notice({
  tone,
  title,
  children,
  action,
}: {
  tone: Tone
  title?: ReactNode
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className="notice" data-tone={tone} role={tone === 'stops' ? 'alert' : 'status'}>
      <Mark tone={tone} />
      <div className="notice-text">
        {title ? <p className="notice-title">{title}</p> : null}
        {children}
      </div>
      {action}
    </div>
  )
}
