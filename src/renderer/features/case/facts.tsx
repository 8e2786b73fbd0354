import type { ReactNode } from 'react'

/** Facts in two columns: what it is called, what it is. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="case-facts">{children}</dl>
}

export function Fact({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className="case-fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
