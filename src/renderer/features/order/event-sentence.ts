import { byStore } from '../../../shared/domain/repairs.ts'
import type { Language } from '../../../shared/i18n/translate.ts'
import { isMessageKey, translate } from '../../../shared/i18n/translate.ts'
import type { OrderEvent, OrderView } from '../../../shared/protocol/changes.ts'
import { blockerName, sentence } from '../../ui/sentence.ts'
import type { Tone } from '../../ui/tone.ts'

/** What happened, as a sentence. Values an event does not carry itself are those of the order. */
export function eventSentence(language: Language, order: OrderView, event: OrderEvent): string {
  const { params } = event
  if (event.code === 'urged' && params.handler === undefined) return translate(language, 'order.urgedPlain')
  if (event.code === 'retrying' && params.reason === 'payment') return translate(language, 'order.retryingPayment')
  return sentence(language, `orderEvent.${event.code}`, {
    deadline: order.deadline,
    count: order.urgeCount,
    effective: params.effectiveAt ?? order.effectiveAt ?? event.at,
    ...params,
    ...(event.code === 'deactivated' && order.agingUntil ? { until: order.agingUntil } : {}),
    ...(params.reason === undefined ? {} : { reason: reasonSentence(language, String(params.reason), params) }),
  })
}

/** Why papers came back or the order was refused: the catalogue's words, and which paper it is about. */
export function reasonSentence(language: Language, code: string, params: OrderEvent['params']): string {
  // What a supervisor of the store wrote; the catalogue knows nothing of it.
  if (code === byStore) return String(params.text ?? '')
  const name = blockerName(language, code)
  const kind = `attachment.${params.kind}`
  return isMessageKey(kind)
    ? translate(language, 'order.reasonAbout', { reason: name, paper: translate(language, kind) })
    : name
}

/** How an event is marked in the timeline. */
export function toneOfEvent(event: OrderEvent): Tone {
  switch (event.code) {
    case 'returned':
    case 'figuresChanged':
    case 'retrying':
    case 'withdrawalRequested':
    case 'coolingOff':
    case 'stopRequested':
    case 'stopCodeWrong':
    case 'smsUndelivered':
    case 'returnedHere':
    case 'refusalDecided':
      return 'waits'
    case 'refused':
    case 'paymentRefused':
    case 'refundFailed':
    case 'finalBillTooHigh':
    case 'invoiceRefused':
    case 'expired':
    case 'withdrawalTooLate':
    case 'stopped':
    case 'stopTooLate':
    case 'refusedHere':
      return 'stops'
    case 'urged':
    case 'smsSent':
    case 'dispatched':
    case 'withdrawn':
    case 'paymentCorrected':
    case 'paymentVoided':
    case 'retriedByHand':
    case 'waitSkipped':
    case 'handedOver':
    case 'refundSentAgain':
      return 'plain'
    default:
      return 'done'
  }
}
