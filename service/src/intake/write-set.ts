import { sql } from 'kysely'
import { jsonRows } from '../database/insert-rows.ts'
import { prepared } from '../database/preparing-client.ts'
import type {
  AttachmentTable,
  AuditEntryTable,
  JobTable,
  LedgerPostingTable,
  PaymentTable,
} from '../database/tables.ts'
import type { Tx } from '../service-context.ts'
import type { Account } from './note-sequence.ts'

/** Everything a set leaves behind. */
export interface SetRows {
  job: JobTable[]
  payment: PaymentTable[]
  attachment: AttachmentTable[]
  audit_entry: AuditEntryTable[]
  ledger_posting: LedgerPostingTable[]
  /** The new ends of the chains. */
  tails: { chain: string; sequence: number; hash: string }[]
  /** How far the devices' numbers go now. */
  accounts: Account[]
}

const columns = {
  job: ['id', 'device_id', 'sequence', 'lane', 'kind', 'staff_id', 'body_sha256', 'receipt', 'received_at'],
  payment: [
    ...['payment_id', 'case_id', 'msisdn', 'carrier', 'home_province', 'method', 'amount_fen', 'authorization_code'],
    ...['receipt_number', 'allocations', 'taken_at', 'device_id', 'staff_id'],
  ],
  attachment: [
    'attachment_id',
    'case_id',
    'kind',
    'media_type',
    'sha256',
    'content',
    'key_id',
    'device_id',
    'stored_at',
  ],
  audit_entry: [
    ...['chain', 'sequence', 'at', 'actor', 'device_id', 'action', 'subject', 'details', 'previous_hash', 'hash'],
  ],
  ledger_posting: [
    ...['cause', 'position', 'handling_province', 'home_province', 'carrier', 'day', 'kind', 'book', 'debit', 'credit'],
    ...['amount_fen', 'case_id', 'order_id', 'payment_id', 'refund_id', 'reference', 'occurred_at', 'recorded_at'],
  ],
} as const satisfies Partial<Record<keyof SetRows, readonly string[]>>

function inserting<T extends keyof typeof columns>(table: T, rows: readonly object[]) {
  const names = sql.join(columns[table].map((name) => sql.ref(name)))
  return sql`insert into ${sql.table(table)} (${names})
    select ${names} from json_populate_recordset(null::${sql.table(table)}, ${jsonRows(rows)}::text::json)
    on conflict do nothing returning 1`
}

/**
 * Writes a set with one statement whose text never changes. True when every row was new; false when a name, number or id was taken,
 * and then everything must be undone.
 */
export async function writeSet(tx: Tx, rows: SetRows): Promise<boolean> {
  const { rows: counted } = await sql<{ inserted: number | string }>`${prepared()}
    with jobs as (${inserting('job', rows.job)}),
    payments as (${inserting('payment', rows.payment)}),
    attachments as (${inserting('attachment', rows.attachment)}),
    entries as (${inserting('audit_entry', rows.audit_entry)}),
    postings as (${inserting('ledger_posting', rows.ledger_posting)}),
    tails as (
      update audit_chain set last_sequence = tail.sequence, last_hash = tail.hash
      from json_to_recordset(${JSON.stringify(rows.tails)}::text::json) as tail(chain text, sequence bigint, hash text)
      where audit_chain.chain = tail.chain),
    accounts as (
      update device set highest_sequence = account.highest, accepted_jobs = account.accepted
      from json_to_recordset(${JSON.stringify(rows.accounts)}::text::json) as account(id text, highest bigint, accepted bigint)
      where device.device_id = account.id)
    select (select count(*) from jobs) + (select count(*) from payments)
      + (select count(*) from attachments) + (select count(*) from entries)
      + (select count(*) from postings) as inserted`.execute(tx)
  const expected = Object.keys(columns).reduce((sum, table) => sum + rows[table as keyof typeof columns].length, 0)
  return Number(counted[0]!.inserted) === expected
}
