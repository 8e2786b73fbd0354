import type { Instant, ShanghaiDate } from '../domain/calendar.ts'
import type { Case } from '../domain/case.ts'
import type { CaseProgress } from '../domain/case-progress.ts'
import type { LateFeeRule } from '../domain/late-fee.ts'
import type { Statement, StatementSummary } from '../domain/ledger-statement.ts'
import type { Fen } from '../domain/money.ts'
import type { Failure } from '../domain/result.ts'
import type { WaitingEffect } from '../domain/rules/waiting-effect.ts'
import type { ApprovalRequestView, OrderView, TicketView } from '../protocol/changes.ts'
import type { Device, Staff } from '../protocol/device.ts'
import type { JobKind } from '../protocol/jobs.ts'

/** Whether the service answers, since when, and how old the newest thing known from it is. */
export interface ConnectionView {
  state: 'online' | 'offline' | 'signInNeeded'
  /** When the service last answered; undefined before the first answer. */
  lastContactAt: Instant | undefined
  waitingJobs: number
  needsAttention: number
}

export interface AppView {
  version: string
  profile: 'live' | 'training'
  device: Device | undefined
  staff: Staff | undefined
  connection: ConnectionView
  /** What was found when the store was opened, when it is worth a sentence. */
  storeNotice: { code: 'tornTailCut' | 'damaged' | 'setBack'; params: Record<string, string | number> } | undefined
  language: 'zh-CN' | 'en'
  /** Version of the rules in force today. */
  rulesVersion: string | undefined
  /** When the newest rules here were published. */
  rulesPublishedAt: Instant | undefined
  captureStation: boolean
  now: Instant
}

/** A case with everything derived from it; holder's number and name masked unless unmasked. */
export interface CaseView {
  case: Case
  progress: CaseProgress
  order: OrderView | undefined
  /** Something happened to it that this program cannot show, or not all of it, until it is updated. */
  newer: boolean
  /** Of that, its order: it is past the stage shown here, and this program has no word for where it is. */
  movedOn: boolean
  /** Jobs of this case that are not yet at the service. */
  waiting: JobView[]
  /** What waiting brings for each agreement that is still to be decided; absent where it brings nothing. */
  outlook: Record<string, WaitingEffect>
  /** Wishes for a second person at another counter, the latest first. */
  requests: ApprovalRequestView[]
}

/** What waits for the store's supervisors. */
export interface SupervisionView {
  requests: ApprovalRequestView[]
  tickets: TicketView[]
  /** Tickets and requests that only a newer program can show. */
  newer: number
}

/** Which entries of an audit chain are wanted, newest first. */
export interface AuditFilter {
  before?: number | undefined
  /** Id or number of a case. */
  case?: string | undefined
  actor?: string | undefined
  action?: string | undefined
  limit: number
}

/** One entry of an audit chain; `details` is JSON as text, exactly as hashed. */
export interface AuditRow {
  sequence: number
  at: Instant
  actor: string
  actorName?: string
  deviceId?: string
  action: string
  subject: string
  details: string
  hash: string
}

/** A chain computed again at this counter. */
export interface AuditVerdict {
  source: 'store' | 'counter'
  entries: number
  lastHash: string
  /** The first entry that was changed, removed or put elsewhere; absent when the chain is sound. */
  brokenAt?: number
}

/** A line of the desk. */
export interface CaseRow {
  caseId: string
  caseNumber: string
  msisdn: string
  maskedName: string | undefined
  homeProvince: string
  carrier: string
  status: CaseStatus
  /** done and total steps, for the progress bar; `blocked` colours the last */
  stepsDone: number
  /** Sentence key of the next thing to happen (`next.<code>`) with its values. */
  next: { code: string; params: Record<string, string | number> }
  totalFen: Fen | undefined
  createdAt: Instant
  updatedAt: Instant
  /** When it was over; absent while it is not. */
  endedAt: Instant | undefined
}

/** One word for where a case stands, shown as a tag. */
export const caseStatuses = [
  'draft',
  'blocked',
  'toSend',
  'sent',
  'coolingOff',
  'homeReview',
  'returned',
  'figuresChanged',
  'invoiceRefused',
  'paymentRefused',
  'executing',
  'withdrawing',
  'movedOn',
  'completed',
  'refused',
  'withdrawn',
  'stopped',
  'expired',
  'abandoned',
  'postponed',
  'attention',
] as const
export type CaseStatus = (typeof caseStatuses)[number]

export const caseFilters = ['today', 'forMe', 'waitingHome', 'completed', 'all'] as const
export type CaseFilter = (typeof caseFilters)[number]

export interface CaseList {
  rows: CaseRow[]
  counts: Record<CaseFilter, number>
  nextCursor: string | undefined
}

/** The stub of the desk: the day at a glance. */
export interface DeskView {
  date: ShanghaiDate
  casesToday: number
  completedToday: number
  medianSeconds: number | undefined
  collectedFen: Fen
  refundedFen: Fen
  attention: { code: string; params: Record<string, string | number>; severity: 'stops' | 'waits'; caseId?: string }[]
  outbox: JobView[]
}

/** What is not yet at the service, and on request what was delivered. */
export interface OutboxView {
  /** At most some hundreds of each: after weeks without a network more may wait than anybody reads. */
  jobs: JobView[]
  /** How many wait in all, and how many of them need a person. */
  waitingJobs: number
  needsAttention: number
}

/** One job of the outbox in words staff understand. */
export interface JobView {
  jobId: string
  /** The order of sending; a clock that was set back does not change it. */
  sequence: number
  caseId: string
  msisdn: string
  kind: JobKind
  /** `closed`: refused, and replaced by what was submitted after the case had been corrected. */
  state: 'pending' | 'sending' | 'done' | 'needs_attention' | 'closed'
  createdAt: Instant
  attempts: number
  nextTryAt: Instant | undefined
  lastError: Failure | undefined
  doneAt: Instant | undefined
  /** Its case can be put right and submitted anew. */
  mayCorrect: boolean
  /** Handed to the supervisors by whom, when and why. */
  handedOver: { staffName: string; reason: string; at: Instant } | undefined
}

/** Everything on the printed receipt, in the wording of the language asked for. */
export interface ReceiptView {
  case: CaseView
  /** The late-fee rule its figures were computed with; absent when no rules were in force. */
  lateFee: LateFeeRule | undefined
  device: Device
  printNumber: number
  printedAt: Instant
}

/** Statements of the inter-province ledger, as fresh as they could be had. */
export interface StatementListView {
  statements: StatementSummary[]
  closedUntil?: ShanghaiDate
  fetchedAt: Instant
  /** The service did not answer: these were fetched before. */
  offline: boolean
}

export interface StatementView {
  statement: Statement
  fetchedAt: Instant
  offline: boolean
}

/** What the customer signs. */
export interface AcceptanceView {
  html: string
  documentSha256: string
}

/** What a customer who must come back is given: the findings, the store that keeps the case, and until when. */
export interface HandOverView {
  case: CaseView
  device: Device
  /** Last day on which the case is still waiting. */
  handOverUntil: ShanghaiDate
  printedAt: Instant
}
