import type { CaseView } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { useLanguage, useT } from '../../language.ts'
import { Mark } from '../../ui/mark.tsx'
import { Panel } from '../../ui/panel.tsx'
import type { Tone } from '../../ui/tone.ts'
import { eventSentence, toneOfEvent } from './event-sentence.ts'
import './timeline.css'

interface Line {
  id: string
  at: number
  tone: Tone
  words: string
}

/** Everything that happened to the order, the latest first; the first line is the submission at this counter. */
export function Timeline({ view }: { view: CaseView }) {
  const t = useT()
  const language = useLanguage()
  const { case: case_, order } = view
  const lines: Line[] = (order?.events ?? []).map((event) => ({
    id: event.eventId,
    at: event.at,
    tone: toneOfEvent(event),
    words: eventSentence(language, order!, event),
  }))
  lines.sort((a, b) => a.at - b.at)
  if (case_.submittedAt !== undefined)
    lines.unshift({
      id: 'submitted',
      at: case_.submittedAt,
      tone: 'done',
      words: t('order.submittedBy', { name: case_.clerkName }),
    })
  return (
    <Panel title={t('order.timeline')} aside={t('order.beijingTime')}>
      <ol className="timeline">
        {lines.toReversed().map((line) => (
          <li key={line.id}>
            <time dateTime={new Date(line.at).toISOString()}>{formatInstant(line.at)}</time>
            <Mark tone={line.tone} />
            <span>{line.words}</span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
