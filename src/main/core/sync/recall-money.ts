import { instant } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { lookUpSegment } from '../../../shared/domain/segments.ts'
import { standingPayments } from '../../../shared/domain/standing-payments.ts'
import type { TakenJob } from '../../../shared/protocol/reconciliation.ts'
import { writeAudit } from '../audit/audit.ts'
import { parseCase, readCase, writeCase } from '../cases/case-store.ts'
import type { Ports } from '../ports.ts'
import type { Transaction } from '../storage/store.ts'

type MoneyPorts = Pick<Ports, 'clock' | 'resources' | 'sha256'>

/**
 * Puts back what customers paid, and what was handed back to them, into the cases of a counter whose disk was set back: a draft that
 * looked unpaid is paid again, and a draft that is gone comes back as far as its money tells of it. `jobs` are those the counter had
 * forgotten. Returns how many payments were put back.
 */
export async function recallMoney(tx: Transaction, ports: MoneyPorts, jobs: readonly TakenJob[]): Promise<number> {
  let payments = 0
  for (const caseId of new Set(jobs.filter((job) => job.payment ?? job.refundPaid).map((job) => job.lane))) {
    const told = jobs.filter((job) => job.lane === caseId)
    // Without a trace here, an order at the service needs no draft: there is no money left to ask for.
    const case_ =
      (await readCase(tx, caseId)) ??
      (told.some((job) => job.kind === 'order.submit') ? undefined : await draftAround(tx, ports, told))
    if (!case_) continue
    const forgotten = told.flatMap(({ payment }) =>
      payment && !case_.payments.some((known) => known.paymentId === payment.paymentId) ? [payment] : [],
    )
    const handedBack = told.flatMap(({ refundPaid }) =>
      refundPaid && !case_.refundsPaid.some((known) => known.refundId === refundPaid.refundId) ? [refundPaid] : [],
    )
    payments += forgotten.length
    await writeCase(tx, ports, {
      ...case_,
      payments: [...case_.payments, ...forgotten],
      refundsPaid: [...case_.refundsPaid, ...handedBack],
      moneyRecalledAt: instant(ports.clock.now()),
    })
  }
  return payments
}

/** A draft of which only its money is left. Undefined when its number is in no table here. */
async function draftAround(tx: Transaction, ports: MoneyPorts, told: readonly TakenJob[]): Promise<Case | undefined> {
  const first = told.find((job) => job.payment ?? job.refundPaid)!
  const money = (first.payment ?? first.refundPaid)!
  const segment = lookUpSegment(money.msisdn, ports.resources.segments)
  if (!segment.ok) return undefined
  const hasRoom = await makeRoom(tx, ports, money.msisdn)
  const at = first.receipt.receivedAt
  return {
    caseId: first.lane,
    caseNumber: await freeCaseNumber(tx, money.receiptNumber.replace(/-R?\d+$/, ''), money.receiptNumber),
    msisdn: money.msisdn,
    segment: segment.value,
    state: hasRoom ? 'draft' : 'abandoned',
    createdAt: at,
    updatedAt: at,
    createdBy: first.staffId,
    clerkName: first.staffName ?? first.staffId,
    acknowledgements: [],
    choices: [],
    approvals: [],
    payments: [],
    refundsPaid: [],
    invoices: [],
    attachments: [],
    receiptPrints: 0,
  }
}

/** The number a case had, as the service or its receipts have it; another one when it was given again after the disk had been set back. */
export async function freeCaseNumber(tx: Transaction, caseNumber: string, otherwise = caseNumber): Promise<string> {
  const again = await tx.get('SELECT 1 AS there FROM counter_case WHERE case_number = ?', [caseNumber])
  return again ? `${otherwise}-2` : caseNumber
}

/**
 * A number has one open case: a draft that was begun anew and took no money gives way to the one with money. False when the other one
 * cannot give way; then the case with the forgotten money is kept for the record.
 */
export async function makeRoom(tx: Transaction, ports: MoneyPorts, msisdn: string): Promise<boolean> {
  const row = await tx.get<{ document: string }>('SELECT document FROM counter_case WHERE msisdn = ? AND is_open = 1', [
    msisdn,
  ])
  if (!row) return true
  const younger = parseCase(row.document)
  if (younger.state === 'submitted' || standingPayments(younger).length > 0) return false
  tx.run('DELETE FROM attachment WHERE case_id = ? AND job_id IS NULL', [younger.caseId])
  await writeCase(tx, ports, { ...younger, state: 'abandoned', updatedAt: instant(ports.clock.now()), attachments: [] })
  await writeAudit(tx, ports, { staffId: 'counter', action: 'case.abandon', caseId: younger.caseId })
  return true
}
