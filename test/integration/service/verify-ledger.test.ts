import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../../service/src/database/handle.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { closeLedgerDays } from '../../../service/src/ledger/close-days.ts'
import { ledgerRows, postToLedger } from '../../../service/src/ledger/post-to-ledger.ts'
import { ledgerReport, verifyLedger } from '../../../service/src/ledger/verify-ledger.ts'
import { addDays, instant, type ShanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import { paymentTakenPostings } from '../../../src/shared/domain/ledger.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import { preparePgliteFolder } from '../../support/pglite.ts'

/* Somebody who holds the database changes the books behind the service: it is found, whatever else they change with it. */

const firstDay = '2026-11-01' as ShanghaiDate
const hour = 3_600_000
const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`

/** Payments of three days for two home provinces; two of the days are closed. */
async function keepBooks(db: Database): Promise<void> {
  for (const at of [0, 1, 2])
    for (const homeProvince of ['14', '23'] as const) {
      const now = startOfDay(addDays(firstDay, at)) + 9 * hour
      const payment = paymentTakenPostings({
        paymentId: uuid(at * 100 + Number(homeProvince)),
        method: 'cash',
        amountFen: fen(100 + at),
        receiptNumber: `R${at}`,
      })
      const about = {
        handlingProvince: '44',
        homeProvince,
        carrier: 'CMCC',
        caseId: uuid(1),
        occurredAt: now,
        now,
      } as const
      await db.transaction().execute((tx) => postToLedger(tx, ledgerRows(payment, about)))
    }
  const now = startOfDay(addDays(firstDay, 2)) + 5 * hour
  await closeLedgerDays({ db, clock: { now: () => instant(now) } })
}

/** Changes the books as only whoever holds the database can: its own guards are taken off first. */
async function tamper(db: Database, ...statements: string[]): Promise<void> {
  const tables = ['ledger_posting', 'ledger_statement', 'ledger_closing']
  for (const table of tables) await sql.raw(`alter table ${table} disable trigger user`).execute(db)
  for (const statement of statements) await sql.raw(statement).execute(db)
}

describe('books', () => {
  let database: OpenDatabase
  beforeAll(async () => {
    database = await openDatabase({ kind: 'memory' })
    await keepBooks(database.db)
  })
  afterAll(() => database.close())

  /** What is found when the books were changed so; they are put back afterwards. */
  async function foundAfter(statements: readonly string[]): Promise<string[]> {
    const tx = await database.db.startTransaction().execute()
    try {
      await tamper(tx, ...statements)
      return await verifyLedger(tx)
    } finally {
      await tx.rollback().execute()
    }
  }

  test('nobody touched are whole', async () => {
    const sentences = ['whole: 6 postings, 4 statements of 2 closed days']
    expect(await ledgerReport(database.db)).toEqual({ faults: 0, sentences })
  })

  const changed = (body: string) => `set body = ${body}, sha256 = encode(sha256(convert_to(${body}, 'UTF8')), 'hex')`
  test.for([
    [
      'a posting of a closed day',
      "update ledger_posting set amount_fen = 1 where day = '2026-11-01' and home_province = '14'",
      '44-14 2026-11-01: the postings are not those of the statement',
    ],
    [
      'the body of a statement',
      "update ledger_statement set body = replace(body, '44', '43') where day = '2026-11-02'",
      '44-23 2026-11-02: the body was changed',
    ],
    [
      'a body that cannot be read any more',
      "update ledger_statement set body = 'nothing' where day = '2026-11-02'",
      '44-14 2026-11-02: the body is no statement',
    ],
    [
      'a body together with its hash',
      `update ledger_statement ${changed("replace(body, 'R1', 'R9')")} where day = '2026-11-02'`,
      '2026-11-02: the statements are not those the day was closed with',
    ],
    [
      'an opening balance',
      "update ledger_statement set opening = '{}' where day = '2026-11-02'",
      '44-14 2026-11-02: opens with another balance',
    ],
    [
      'the closing of a day',
      "update ledger_closing set sha256 = 'x' where day = '2026-11-01'",
      '2026-11-01: the audit chain knows another closing',
    ],
    [
      'a posting that is gone',
      "delete from ledger_posting where day = '2026-11-01' and home_province = '14'",
      '44-14 2026-11-01: the postings are not those of the statement',
    ],
    [
      'statements that are gone',
      "delete from ledger_statement where day = '2026-11-02'",
      '2026-11-02: the statements are not those the day was closed with',
    ],
    [
      'a whole pair that is gone',
      "delete from ledger_posting where home_province = '14'; delete from ledger_statement where home_province = '14'",
      '2026-11-01: the statements are not those the day was closed with',
    ],
    [
      'a day that is gone',
      "delete from ledger_statement where day = '2026-11-02'; delete from ledger_closing where day = '2026-11-02'",
      '2026-11-02: its closing is gone',
    ],
  ] as const)('changed behind the service are not whole: %s', async ([, statements, sentence]) => {
    expect(await foundAfter(statements.split('; '))).toContain(sentence)
  })
})

test('the command checks a folder and says so with its exit code', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-ledger-'))
  const data = join(folder, 'service')
  const main = fileURLToPath(new URL('../../../service/src/main.ts', import.meta.url))
  const verify = () => spawnSync(process.execPath, [main, '--verify-ledger', '--data', data], { encoding: 'utf8' })
  const inFolder = async (work: (db: Database) => Promise<void>) => {
    const database = await openDatabase({ kind: 'pglite', folder: data })
    await work(database.db)
    await database.close()
  }
  try {
    await preparePgliteFolder(data)
    await inFolder(keepBooks)
    const whole = verify()
    expect([whole.status, whole.stdout]).toEqual([0, 'whole: 6 postings, 4 statements of 2 closed days\n'])
    await inFolder((db) => tamper(db, "update ledger_posting set amount_fen = 1 where day = '2026-11-01'"))
    const broken = verify()
    expect(broken.status).toBe(1)
    expect(broken.stdout).toContain('44-23 2026-11-01: the postings are not those of the statement')
    expect(broken.stdout).toMatch(/\nBROKEN: 6 postings, 4 statements of 2 closed days\n$/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
