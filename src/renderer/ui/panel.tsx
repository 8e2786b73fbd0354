import type { ReactNode } from 'react'
import './panel.css'

/** A card with a hairline: heading with tag on the left, facts on the right, content under the line. */
export function Panel({
  title,
  tag,
  aside,
  children,
  label,
}: {
  title?: ReactNode
  tag?: ReactNode
  aside?: ReactNode
  children: ReactNode
  label?: string
}) {
  return (
    <section className="panel" aria-label={label}>
      {title ? (
        <header className="panel-head">
          <div className="panel-name">
            <h2 className="panel-title">{title}</h2>
            {tag}
          </div>
          {aside ? <p className="panel-aside">{aside}</p> : null}
        </header>
      ) : null}
      <div className="panel-body">{children}</div>
    </section>
  )
}
