import { instant } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { lineOf } from '../../../shared/domain/line-of.ts'
import { lookUpSegment } from '../../../shared/domain/segments.ts'
import type { TakenJob } from '../../../shared/protocol/reconciliation.ts'
import { writeAudit } from '../audit/audit.ts'
import { readCase, writeCase } from '../cases/case-store.ts'
import type { Ports } from '../ports.ts'
import type { Transaction } from '../storage/store.ts'
import { freeCaseNumber, makeRoom } from './recall-money.ts'

type SubmittedPorts = Pick<Ports, 'clock' | 'resources' | 'sha256'>

/**
 * Brings back the cases that were submitted before this counter's disk was set back. One that is a draft here and an order there must not be
 * worked on again: it is submitted, as it was before. One of which nothing is left here comes back as far as the service tells of
 * it, so that the customer who asks is found by number; what follows of its order comes with the change feed. `jobs` are those the
 * counter had forgotten. Returns how many came back from nothing.
 */
export async function recallSubmitted(
  tx: Transaction,
  ports: SubmittedPorts,
  jobs: readonly TakenJob[],
): Promise<number> {
  let cases = 0
  for (const job of jobs) {
    if (job.kind !== 'order.submit') continue
    const known = await readCase(tx, job.lane)
    if (known?.state === 'draft') {
      // They were handed in, or later ones in their place: what is asked for from now on is taken anew.
      tx.run('UPDATE attachment SET job_id = ? WHERE case_id = ? AND job_id IS NULL', [job.id, known.caseId])
      await writeCase(tx, ports, submitted(known, job, ports))
    }
    const case_ = known ? undefined : await caseAround(tx, ports, jobs, job)
    if (!case_) continue
    await writeCase(tx, ports, case_)
    await writeAudit(tx, ports, { staffId: 'counter', action: 'case.recalled', caseId: case_.caseId })
    cases += 1
  }
  return cases
}

/** What is left of the draft may be older than what was signed: it stays on record, and no figure is made of it any more. */
function submitted(draft: Case, { receipt, order }: TakenJob, ports: SubmittedPorts): Case {
  const { signature: _, ...case_ } = draft
  const known = order && { carrier: order.carrier, homeProvince: order.homeProvince, maskedName: order.maskedName }
  const { carrier, homeProvince } = lineOf(draft)
  return {
    ...case_,
    state: 'submitted',
    submittedAt: receipt.receivedAt,
    updatedAt: receipt.receivedAt,
    ...(order ? { orderId: order.orderId } : {}),
    recalled: { at: instant(ports.clock.now()), carrier, homeProvince, ...known },
  }
}

/** A number had its next case when the one before was over: what was submitted gives way, as does a draft without money. */
async function roomFor(tx: Transaction, ports: SubmittedPorts, msisdn: string): Promise<boolean> {
  tx.run("UPDATE counter_case SET is_open = 0 WHERE msisdn = ? AND is_open = 1 AND state = 'submitted'", [msisdn])
  return makeRoom(tx, ports, msisdn)
}

/** Undefined when the service says too little, or another case of the number is in the way. */
async function caseAround(
  tx: Transaction,
  ports: SubmittedPorts,
  jobs: readonly TakenJob[],
  job: TakenJob,
): Promise<Case | undefined> {
  const { order, lane, msisdn } = job
  if (!order) return undefined
  const segment = lookUpSegment(msisdn as Case['msisdn'], ports.resources.segments)
  if (!segment.ok || !(await roomFor(tx, ports, msisdn))) return undefined
  const told = jobs.filter((one) => one.lane === lane)
  const { orderId, caseNumber, ...line } = order
  const at = job.receipt.receivedAt
  return {
    caseId: lane,
    caseNumber: await freeCaseNumber(tx, caseNumber),
    msisdn: msisdn as Case['msisdn'],
    segment: segment.value,
    state: 'submitted',
    createdAt: at,
    updatedAt: at,
    submittedAt: at,
    createdBy: job.staffId,
    clerkName: job.staffName ?? job.staffId,
    orderId,
    recalled: { at: instant(ports.clock.now()), ...line },
    acknowledgements: [],
    choices: [],
    approvals: [],
    payments: told.flatMap(({ payment }) => payment ?? []),
    refundsPaid: told.flatMap(({ refundPaid }) => refundPaid ?? []),
    invoices: [],
    attachments: [],
    receiptPrints: 0,
  }
}
