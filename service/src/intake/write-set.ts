import { CompiledQuery } from 'kysely'
import { arrayOfBytes, arrayText, type Cell, columnArrays } from '../database/array-text.ts'
import type { Tx } from '../database/handle.ts'
import { preparedMark } from '../database/preparing-client.ts'
import type {
  AttachmentTable,
  AuditEntryTable,
  JobTable,
  LedgerPostingTable,
  PaymentTable,
} from '../database/tables.ts'
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

/** Columns by their types. Each travels as one array: PostgreSQL reads arrays in half the time it takes for as many JSON objects. */
const inserted = {
  job: {
    uuid: ['id', 'lane'],
    text: ['device_id', 'kind', 'staff_id', 'body_sha256', 'receipt'],
    bigint: ['sequence', 'received_at'],
  },
  payment: {
    uuid: ['payment_id', 'case_id'],
    text: [
      ...(['msisdn', 'carrier', 'home_province', 'method', 'authorization_code'] as const),
      ...(['receipt_number', 'allocations', 'device_id', 'staff_id'] as const),
    ],
    bigint: ['amount_fen', 'taken_at'],
  },
  attachment: {
    uuid: ['attachment_id', 'case_id'],
    text: ['kind', 'media_type', 'sha256', 'key_id', 'device_id'],
    bytea: ['content'],
    bigint: ['stored_at'],
  },
  audit_entry: {
    text: ['chain', 'actor', 'device_id', 'action', 'subject', 'details', 'previous_hash', 'hash'],
    bigint: ['sequence', 'at'],
  },
  ledger_posting: {
    uuid: ['case_id', 'order_id', 'payment_id', 'refund_id'],
    text: [
      ...(['cause', 'handling_province', 'home_province', 'carrier', 'day', 'kind', 'book'] as const),
      ...(['debit', 'credit', 'reference'] as const),
    ],
    integer: ['position'],
    bigint: ['amount_fen', 'occurred_at', 'recorded_at'],
  },
} as const satisfies { [T in InsertedTable]: Record<string, readonly (keyof SetRows[T][number])[]> }
type InsertedTable = 'job' | 'payment' | 'attachment' | 'audit_entry' | 'ledger_posting'
const insertedTables = Object.keys(inserted) as InsertedTable[]

function columnsOf(table: InsertedTable): { name: string; type: string }[] {
  const byType: [string, readonly string[]][] = Object.entries(inserted[table])
  return byType.flatMap(([type, names]) => names.map((name) => ({ name, type })))
}
const columns = insertedTables.flatMap((table) => columnsOf(table).map((column) => ({ table, ...column })))

/** How a row that is not new is met: the row is left out, so that those which were new can be counted; or the statement fails with 23505. */
type WhenTaken = 'count' | 'fail'

/** The parts of a statement that write a set, and how many placeholders they have. */
function textOf(whenTaken: WhenTaken): { text: string; placeholders: number } {
  let placeholders = 0
  function given(type: string): string {
    placeholders += 1
    return `$${placeholders}::${type}[]`
  }
  function inserting(table: InsertedTable): string {
    const columns = columnsOf(table)
    return `${table}_rows as (
    insert into ${table} (${columns.map(({ name }) => name).join(', ')})
    select ${columns.map(({ type }) => `unnest(${given(type)})`).join(', ')}${whenTaken === 'count' ? ' on conflict do nothing returning 1' : ''})`
  }
  const text = `${insertedTables.map(inserting).join(',\n  ')},
  tails as (
    update audit_chain set last_sequence = tail.sequence, last_hash = tail.hash
    from unnest(${given('text')}, ${given('bigint')}, ${given('text')}) as tail(chain, sequence, hash)
    where audit_chain.chain = tail.chain),
  accounts as (
    update device set highest_sequence = account.highest, accepted_jobs = account.accepted
    from unnest(${given('text')}, ${given('bigint')}, ${given('bigint')}) as account(id, highest, accepted)
    where device.device_id = account.id)`
  return { text, placeholders }
}

const counting = textOf('count')
/**
 * The parts of a statement that write a set of nothing but new rows and fail when one is taken: they need not be tried first, which is
 * cheaper. What follows in the same statement counts its own placeholders from `setPlaceholders` on.
 */
export const { text: newSetText, placeholders: setPlaceholders } = textOf('fail')
/** How many rows were new. */
const countedText = insertedTables.map((table) => `(select count(*) from ${table}_rows)`).join(' + ')

/** What stands in the places of either text. */
export function setParameters(rows: SetRows): (string | Buffer)[] {
  return [
    ...columns.map(({ table, name, type }) => {
      const cells = (rows[table] as object[]).map((row) => (row as Record<string, unknown>)[name])
      return type === 'bytea' ? arrayOfBytes(cells as Uint8Array[]) : arrayText(cells as Cell[])
    }),
    ...columnArrays(rows.tails, ['chain', 'sequence', 'hash']),
    ...columnArrays(rows.accounts, ['id', 'highest', 'accepted']),
  ]
}

/** How many rows a set inserts. */
function rowsOf(rows: SetRows): number {
  return insertedTables.reduce((sum, table) => sum + rows[table].length, 0)
}

const writeText = `${preparedMark} with ${counting.text} select ${countedText} as inserted`

/**
 * Writes a set with one statement whose text never changes. True when every row was new; false when a name, number or id was taken,
 * and then everything must be undone.
 */
export async function writeSet(tx: Tx, rows: SetRows): Promise<boolean> {
  const { rows: counted } = await tx.executeQuery<{ inserted: number | string }>(
    CompiledQuery.raw(writeText, setParameters(rows)),
  )
  return Number(counted[0]!.inserted) === rowsOf(rows)
}
