import { sql } from 'kysely'
import type { Database } from '../../service/src/database/handle.ts'
import type { OutsideWorld } from './service-world.ts'

/** What the simulated home provinces have in their own books. Money in li. */
export interface HomeBooks {
  payments: {
    paymentId: string
    homeProvince: string
    handlingProvince: string
    postedLi: number
    reversedLi: number
  }[]
  refunds: { orderId: string; homeProvince: string; handlingProvince: string; route: string; amountLi: number }[]
  invoices: { orderId: string; billId: string; way: string; amountLi: number }[]
  /** The payment provider's books, and what the renewal platform asked of whom. */
  claims: { paymentId: string; authorizationCode: string; amountLi: number }[]
  returns: { refundId: string; authorizationCode: string; amountLi: number }[]
  refundsOut: { refundId: string; amountLi: number; kind: string }[]
  renewals: { msisdn: string; app: string; asked: number }[]
}

/** Reads the books of all home provinces. */
export async function homeBooks(world: OutsideWorld): Promise<HomeBooks> {
  return (await (await fetch(`${world.simulators.urls.directory}/ledger.json`)).json()) as HomeBooks
}

/** What every home province should get from the handling ones by its own books, in fen: posted less reversed less refunds paid here. */
function dueByHome(books: HomeBooks): Map<string, number> {
  const due = new Map<string, number>()
  const add = (province: string, li: number) => due.set(province, (due.get(province) ?? 0) + li / 10)
  for (const payment of books.payments) add(payment.homeProvince, payment.postedLi - payment.reversedLi)
  for (const refund of books.refunds) if (refund.route === 'cash') add(refund.homeProvince, -refund.amountLi)
  return due
}

/** Where the service's ledger and the home provinces' books differ; empty when they agree to the fen. */
export async function differencesFromHome(db: Database, world: OutsideWorld): Promise<string[]> {
  const rows = await db
    .selectFrom('ledger_posting')
    .select([
      'home_province',
      sql<number>`sum(case when credit = 'dueToHome' then amount_fen when debit = 'dueToHome' then -amount_fen else 0 end)::bigint`.as(
        'due',
      ),
    ])
    .groupBy('home_province')
    .execute()
  const ours = new Map(rows.map((row) => [row.home_province as string, Number(row.due)]))
  const theirs = dueByHome(await homeBooks(world))
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((province) => {
    const [own, home] = [ours.get(province) ?? 0, theirs.get(province) ?? 0]
    return own === home ? [] : [`${province}: the ledger says ${own} fen, the home province ${home}`]
  })
}
