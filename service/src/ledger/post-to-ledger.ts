import { type ShanghaiDate, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type { LedgerScope, Posting } from '../../../src/shared/domain/ledger.ts'
import { type AuditAct, appendAuditActs } from '../audit/append-audit.ts'
import type { Database, Tx } from '../database/handle.ts'
import { insertRows } from '../database/insert-rows.ts'
import type { LedgerPostingTable, ProductOrderTable } from '../database/tables.ts'

/** What postings are about, beside what they move. `occurredAt` is the counter's time; a time to come counts as now. */
export interface PostingScene extends LedgerScope {
  caseId: string
  orderId?: string | undefined
  paymentId?: string | undefined
  refundId?: string | undefined
  occurredAt: number
  now: number
}

/** The rows of postings. They count for the day on which they happened while it is open; the database moves them on when it is closed. */
export function ledgerRows(postings: readonly Posting[], scene: PostingScene): LedgerPostingTable[] {
  const occurredAt = Math.min(scene.occurredAt, scene.now)
  const day: ShanghaiDate = shanghaiDate(occurredAt)
  return postings.map((posting) => ({
    cause: posting.cause,
    position: posting.position,
    handling_province: scene.handlingProvince,
    home_province: scene.homeProvince,
    carrier: scene.carrier,
    day,
    kind: posting.kind,
    book: posting.book,
    debit: posting.debit,
    credit: posting.credit,
    amount_fen: posting.amountFen,
    case_id: scene.caseId,
    order_id: scene.orderId ?? null,
    payment_id: scene.paymentId ?? null,
    refund_id: scene.refundId ?? null,
    reference: posting.reference ?? null,
    occurred_at: occurredAt,
    recorded_at: scene.now,
  }))
}

const substance = (row: LedgerPostingTable) =>
  [row.cause, row.position, row.kind, row.debit, row.credit, row.amount_fen, row.reference].join('|')

/**
 * Writes postings inside the transaction of what caused them, each once: the same cause again writes nothing. Throws when a cause
 * comes again with another content, which only a mistake in the code can bring about. Returns how many were new.
 */
export async function postToLedger(tx: Tx, rows: readonly LedgerPostingTable[]): Promise<number> {
  const written = await insertRows(tx, 'ledger_posting', rows)
  if (written === rows.length) return written
  const causes = [...new Set(rows.map((row) => row.cause))]
  const kept = await tx.selectFrom('ledger_posting').selectAll().where('cause', 'in', causes).execute()
  const known = new Set(kept.map(substance))
  const changed = rows.find((row) => !known.has(substance(row)))
  if (changed || kept.length !== rows.length)
    throw new Error(`the ledger has other postings for ${changed?.cause ?? causes.join(', ')}`)
  return written
}

/** The scope of an order's postings: the province of its store handles, the order's own province is home. */
export async function scopeOfOrder(
  db: Database,
  order: ProductOrderTable,
): Promise<LedgerScope & { caseId: string; orderId: string; storeId: string }> {
  const store = await db
    .selectFrom('store')
    .select('province')
    .where('store_id', '=', order.store_id)
    .executeTakeFirstOrThrow()
  return {
    handlingProvince: store.province,
    homeProvince: order.home_province,
    carrier: order.carrier,
    caseId: order.case_id,
    orderId: order.order_id,
    storeId: order.store_id,
  }
}

/**
 * Posts what the service did for an order by itself and writes it to the store's audit chain. Whoever also changes the order calls
 * this before: chain before feed, everywhere, so that nobody waits for somebody who waits for them.
 */
export async function postOrder(
  tx: Tx,
  scope: LedgerScope & { caseId: string; orderId: string; storeId: string },
  postings: readonly Posting[],
  now: number,
  paymentId?: string,
): Promise<void> {
  const { storeId, ...scene } = scope
  const written = await postToLedger(tx, ledgerRows(postings, { ...scene, paymentId, occurredAt: now, now }))
  if (written === 0) return
  const acts = new Map<string, Omit<AuditAct, 'storeId'>>()
  for (const { cause, kind, amountFen, book } of postings) {
    const details = acts.get(cause)?.details ?? { orderId: scope.orderId }
    acts.set(cause, {
      at: now,
      actor: 'service',
      action: 'ledger.posted',
      subject: cause,
      details: { ...details, [`${book}.${kind}`]: Number(details[`${book}.${kind}`] ?? 0) + amountFen },
    })
  }
  await appendAuditActs(tx, storeId, [...acts.values()])
}
