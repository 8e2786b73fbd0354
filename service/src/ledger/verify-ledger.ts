import canonicalize from 'canonicalize'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type { LedgerPair } from '../../../src/shared/domain/ledger.ts'
import { imbalances, statementSchema } from '../../../src/shared/domain/ledger-statement.ts'
import { sha256Hex } from '../auth/secrets.ts'
import type { Database } from '../database/handle.ts'
import { ledgerChain } from './close-days.ts'
import { computeStatement, pairsOf } from './read-ledger.ts'

/** After every day there is. */
const endOfDays = '9999-12-31' as ShanghaiDate

/** What a statement's body says; undefined when it says nothing a statement could. */
function readBody(body: string) {
  try {
    return statementSchema.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

async function faultsOfPair(db: Database, pair: LedgerPair): Promise<string[]> {
  const wrong: string[] = []
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
    const say = (what: string) => wrong.push(`${name} ${row.day}: ${what}`)
    if (sha256Hex(row.body) !== row.sha256) say('the body was changed')
    if (before !== undefined && row.opening !== before) say('opens with another balance')
    before = row.closing
    const said = readBody(row.body)
    for (const one of said ? imbalances(said.accounts) : ['the body is no statement']) say(one)
    const { statement } = await computeStatement(db, pair, row.day as ShanghaiDate)
    if (said && canonicalize(statement.lines) !== canonicalize(said.lines))
      say('the postings are not those of the statement')
  }
  const { statement } = await computeStatement(db, pair, endOfDays)
  return [...wrong, ...imbalances(statement.accounts).map((one) => `${name}: ${one}`)]
}

/** Closings bind the statements of their days, and the audit chain the closings: none can be changed or taken away without the others. */
async function faultsOfClosings(db: Database): Promise<string[]> {
  const closings = await db.selectFrom('ledger_closing').selectAll().orderBy('day').execute()
  const statements = await db
    .selectFrom('ledger_statement')
    .select(['day', 'sha256'])
    .orderBy('handling_province')
    .orderBy('home_province')
    .execute()
  const audited = await db
    .selectFrom('audit_entry')
    .select(['subject', 'details'])
    .where('chain', '=', ledgerChain)
    .where('action', '=', 'ledger.closed')
    .execute()
  const hashes = new Map<string, string[]>()
  for (const { day, sha256 } of statements) hashes.set(day, [...(hashes.get(day) ?? []), sha256])
  const audits = new Map(
    audited.map(({ subject, details }) => [subject, (JSON.parse(details) as { sha256?: string }).sha256]),
  )
  const wrong = closings.flatMap(({ day, sha256 }) => {
    const bound = sha256Hex((hashes.get(day) ?? []).join('\n'))
    return [
      ...(bound === sha256 ? [] : [`${day}: the statements are not those the day was closed with`]),
      ...(audits.get(day) === sha256 ? [] : [`${day}: the audit chain knows another closing`]),
    ]
  })
  const closed = new Set(closings.map(({ day }) => day))
  const lost = new Set([...hashes.keys(), ...audits.keys()].filter((day) => !closed.has(day)))
  return [...wrong, ...[...lost].sort().map((day) => `${day}: its closing is gone`)]
}

/**
 * Holds the whole ledger against itself: closed statements are what the postings give and what their hash says, each opens with what
 * the one before closed with, all balance, and days were closed with them as the audit chain says. Returns sentences of what is wrong;
 * empty when all is well.
 */
export async function verifyLedger(db: Database): Promise<string[]> {
  const wrong: string[] = []
  for (const pair of await pairsOf(db, endOfDays)) wrong.push(...(await faultsOfPair(db, pair)))
  return [...wrong, ...(await faultsOfClosings(db))]
}

/** The check as sentences for whoever runs it: what was looked at, and before it whatever is wrong. */
export async function ledgerReport(db: Database): Promise<{ faults: number; sentences: string[] }> {
  const wrong = await verifyLedger(db)
  const count = async (table: 'ledger_posting' | 'ledger_statement' | 'ledger_closing') =>
    (
      await db
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
    ).n
  const [postings, statements, days] = [
    await count('ledger_posting'),
    await count('ledger_statement'),
    await count('ledger_closing'),
  ]
  const seen = `${postings} postings, ${statements} statements of ${days} closed days`
  return { faults: wrong.length, sentences: [...wrong, `${wrong.length > 0 ? 'BROKEN' : 'whole'}: ${seen}`] }
}
