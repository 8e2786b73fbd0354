import { stringify } from 'csv-stringify/sync'
import writeXlsxFile, { type Row, type SheetData } from 'write-excel-file/node'
import { formatInstant } from '../../../src/shared/domain/calendar.ts'
import type { Statement } from '../../../src/shared/domain/ledger-statement.ts'
import { type Language, type Translate, translator } from '../../../src/shared/i18n/translate.ts'
import type { exportFormats, StatementFile } from '../../../src/shared/protocol/ledger.ts'

/** A cell of the export: text, or an amount in fen that is written as a number of yuan. */
type Cell = string | { fen: number } | { count: number }

/** A table of the statement with its headings; the sheet's name is its title. */
interface Table {
  title: string
  headings: string[]
  rows: Cell[][]
}

const fileTypes = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

function headTable(statement: Statement, say: Translate): Table {
  const amount = (value: number): Cell => ({ fen: value })
  const rows: [string, Cell][] = [
    [say('statement.handling'), say(`province.${statement.handlingProvince}`)],
    [say('statement.home'), say(`province.${statement.homeProvince}`)],
    [say('statement.day'), statement.day],
    [say('statement.state'), say(`statement.state.${statement.state}`)],
    ...(statement.closedAt ? [[say('statement.closedAt'), formatInstant(statement.closedAt)] as [string, Cell]] : []),
    [say('statement.opening'), amount(statement.openingFen)],
    [say('statement.owed'), amount(statement.owedFen)],
    [say('statement.returned'), amount(-statement.returnedFen)],
    [say('statement.closing'), amount(statement.closingFen)],
    [say('statement.taken'), amount(statement.takenFen)],
    [say('statement.givenBack'), amount(-statement.givenBackFen)],
    [say('statement.postings'), { count: statement.postings }],
    ...(statement.sha256 ? [[say('statement.hash'), statement.sha256] as [string, Cell]] : []),
  ]
  return { title: say('statement.selected'), headings: [say('statement.title'), ''], rows }
}

function accountsTable(statement: Statement, say: Translate): Table {
  return {
    title: say('statement.accounts'),
    headings: [
      say('statement.book'),
      say('statement.account'),
      say('statement.balanceOpening'),
      say('statement.debit'),
      say('statement.credit'),
      say('statement.balanceClosing'),
    ],
    rows: statement.accounts.map((one) => [
      say(`ledgerBook.${one.book}`),
      say(`ledgerAccount.${one.account}`),
      { fen: one.openingFen },
      { fen: one.debitFen },
      { fen: one.creditFen },
      { fen: one.closingFen },
    ]),
  }
}

function linesTable(statement: Statement, say: Translate): Table {
  return {
    title: say('statement.lines'),
    headings: [
      say('statement.occurredAt'),
      say('statement.recordedAt'),
      say('statement.book'),
      say('statement.kind'),
      say('statement.debit'),
      say('statement.credit'),
      say('statement.amount'),
      say('statement.carrier'),
      say('statement.case'),
      say('statement.payment'),
      say('statement.reference'),
      say('statement.cause'),
    ],
    rows: statement.lines.map((line) => [
      formatInstant(line.occurredAt),
      formatInstant(line.recordedAt),
      say(`ledgerBook.${line.book}`),
      say(`postingKind.${line.kind}`),
      say(`ledgerAccount.${line.debit}`),
      say(`ledgerAccount.${line.credit}`),
      { fen: line.amountFen },
      say(`carrierShort.${line.carrier}`),
      line.caseNumber ?? line.caseId,
      line.paymentId ?? line.refundId ?? '',
      line.reference ?? '',
      `${line.cause}/${line.position}`,
    ]),
  }
}

/** Fen as yuan with two decimals and no grouping: what spreadsheets read as a number in every language. */
function yuan(amountFen: number): string {
  const magnitude = Math.abs(amountFen)
  return `${amountFen < 0 ? '-' : ''}${Math.trunc(magnitude / 100)}.${String(magnitude % 100).padStart(2, '0')}`
}

function csvOf(tables: readonly Table[]): Buffer {
  const cellOf = (cell: Cell) => (typeof cell === 'string' ? cell : 'fen' in cell ? yuan(cell.fen) : String(cell.count))
  // Text that begins like a formula gets an apostrophe before it (OWASP, CSV injection); amounts are ours and stay numbers.
  const guarded = (cell: Cell) => (typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cellOf(cell))
  const blocks = tables.map(({ headings, rows }) =>
    stringify([headings, ...rows.map((row) => row.map(guarded))], { record_delimiter: 'windows' }),
  )
  // The byte order mark makes Excel read UTF-8.
  return Buffer.from(`\uFEFF${blocks.join('\r\n')}`, 'utf8')
}

function sheetOf({ headings, rows }: Table): SheetData {
  const cellOf = (cell: Cell): Row[number] => {
    if (typeof cell === 'string') return { value: cell, type: String }
    return 'fen' in cell
      ? { value: Number(yuan(cell.fen)), type: Number, format: '#,##0.00' }
      : { value: cell.count, type: Number, format: '0' }
  }
  return [
    headings.map((heading) => ({ value: heading, type: String, fontWeight: 'bold' as const })),
    ...rows.map((row) => row.map(cellOf)),
  ]
}

function widthsOf({ headings, rows }: Table): { width: number }[] {
  const length = (cell: Cell) =>
    typeof cell === 'string' ? [...cell].reduce((sum, c) => sum + (c > '\u2e80' ? 2 : 1), 0) : 14
  return headings.map((heading, column) => ({
    width: Math.min(
      48,
      Math.max(10, length(heading) + 2, ...rows.slice(0, 500).map((row) => length(row[column] ?? '') + 2)),
    ),
  }))
}

/**
 * A statement as a file that accountants can open, in a language: head, accounts, postings. CSV with byte order mark and nothing that a
 * spreadsheet would run; XLSX with a sheet each. Amounts are numbers in yuan with two decimals.
 */
export async function exportStatement(
  statement: Statement,
  how: { format: (typeof exportFormats)[number]; language: Language },
): Promise<StatementFile> {
  const say = translator(how.language)
  const tables = [headTable(statement, say), accountsTable(statement, say), linesTable(statement, say)]
  const content =
    how.format === 'csv'
      ? csvOf(tables)
      : await writeXlsxFile(
          tables.map((table) => ({
            data: sheetOf(table),
            sheet: table.title,
            columns: widthsOf(table),
            stickyRowsCount: 1,
          })),
        ).toBuffer()
  return {
    fileName: `statement-${statement.handlingProvince}-${statement.homeProvince}-${statement.day}.${how.format}`,
    mediaType: fileTypes[how.format],
    contentBase64: content.toString('base64'),
  }
}
