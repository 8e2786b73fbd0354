import type { Case } from '../../../shared/domain/case.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { OrderView } from '../../../shared/protocol/changes.ts'

/**
 * The order a submitted case became: its own number for it, or what the service calls it. Error: `case.recalled` for a case found again
 * at a service that has forgotten the order.
 */
export function orderIdOf({ orderId }: Pick<Case, 'orderId'>, order: OrderView | undefined): Result<string> {
  const id = orderId ?? order?.orderId
  return id === undefined ? fail('case.recalled') : ok(id)
}
