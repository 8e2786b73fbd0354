import type { Tx } from '../database/handle.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import type { ServiceContext } from '../service-context.ts'

/** The line has ended: its number rests from here on, in the transaction that ended it. A number may come back more than once. */
export async function layToRest(tx: Tx, context: ServiceContext, order: ProductOrderTable): Promise<void> {
  if (order.effective_at === null || order.aging_until === null) return
  const resting = {
    carrier: order.carrier,
    home_province: order.home_province,
    order_id: order.order_id,
    state: 'suspended',
    cancelled_at: order.effective_at,
    aging_until: order.aging_until,
    renewal: 'resting',
    batch_id: null,
    apps: '[]',
    not_eligible: null,
    release: null,
    released_at: null,
    updated_at: context.clock.now(),
  } as const
  await tx
    .insertInto('number_resource')
    .values({ msisdn: order.msisdn, ...resting })
    .onConflict((conflict) => conflict.column('msisdn').doUpdateSet(resting))
    .execute()
}
