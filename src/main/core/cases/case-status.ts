import type { CaseRow, CaseStatus } from '../../../shared/contract/views.ts'
import type { Case } from '../../../shared/domain/case.ts'
import type { CaseProgress } from '../../../shared/domain/case-progress.ts'
import { caseSteps } from '../../../shared/domain/case-steps.ts'
import { refusedInvoice } from '../../../shared/domain/refused-invoice.ts'
import { refusedPayment } from '../../../shared/domain/refused-payment.ts'
import { assertNever, type Failure } from '../../../shared/domain/result.ts'
import type { OrderView } from '../../../shared/protocol/changes.ts'
import type { JobKind } from '../../../shared/protocol/jobs.ts'

/** What of a job matters for where its case stands. */
export interface JobState {
  kind: JobKind
  state: 'pending' | 'sending' | 'done' | 'needs_attention'
  lastError: Failure | undefined
}

/** Everything that decides the one word and the next thing of a case. */
export interface CaseSituation {
  case: Case
  progress: CaseProgress
  order: OrderView | undefined
  /** The order is past `order`, and this program has no word for where it is. */
  movedOn: boolean
  /** Jobs of the case that are not done. */
  waiting: readonly JobState[]
  online: boolean
}

/** Cases in these states are over: the number may have a new one. */
export const closedStatuses: readonly CaseStatus[] = [
  'abandoned',
  'completed',
  'refused',
  'withdrawn',
  'stopped',
  'expired',
]

function statusOfOrder(order: OrderView, waiting: readonly JobState[]): CaseStatus {
  if (order.state === 'pendingCancellation') return 'withdrawing'
  switch (order.stage) {
    case 'deactivated':
      return 'completed'
    case 'refused':
    case 'withdrawn':
    case 'stopped':
    case 'expired':
      return order.stage
    default:
  }
  if (waiting.some((job) => job.kind === 'order.withdraw')) return 'withdrawing'
  if (refusedPayment(order)) return 'paymentRefused'
  switch (order.stage) {
    case 'accepted':
    case 'paymentsPosted':
      return 'sent'
    case 'returned':
      return order.figures ? 'figuresChanged' : 'returned'
    case 'coolingOff':
    case 'homeReview':
      return order.stage
    case 'agreementsTerminated':
    case 'settled':
      return refusedInvoice(order) ? 'invoiceRefused' : 'executing'
    default:
      return assertNever(order.stage)
  }
}

/**
 * Whether a case is still the open one of its number. One whose order moved on in words this program does not have stays what it was:
 * it may be over, and it may not.
 */
export function isOpenIn(status: CaseStatus, wasOpen: boolean): boolean {
  return status === 'movedOn' ? wasOpen : !closedStatuses.includes(status)
}

/** One word for where a case stands. What is missing matters only while it is a draft. */
export function caseStatus(
  situation: Pick<CaseSituation, 'order' | 'movedOn' | 'waiting'> & Pick<Case, 'state'> & Pick<CaseProgress, 'missing'>,
): CaseStatus {
  const { state, missing, order, movedOn, waiting } = situation
  if (state === 'abandoned') return 'abandoned'
  if (state === 'postponed') return 'postponed'
  if (waiting.some((job) => job.state === 'needs_attention')) return 'attention'
  if (state === 'draft') return missing.some((item) => item.code === 'blocker') ? 'blocked' : 'draft'
  if (movedOn) return 'movedOn'
  if (order) return statusOfOrder(order, waiting)
  return waiting.some((job) => job.kind === 'order.submit') ? 'toSend' : 'sent'
}

/** The next thing to happen: code of a sentence (`next.<code>`) with raw values (codes, dates, instants). */
export function nextOf(situation: CaseSituation, status: CaseStatus): CaseRow['next'] {
  const { progress, order, waiting, online } = situation
  switch (status) {
    case 'draft': {
      const first = progress.missing[0]
      return first ? { code: 'continue', params: { step: first.step } } : { code: 'submit', params: {} }
    }
    case 'blocked':
      return { code: 'blocker', params: progress.missing.find((item) => item.code === 'blocker')!.params }
    case 'attention': {
      const error = waiting.find((job) => job.state === 'needs_attention')?.lastError
      return { code: 'attention', params: { ...error?.params, error: error?.code ?? 'service.internal' } }
    }
    case 'toSend':
      return { code: online ? 'sending' : 'waitingNetwork', params: {} }
    case 'sent':
    case 'homeReview':
      return order ? { code: 'waitingHome', params: { deadline: order.deadline } } : { code: 'sending', params: {} }
    case 'coolingOff':
      return { code: 'coolingOff', params: { until: order!.coolingUntil ?? '' } }
    case 'stopped':
      return { code: 'stopped', params: {} }
    case 'returned':
      return {
        code: 'resupply',
        params: {
          ...order!.returnedFor?.params,
          reason: order!.returnedFor?.code ?? '',
          until: order!.resupplyBy ?? '',
        },
      }
    case 'figuresChanged':
      return {
        code: 'figuresChanged',
        params: {
          signedFen: order!.figures!.signedTotalFen,
          amountFen: order!.figures!.settlement.totalFen,
          until: order!.resupplyBy ?? '',
        },
      }
    case 'invoiceRefused':
      return { code: 'invoiceRefused', params: { invoiceNumber: refusedInvoice(order)!.invoiceNumber } }
    case 'paymentRefused':
      return { code: 'paymentRefused', params: { ...refusedPayment(order) } }
    case 'postponed':
      return { code: 'postponed', params: { until: situation.case.postponed?.until ?? '' } }
    case 'executing':
      return { code: 'executing', params: {} }
    case 'withdrawing':
    case 'movedOn':
      return { code: status, params: {} }
    case 'completed':
      return {
        code: 'effective',
        params: { effective: order!.effectiveAt ?? order!.updatedAt, until: order!.agingUntil ?? '' },
      }
    case 'refused':
      return { code: 'refused', params: { ...order!.refusedFor?.params, reason: order!.refusedFor?.code ?? '' } }
    case 'withdrawn':
    case 'expired':
    case 'abandoned':
      return { code: 'none', params: {} }
    default:
      return assertNever(status)
  }
}

/** Steps done of the six. */
export function stepsDone(case_: Case, progress: CaseProgress): number {
  if (case_.state === 'submitted') return caseSteps.length
  return caseSteps.filter((step) => progress.steps[step] === 'done').length
}
