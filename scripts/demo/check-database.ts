import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { Expectation } from './cases.ts'

interface OrderRow {
  order_id: string
  case_id: string
  stage: string
  effective_at: number | null
  aging_until: string | null
}

/**
 * Opens the stopped service's database and compares it with what was done at the counter: every order deactivated exactly
 * once, money posted to the fen, approvals present, exactly one receipt per job, no gap in the device's sequence, and an
 * unbroken audit chain. Returns the sentences of what is wrong; empty when all is well.
 */
export async function checkDatabase(folder: string, expectations: readonly Expectation[]): Promise<string[]> {
  const database = await PGlite.create(join(folder, 'service', 'database'))
  const wrong: string[] = []
  const expect = (truth: boolean, sentence: string) => {
    if (!truth) wrong.push(sentence)
  }
  const rows = async <T>(sql: string, params: unknown[] = []) => (await database.query<T>(sql, params)).rows
  try {
    for (const { title, msisdn, paidFen, approvals = [], events = [] } of expectations) {
      const orders = await rows<OrderRow>('select * from product_order where msisdn = $1', [msisdn])
      expect(orders.length === 1, `${title}: ${orders.length} orders for the number instead of one`)
      const order = orders[0]
      if (!order) continue
      expect(order.stage === 'deactivated', `${title}: the order stands at ${order.stage}`)
      expect(
        order.effective_at !== null && order.aging_until !== null,
        `${title}: no effective time or quarantine date`,
      )
      const [paid] = await rows<{ sum: number }>(
        'select coalesce(sum(amount_fen), 0)::int as sum from payment where case_id = $1 and posted_at is not null and reversed_at is null',
        [order.case_id],
      )
      expect(paid!.sum === (paidFen ?? 0), `${title}: ${paid!.sum} fen posted, ${paidFen ?? 0} collected`)
      const granted = await rows<{ subject: string }>('select subject from approval where case_id = $1', [
        order.case_id,
      ])
      for (const subject of approvals)
        expect(
          granted.some((row) => row.subject === subject),
          `${title}: no approval ${subject}`,
        )
      const happened = (
        await rows<{ code: string }>('select code from order_event where order_id = $1', [order.order_id])
      ).map((row) => row.code)
      for (const code of [...events, 'accepted', 'approved', 'deactivated'])
        expect(
          happened.filter((each) => each === code).length === 1,
          `${title}: event ${code} ${happened.filter((each) => each === code).length} times`,
        )
    }
    const [jobs] = await rows<{ count: number; highest: number }>(
      'select count(*)::int as count, coalesce(max(sequence), 0)::int as highest from job',
    )
    expect(jobs!.count === jobs!.highest, `${jobs!.count} jobs received, highest sequence ${jobs!.highest}`)
    const [refused] = await rows<{ count: number }>('select count(*)::int as count from job_refusal')
    expect(refused!.count === 0, `${refused!.count} jobs refused`)
    const broken = await rows<{ sequence: number }>(
      `select sequence from (select sequence, previous_hash, lag(hash) over (partition by chain order by sequence) as before from audit_entry) as chained
       where before is not null and before <> previous_hash`,
    )
    expect(broken.length === 0, `the audit chain breaks at ${broken.length} places`)
  } finally {
    await database.close()
  }
  return wrong
}
