import { createHash } from 'node:crypto'
import { auditGenesis, auditHash } from '../../../src/main/core/audit/audit.ts'
import { parseCase } from '../../../src/main/core/cases/case-store.ts'
import type { JobRow } from '../../../src/main/core/outbox/outbox-table.ts'
import type { Store } from '../../../src/main/core/storage/store.ts'
import { isMessageKey } from '../../../src/shared/i18n/translate.ts'
import { failureSchema } from '../../../src/shared/protocol/jobs.ts'
import type { CaseLedger, Deed } from './clerk.ts'

/** What a counter's outbox was seen to hold on disk; it may go on, never back. */
export interface SeenJobs {
  jobs: Map<string, { sequence: number; payload: string; receipt: string | null }>
  /** The service was set back to an older backup: what it forgot is sent again and gets a new receipt. */
  renewable?: boolean
}

const kindOf: Record<Exclude<Deed, 'case.submit'>, string> = {
  'case.takePayment': 'payment.take',
  'order.urge': 'order.urge',
  'order.withdraw': 'order.withdraw',
  'order.resupply': 'order.resupply',
}

/** The outbox as it lies on disk, in order. */
export function readJobs(store: Store): Promise<JobRow[]> {
  return store.query<JobRow>('SELECT * FROM outbox_job ORDER BY sequence')
}

/** Holds a counter's outbox against what was seen before: no job gone, none changed, no receipt taken back, no number skipped. */
export function judgeOutbox(jobs: readonly JobRow[], seen: SeenJobs): string[] {
  const wrong: string[] = []
  for (const [index, job] of jobs.entries())
    if (job.sequence !== index + 1) wrong.push(`job number ${index + 1} is missing, ${job.sequence} follows`)
  const byId = new Map(jobs.map((job) => [job.id, job]))
  for (const [id, before] of seen.jobs) {
    const job = byId.get(id)
    if (!job) wrong.push(`job ${before.sequence} was on disk and is gone`)
    else if (job.sequence !== before.sequence || job.payload !== before.payload)
      wrong.push(`job ${before.sequence} is not what it was`)
    else if (!seen.renewable && before.receipt !== null && job.receipt !== before.receipt)
      wrong.push(`the receipt of job ${before.sequence} is not what it was`)
  }
  for (const job of jobs) {
    seen.jobs.set(job.id, { sequence: job.sequence, payload: job.payload, receipt: job.receipt })
    if (job.state === 'done' && !job.receipt) wrong.push(`job ${job.sequence} is done without a receipt`)
    if (job.state === 'needs_attention') wrong.push(...judgeSentence(job))
  }
  return wrong
}

function judgeSentence(job: JobRow): string[] {
  const error = failureSchema.safeParse(job.last_error ? JSON.parse(job.last_error) : undefined)
  if (!error.success) return [`job ${job.sequence} needs attention and does not say why`]
  return isMessageKey(`error.${error.data.code}`) ? [] : [`no sentence for ${error.data.code}`]
}

/** Everything the clerk was told must be there: money in the case and in the outbox, submissions, wishes. */
export async function judgeLedger(
  store: Store,
  jobs: readonly JobRow[],
  ledger: readonly CaseLedger[],
): Promise<string[]> {
  const wrong: string[] = []
  const rows = await store.query<{ case_id: string; document: string }>('SELECT case_id, document FROM counter_case')
  const cases = new Map(rows.map((row) => [row.case_id, parseCase(row.document)]))
  for (const { draft, asked, told } of ledger) {
    const { caseId, caseNumber } = draft.case
    const kept = cases.get(caseId)
    if (!kept) {
      wrong.push(`case ${caseNumber} is gone`)
      continue
    }
    const count = (kind: string) => jobs.filter((job) => job.lane === caseId && job.kind === kind).length
    for (const deed of Object.keys(kindOf) as (keyof typeof kindOf)[]) {
      const there = count(kindOf[deed])
      if (there < (told[deed] ?? 0)) wrong.push(`${caseNumber}: ${deed} was confirmed and is lost`)
      if (there > (asked[deed] ?? 0)) wrong.push(`${caseNumber}: ${deed} is there more often than it was asked for`)
    }
    const orders = count('order.submit')
    if (told['case.submit'] && kept.state !== 'submitted')
      wrong.push(`${caseNumber}: the submission was confirmed and is lost`)
    if (orders !== (kept.state === 'submitted' ? 1 : 0))
      wrong.push(`${caseNumber}: ${kept.state} with ${orders} submissions in the outbox`)
    if (kept.payments.length !== count('payment.take') || kept.payments.length > 1)
      wrong.push(`${caseNumber}: ${kept.payments.length} payments, ${count('payment.take')} of them to report`)
    const paidFen = kept.payments.reduce((sum, payment) => sum + payment.amountFen, 0)
    if (paidFen !== 0 && paidFen !== draft.payableFen) wrong.push(`${caseNumber}: ${paidFen} fen were booked`)
  }
  return wrong
}

/** The counter's own audit chain, recomputed. */
export async function judgeAuditChain(store: Store): Promise<string[]> {
  const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
  const rows = await store.query<{
    sequence: number
    at: number
    staff_id: string
    action: string
    case_id: string | null
    details: string
    previous_hash: string
    hash: string
  }>('SELECT * FROM audit ORDER BY sequence')
  let previous = auditGenesis
  for (const [index, row] of rows.entries()) {
    const { sequence, at, staff_id: staffId, action, case_id: caseId, details } = row
    const hash = auditHash(sha256, { previousHash: previous, sequence, at, staffId, action, caseId, details })
    if (sequence !== index + 1 || row.previous_hash !== previous || row.hash !== hash)
      return [`the audit chain breaks at ${sequence}`]
    previous = row.hash
  }
  return []
}
