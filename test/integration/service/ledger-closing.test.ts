import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { closeLedgerDays, ledgerChain } from '../../../service/src/ledger/close-days.ts'
import { ledgerRows, postToLedger } from '../../../service/src/ledger/post-to-ledger.ts'
import { readStatement } from '../../../service/src/ledger/read-ledger.ts'
import { verifyLedger } from '../../../service/src/ledger/verify-ledger.ts'
import { addDays, instant, type ShanghaiDate, shanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import {
  finalBillPostings,
  type LedgerPair,
  type Posting,
  paymentPostedPostings,
  paymentReversedPostings,
  paymentTakenPostings,
  refundOrderedPostings,
  refundPaidPostings,
} from '../../../src/shared/domain/ledger.ts'
import { imbalances } from '../../../src/shared/domain/ledger-statement.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'

const firstDay = '2026-11-01' as ShanghaiDate
const hour = 3_600_000
const homes = ['14', '23', '41'] as const
const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`

/** Everything that can happen to one payment and its order, in the order in which it happens. */
type Life = 'taken' | 'givenBack' | 'postedAndDone' | 'reversed' | 'neverPosted' | 'refundHere' | 'refundThere'
const lives: readonly Life[] = [
  'taken',
  'givenBack',
  'postedAndDone',
  'reversed',
  'neverPosted',
  'refundHere',
  'refundThere',
]

function eventsOf(life: Life, id: string, amount: number, penalty: number, waived: number): Posting[][] {
  const all = fen(amount + penalty)
  const method = (['cash', 'card', 'code'] as const)[amount % 3]!
  const taken = paymentTakenPostings({ paymentId: id, method, amountFen: all, receiptNumber: `R-${id}` })
  const allocations = [
    { kind: 'bill', ref: 'B1', amountFen: amount },
    { kind: 'penalty', ref: 'A1', amountFen: penalty },
  ]
  const posted = paymentPostedPostings({ paymentId: id, allocations })
  const back = (amountFen: number, ofPayment: boolean) =>
    refundPaidPostings({ refundId: id, method, amountFen: fen(amountFen), receiptNumber: `B-${id}`, ofPayment })
  const bill = finalBillPostings({
    orderId: id,
    charges: penalty > 0 ? [{ kind: 'penalty', ref: 'A1', amountFen: penalty }] : [],
    waivers: waived > 0 ? [{ agreementId: 'A1', waivedFen: waived }] : [],
    setOffFen: 0,
  })
  switch (life) {
    case 'taken':
      return [taken]
    case 'givenBack':
      return [taken, back(all, true)]
    case 'postedAndDone':
      return [taken, posted, bill]
    case 'reversed':
      return penalty > 0
        ? [
            taken,
            posted,
            paymentReversedPostings({ paymentId: id, amountFen: fen(penalty), wasPosted: true }),
            back(penalty, false),
          ]
        : [taken, posted]
    case 'neverPosted':
      return [taken, paymentReversedPostings({ paymentId: id, amountFen: all, wasPosted: false }), back(all, false)]
    case 'refundHere':
      return [refundOrderedPostings({ orderId: id, amountFen: all, paidHere: true }), back(all, false)]
    case 'refundThere':
      return [refundOrderedPostings({ orderId: id, amountFen: all, paidHere: false })]
  }
}

let cluster: PostgresCluster
beforeAll(async () => {
  cluster = await startPostgres()
})
afterAll(() => cluster?.stop())

describe.each(['PGlite', 'PostgreSQL'] as const)('the ledger on %s', (kind) => {
  let database: OpenDatabase
  let now = startOfDay(firstDay) + 9 * hour
  let next = 0
  const context = () => ({ db: database.db, clock: { now: () => instant(now) } })
  beforeAll(async () => {
    database = await openDatabase(
      kind === 'PGlite' ? { kind: 'memory' } : { kind: 'postgres', url: await cluster.createDatabase(), poolSize: 6 },
    )
  })
  afterAll(() => database?.close())

  const post = (postings: readonly Posting[], pair: LedgerPair, occurredAt: number) =>
    database.db
      .transaction()
      .execute((tx) =>
        postToLedger(tx, ledgerRows(postings, { ...pair, carrier: 'CMCC', caseId: uuid(1), occurredAt, now })),
      )

  const story = fc.array(
    fc.record({
      life: fc.constantFrom(...lives),
      home: fc.constantFrom(...homes),
      amount: fc.integer({ min: 1, max: 5_000_000 }),
      penalty: fc.integer({ min: 0, max: 2_000_000 }),
      waived: fc.integer({ min: 0, max: 900 }),
      hoursBetween: fc.integer({ min: 0, max: 30 }),
      hoursLate: fc.integer({ min: 0, max: 60 }),
      repeated: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )

  it('balances after every day whatever happens, late or twice, and each day opens where the one before closed', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (steps) => {
        for (const step of steps) {
          next += 1
          const id = uuid(next)
          const pair = { handlingProvince: '44', homeProvince: step.home } as const
          for (const postings of eventsOf(step.life, id, step.amount, step.penalty, step.waived)) {
            const at = now - step.hoursLate * hour
            expect(await post(postings, pair, at)).toBe(postings.length)
            // A retry after a lost answer writes nothing.
            if (step.repeated) expect(await post(postings, pair, at)).toBe(0)
            now += step.hoursBetween * hour
          }
        }
        await closeLedgerDays(context())
        expect(await verifyLedger(database.db)).toEqual([])
      }),
      { numRuns: kind === 'PGlite' ? 8 : 25, seed: 20_261_121 },
    )
    const days = await database.db.selectFrom('ledger_closing').select('day').orderBy('day').execute()
    expect(days.length).toBeGreaterThan(5)
    expect(days.map(({ day }) => day)).toEqual(days.map((_, index) => addDays(days[0]!.day as ShanghaiDate, index)))
    expect(await verifyAuditChain(database.db, ledgerChain)).toEqual({ entries: days.length })
  })

  it('refuses to change, remove or empty what was written', async () => {
    const attempts = [
      sql`update ledger_posting set amount_fen = amount_fen + 1`,
      sql`delete from ledger_posting`,
      sql`truncate ledger_posting`,
      sql`update ledger_statement set body = '{}'`,
      sql`delete from ledger_statement`,
      sql`update ledger_closing set sha256 = ''`,
      sql`delete from ledger_closing`,
      sql`update ledger_fence set day = '2026-11-01'`,
      sql`delete from ledger_fence`,
      sql`truncate ledger_fence`,
    ]
    for (const attempt of attempts) await expect(attempt.execute(database.db)).rejects.toThrow(/append-only/)
    await expect(sql`insert into ledger_fence (day) values ('2026-11-01')`.execute(database.db)).rejects.toThrow()
    await expect(sql`insert into ledger_fence values (false, '2026-11-01')`.execute(database.db)).rejects.toThrow()
    const unbalanced = ledgerRows(
      [
        {
          cause: 'x',
          position: 1,
          kind: 'paymentTaken',
          book: 'handling',
          debit: 'tillCash',
          credit: 'tillCash',
          amountFen: fen(1),
        },
      ],
      { handlingProvince: '44', homeProvince: '14', carrier: 'CMCC', caseId: uuid(1), occurredAt: now, now },
    )
    await expect(database.db.insertInto('ledger_posting').values(unbalanced).execute()).rejects.toThrow()
    const nothing = { ...unbalanced[0]!, credit: 'customerMoney' as const, amount_fen: 0 }
    await expect(database.db.insertInto('ledger_posting').values(nothing).execute()).rejects.toThrow()
    expect(await verifyLedger(database.db)).toEqual([])
  })

  it('lets a late posting count for the first open day, and a closed statement stays what it was', async () => {
    const pair = { handlingProvince: '44', homeProvince: '65' } as const
    const day = shanghaiDate(now)
    const payment = (n: number) =>
      paymentTakenPostings({
        paymentId: uuid(900_000 + n),
        method: 'cash',
        amountFen: fen(12_345),
        receiptNumber: `L-${n}`,
      })
    await post(payment(1), pair, now)
    now = startOfDay(addDays(day, 1)) + 3 * hour
    expect(await closeLedgerDays(context())).toBeGreaterThan(0)
    const closed = await readStatement(database.db, pair, day)
    expect(closed).toMatchObject({ state: 'closed', takenFen: 12_345, postings: 1 })
    await post(payment(2), pair, startOfDay(day) + 22 * hour)
    expect(await readStatement(database.db, pair, day)).toEqual(closed)
    const open = await readStatement(database.db, pair, addDays(day, 1))
    expect(open).toMatchObject({ state: 'open', takenFen: 12_345, postings: 1 })
    expect(shanghaiDate(open!.lines[0]!.occurredAt)).toBe(day)
    expect(imbalances(open!.accounts)).toEqual([])
  })

  it('is told of a cause that comes again with another amount', async () => {
    const pair = { handlingProvince: '44', homeProvince: '14' } as const
    const payment = (amount: number) =>
      paymentTakenPostings({ paymentId: uuid(800_000), method: 'cash', amountFen: fen(amount), receiptNumber: 'D' })
    await post(payment(100), pair, now)
    await expect(post(payment(200), pair, now)).rejects.toThrow(/other postings/)
  })

  // PGlite lets one process in.
  if (kind === 'PostgreSQL')
    it('lets everybody post while the statements of a day are worked out', async () => {
      const pair = { handlingProvince: '52', homeProvince: '23' } as const
      const payment = (n: number) =>
        paymentTakenPostings({ paymentId: uuid(n), method: 'cash', amountFen: fen(7), receiptNumber: `F${n}` })
      const day = shanghaiDate(now)
      await closeLedgerDays(context())
      await post(payment(600_001), pair, now)
      now = startOfDay(addDays(day, 1)) + 5 * hour
      let release = () => {}
      let hold: Promise<void> | undefined
      await new Promise<void>((holding) => {
        hold = database.db.transaction().execute(async (tx) => {
          await sql`lock table ledger_statement in share mode`.execute(tx)
          holding()
          await new Promise<void>((resolve) => {
            release = resolve
          })
        })
      })
      const closing = closeLedgerDays(context())
      const shut = async () => (await database.db.selectFrom('ledger_fence').select('day').executeTakeFirst())?.day
      while ((await shut()) !== day) await pause(5)
      // Nothing of the day is closed yet; what comes now, though late, is no part of it, and nobody waits.
      await post(payment(600_002), pair, startOfDay(day) + 22 * hour)
      expect(await readStatement(database.db, pair, day)).toMatchObject({ state: 'open', postings: 1 })
      release()
      await hold
      expect(await closing).toBeGreaterThan(0)
      expect(await readStatement(database.db, pair, day)).toMatchObject({ state: 'closed', postings: 1 })
      expect(await readStatement(database.db, pair, addDays(day, 1))).toMatchObject({ state: 'open', postings: 1 })
    })

  if (kind === 'PostgreSQL')
    it('closes each day once when many processes try, while others post', async () => {
      const pair = { handlingProvince: '51', homeProvince: '23' } as const
      now = startOfDay(addDays(shanghaiDate(now), 3)) + 5 * hour
      const work = Array.from({ length: 40 }, (_, n) =>
        n % 4 === 0
          ? closeLedgerDays(context())
          : post(
              paymentTakenPostings({
                paymentId: uuid(700_000 + n),
                method: 'code',
                amountFen: fen(n),
                receiptNumber: `P${n}`,
              }),
              pair,
              now - (n % 3) * 24 * hour,
            ),
      )
      await Promise.all(work)
      await closeLedgerDays(context())
      expect(await verifyLedger(database.db)).toEqual([])
      const rows = await database.db
        .selectFrom('ledger_posting')
        .select('day')
        .where('handling_province', '=', '51')
        .execute()
      expect(rows).toHaveLength(30)
      expect(await verifyAuditChain(database.db, ledgerChain)).not.toHaveProperty('brokenAt')
    })

  it('keeps the fence at a day an older build closes under its own lock', async () => {
    const pair = { handlingProvince: '53', homeProvince: '23' } as const
    const day = shanghaiDate(now)
    now = startOfDay(addDays(day, 1)) + 5 * hour
    await closeLedgerDays(context())
    const next = addDays(day, 1)
    now = startOfDay(addDays(next, 1)) + 5 * hour
    await sql`insert into ledger_closing (day, closed_at, sha256) values (${next}, ${now}, '')`.execute(database.db)
    const late = paymentTakenPostings({
      paymentId: uuid(500_001),
      method: 'cash',
      amountFen: fen(1),
      receiptNumber: 'O',
    })
    await post(late, pair, startOfDay(next) + hour)
    expect(await readStatement(database.db, pair, addDays(next, 1))).toMatchObject({ state: 'open', postings: 1 })
  })
})
