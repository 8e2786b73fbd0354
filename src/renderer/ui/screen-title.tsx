import type { ReactNode } from 'react'
import './screen-title.css'
import { useFocusOn } from './focus.ts'

/** The headline says the step, the line under it says in one sentence what to do. Takes the focus when the step changes. */
export function ScreenTitle({
  title,
  lead,
  tag,
  takeFocus = true,
}: {
  title: string
  lead?: ReactNode
  tag?: ReactNode
  takeFocus?: boolean
}) {
  const heading = useFocusOn<HTMLHeadingElement>(takeFocus ? title : undefined)
  return (
    <header className="screen-title">
      <div className="screen-title-line">
        <h1 ref={takeFocus ? heading : undefined} tabIndex={-1}>
          {title}
        </h1>
        {tag}
      </div>
      {lead ? <p>{lead}</p> : null}
    </header>
  )
}
