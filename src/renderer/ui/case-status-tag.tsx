import type { CaseStatus } from '../../shared/contract/views.ts'
import { useT } from '../language.ts'
import { Tag } from './tag.tsx'
import type { Tone } from './tone.ts'

const tones: Record<CaseStatus, Tone> = {
  draft: 'chosen',
  blocked: 'stops',
  toSend: 'waits',
  sent: 'chosen',
  coolingOff: 'waits',
  homeReview: 'chosen',
  returned: 'waits',
  figuresChanged: 'waits',
  invoiceRefused: 'stops',
  paymentRefused: 'stops',
  executing: 'chosen',
  withdrawing: 'waits',
  movedOn: 'waits',
  completed: 'done',
  refused: 'stops',
  withdrawn: 'plain',
  stopped: 'stops',
  expired: 'stops',
  abandoned: 'plain',
  postponed: 'waits',
  attention: 'stops',
}

/** The tone of a case's status. */
export function toneOfStatus(status: CaseStatus): Tone {
  return tones[status]
}

/** Where a case stands, in one word. */
export function CaseStatusTag({ status }: { status: CaseStatus }) {
  const t = useT()
  return <Tag tone={tones[status]}>{t(`caseStatus.${status}`)}</Tag>
}
