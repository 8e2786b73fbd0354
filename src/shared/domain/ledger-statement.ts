import { z } from 'zod'
import { carrierSchema, provinceSchema } from './geography.ts'
import { bookAccounts, type LedgerAccount, ledgerAccountSchema, ledgerBooks, postingKindSchema } from './ledger.ts'
import { fen } from './money.ts'
import { dateSchema, fenSchema, instantSchema } from './scalars.ts'

/** Hours after midnight in Shanghai at which a day is closed: what counters took late in the evening has arrived by then. */
export const closingHour = 2

/** A posting as statements list it. */
export const statementLineSchema = z.object({
  cause: z.string(),
  position: z.int().positive(),
  kind: postingKindSchema,
  book: z.enum(ledgerBooks),
  debit: ledgerAccountSchema,
  credit: ledgerAccountSchema,
  amountFen: fenSchema,
  carrier: carrierSchema,
  caseId: z.uuid(),
  caseNumber: z.string().optional(),
  orderId: z.uuid().optional(),
  paymentId: z.uuid().optional(),
  refundId: z.uuid().optional(),
  reference: z.string().optional(),
  /** When it happened; the day it counts for may be later, when that day was closed already. */
  occurredAt: instantSchema,
  recordedAt: instantSchema,
})
export type StatementLine = z.infer<typeof statementLineSchema>

/** An account over a day. Balances are debit less credit, in fen. */
export const accountMovementSchema = z.object({
  book: z.enum(ledgerBooks),
  account: ledgerAccountSchema,
  openingFen: fenSchema,
  debitFen: fenSchema,
  creditFen: fenSchema,
  closingFen: fenSchema,
})
export type AccountMovement = z.infer<typeof accountMovementSchema>

/** What one pair of provinces has to settle for one day; amounts as seen by the handling province that owes them. */
export const statementSummarySchema = z.object({
  handlingProvince: provinceSchema,
  homeProvince: provinceSchema,
  day: dateSchema,
  /** A closed day never changes again; an open one still takes postings. */
  state: z.enum(['open', 'closed']),
  closedAt: instantSchema.optional(),
  /** What the handling province owed the home province when the day began, what came to it and went from it, what it owes at the end. */
  openingFen: fenSchema,
  owedFen: fenSchema,
  returnedFen: fenSchema,
  closingFen: fenSchema,
  /** Money taken and given back at the counters on that day. */
  takenFen: fenSchema,
  givenBackFen: fenSchema,
  postings: z.int().nonnegative(),
})
export type StatementSummary = z.infer<typeof statementSummarySchema>

export const statementSchema = statementSummarySchema.extend({
  accounts: z.array(accountMovementSchema),
  lines: z.array(statementLineSchema),
  /** SHA-256 of the closed statement; the audit chain names it. */
  sha256: z.string().optional(),
})
export type Statement = z.infer<typeof statementSchema>

export type Balances = Partial<Record<LedgerAccount, number>>

/** Balances after some postings: the receiving account goes up, the giving one down. Their sum stays what it was. */
export function applyPostings(
  before: Balances,
  postings: readonly { debit: LedgerAccount; credit: LedgerAccount; amountFen: number }[],
): Balances {
  const after: Balances = { ...before }
  for (const { debit, credit, amountFen } of postings) {
    after[debit] = (after[debit] ?? 0) + amountFen
    after[credit] = (after[credit] ?? 0) - amountFen
  }
  return after
}

/** Every account that was used, in the order of the books, with its day. */
export function movementsOf(
  opening: Balances,
  postings: readonly { debit: LedgerAccount; credit: LedgerAccount; amountFen: number }[],
): AccountMovement[] {
  return ledgerBooks.flatMap((book) =>
    bookAccounts[book].flatMap((account): AccountMovement[] => {
      const openingFen = opening[account] ?? 0
      const sum = (side: 'debit' | 'credit') =>
        postings.reduce((total, posting) => total + (posting[side] === account ? posting.amountFen : 0), 0)
      const [debitFen, creditFen] = [sum('debit'), sum('credit')]
      if (openingFen === 0 && debitFen === 0 && creditFen === 0) return []
      return [
        {
          book,
          account,
          openingFen: fen(openingFen),
          debitFen: fen(debitFen),
          creditFen: fen(creditFen),
          closingFen: fen(openingFen + debitFen - creditFen),
        },
      ]
    }),
  )
}

/** What is wrong with a statement's arithmetic; empty when it balances to the fen and the two books agree. */
export function imbalances(accounts: readonly AccountMovement[]): string[] {
  const wrong: string[] = []
  for (const book of ledgerBooks) {
    const own = accounts.filter((one) => one.book === book)
    for (const side of ['openingFen', 'closingFen'] as const) {
      const total = own.reduce((sum, one) => sum + one[side], 0)
      if (total !== 0) wrong.push(`${book}.${side}: ${total}`)
    }
    const turnover = own.reduce((sum, one) => sum + one.debitFen - one.creditFen, 0)
    if (turnover !== 0) wrong.push(`${book}.turnover: ${turnover}`)
  }
  const closing = (account: LedgerAccount) => accounts.find((one) => one.account === account)?.closingFen ?? 0
  if (closing('dueToHome') + closing('dueFromHandling') !== 0)
    wrong.push(`clearing: ${closing('dueToHome')} against ${closing('dueFromHandling')}`)
  return wrong
}

/** The figures of a day that stand in the list of statements, computed from its accounts. */
export function summaryFigures(
  accounts: readonly AccountMovement[],
): Pick<StatementSummary, 'openingFen' | 'owedFen' | 'returnedFen' | 'closingFen' | 'takenFen' | 'givenBackFen'> {
  const clearing = accounts.find((one) => one.account === 'dueToHome')
  const tills = accounts.filter((one) => one.account.startsWith('till'))
  return {
    openingFen: fen(-(clearing?.openingFen ?? 0)),
    owedFen: fen(clearing?.creditFen ?? 0),
    returnedFen: fen(clearing?.debitFen ?? 0),
    closingFen: fen(-(clearing?.closingFen ?? 0)),
    takenFen: fen(tills.reduce((sum, one) => sum + one.debitFen, 0)),
    givenBackFen: fen(tills.reduce((sum, one) => sum + one.creditFen, 0)),
  }
}
