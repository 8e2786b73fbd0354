import type { ReactNode } from 'react'
import './stub.css'
import { Mark } from './mark.tsx'
import type { Tone } from './tone.ts'

interface StubProps {
  /** Small line above: what stub this is. */
  eyebrow: ReactNode
  /** The large line: the number, or the day's count. */
  title: ReactNode
  /** Name for assistive technology. */
  label: string
  children: ReactNode
  /** The one total, above the foot: in sight however long the stub is. */
  total?: ReactNode
  /** Usually one `PrimaryAction`. */
  foot?: ReactNode
}

/** The counterfoil on the right: what matters after the customer has gone, filling in as the case proceeds. */
export function Stub({ eyebrow, title, label, children, total, foot }: StubProps) {
  return (
    <aside className="stub" aria-label={label}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="stub-body" tabIndex={0}>
        <p className="stub-eyebrow">{eyebrow}</p>
        <p className="stub-title">{title}</p>
        {children}
      </div>
      {total ? <div className="stub-total">{total}</div> : null}
      {foot ? <div className="stub-foot">{foot}</div> : null}
    </aside>
  )
}

/** A part of the stub under a hairline with its small heading. */
export function StubSection({ title, children }: { title?: ReactNode; children: ReactNode }) {
  return (
    <section className="stub-section">
      {title ? <h2 className="stub-section-title">{title}</h2> : null}
      {children}
    </section>
  )
}

/** Label left, value right. `total` draws the heavy line above and prints large, as at the foot of a bill. */
export function StubRow({
  label,
  value,
  tone,
  total = false,
}: {
  label: ReactNode
  value: ReactNode
  tone?: Tone | undefined
  total?: boolean
}) {
  return (
    <div className="stub-row" data-total={total || undefined} data-tone={tone}>
      <span className="stub-row-label">{label}</span>
      <span className="stub-row-value">{value}</span>
    </div>
  )
}

/** One thing that is missing or needs a person: shape and sentence; with `onPress` it leads there. */
export function StubItem({
  tone,
  children,
  onPress,
}: {
  tone: Tone
  children: ReactNode
  onPress?: (() => void) | undefined
}) {
  return (
    <li className="stub-item">
      <Mark tone={tone} />
      {onPress ? (
        <button type="button" className="stub-item-button" onClick={onPress}>
          {children}
        </button>
      ) : (
        <span>{children}</span>
      )}
    </li>
  )
}

/** The list `StubItem`s stand in. */
export function StubList({ children }: { children: ReactNode }) {
  return <ul className="stub-list">{children}</ul>
}
