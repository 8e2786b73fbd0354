import { sql } from 'kysely'
import type { ServiceContext } from '../service-context.ts'

/**
 * Lays numbers to rest whose lines were ended lately by a process that knew nothing of it: an older build that still served beside this
 * one. `sinceMs`: how far to look back. Returns how many there were.
 */
export async function layMissingToRest(
  { db, clock }: Pick<ServiceContext, 'db' | 'clock'>,
  sinceMs: number,
): Promise<number> {
  const laid = await sql`insert into number_resource
      (msisdn, carrier, home_province, order_id, state, cancelled_at, aging_until, renewal, apps, updated_at)
    select distinct on (msisdn)
      msisdn, carrier, home_province, order_id, 'suspended', effective_at, aging_until, 'resting', '[]', updated_at
    from product_order o
    where stage = 'deactivated' and updated_at > ${clock.now() - sinceMs} and effective_at is not null and aging_until is not null
      and not exists (select 1 from number_resource n where n.msisdn = o.msisdn and n.cancelled_at >= o.effective_at)
    order by msisdn, effective_at desc
    on conflict (msisdn) do update set
      carrier = excluded.carrier, home_province = excluded.home_province, order_id = excluded.order_id, state = 'suspended',
      cancelled_at = excluded.cancelled_at, aging_until = excluded.aging_until, renewal = 'resting', batch_id = null, apps = '[]',
      not_eligible = null, release = null, released_at = null, updated_at = excluded.updated_at
      where number_resource.cancelled_at < excluded.cancelled_at`.execute(db)
  return Number(laid.numAffectedRows ?? 0)
}
