import canonicalize from 'canonicalize'
import { imbalances, statementSchema } from '../../../src/shared/domain/ledger-statement.ts'
import { sha256Hex } from '../auth/secrets.ts'
import type { Database } from '../database/handle.ts'
import { computeStatement, pairsOf } from './read-ledger.ts'

/**
 * Holds the whole ledger against itself: closed statements are what the postings give and what their hash says, each opens with what
 * the one before closed with, and all balance. Returns sentences of what is wrong; empty when all is well.
 */
export async function verifyLedger(db: Database): Promise<string[]> {
  const wrong: string[] = []
  for (const pair of await pairsOf(db, '9999-12-31' as never)) {
    const name = `${pair.handlingProvince}-${pair.homeProvince}`
    const kept = await db
      .selectFrom('ledger_statement')
      .selectAll()
      .where('handling_province', '=', pair.handlingProvince)
      .where('home_province', '=', pair.homeProvince)
      .orderBy('day')
      .execute()
    let before: string | undefined
    for (const row of kept) {
      if (sha256Hex(row.body) !== row.sha256) wrong.push(`${name} ${row.day}: the body was changed`)
      if (before !== undefined && row.opening !== before) wrong.push(`${name} ${row.day}: opens with another balance`)
      before = row.closing
      const { accounts, lines } = statementSchema.parse(JSON.parse(row.body))
      wrong.push(...imbalances(accounts).map((one) => `${name} ${row.day}: ${one}`))
      const { statement } = await computeStatement(db, pair, row.day as never)
      if (canonicalize(statement.lines) !== canonicalize(lines))
        wrong.push(`${name} ${row.day}: the postings are not those of the statement`)
    }
    const { statement } = await computeStatement(db, pair, '9999-12-31' as never)
    wrong.push(...imbalances(statement.accounts).map((one) => `${name}: ${one}`))
  }
  return wrong
}
