import type { ReactNode } from 'react'
import { Mark } from './mark.tsx'
import './tag.css'
import type { Tone } from './tone.ts'

/** A status as shape and word on a tint. */
export function Tag({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className="tag" data-tone={tone}>
      <Mark tone={tone} />
      {children}
    </span>
  )
}
