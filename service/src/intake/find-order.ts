import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import type { JobScene } from './job-scene.ts'

/** An order of the counter's own store, its row held until the transaction ends. Error: `order.notFound`. */
export async function holdOrder({ tx, device }: JobScene, orderId: string): Promise<Result<ProductOrderTable>> {
  const order = await tx
    .selectFrom('product_order')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('store_id', '=', device.storeId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return order ? ok(order) : fail('order.notFound', { field: 'orderId' })
}
