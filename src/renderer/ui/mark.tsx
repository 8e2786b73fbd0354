import './mark.css'
import type { Tone } from './tone.ts'

/** The shape that goes with a tone, so that no meaning hangs on colour alone. Decorative: a word always stands beside it. */
export function Mark({ tone }: { tone: Tone }) {
  return (
    <svg className="mark" data-tone={tone} viewBox="0 0 12 12" width="0.75em" height="0.75em" aria-hidden="true">
      {shapeOf(tone)}
    </svg>
  )
}

function shapeOf(tone: Tone) {
  switch (tone) {
    case 'done':
      return <circle cx="6" cy="6" r="5" fill="currentColor" />
    case 'waits':
      return (
        <>
          <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.3" />
          <path d="M6 6V1.4A4.6 4.6 0 0 1 10.6 6z" fill="currentColor" />
        </>
      )
    case 'stops':
      return <rect x="1" y="1" width="10" height="10" rx="1.5" fill="currentColor" />
    case 'chosen':
      return <path d="M6 .8 11.2 6 6 11.2.8 6z" fill="currentColor" />
    case 'plain':
      return <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.3" />
  }
}
