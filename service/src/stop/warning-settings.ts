import type { z } from 'zod'
import type { riskWarningSchema } from '../../../src/shared/domain/risk-policy.ts'
import type { ProductOrderTable } from '../database/tables.ts'

export type WarningSettings = z.infer<typeof riskWarningSchema>

/** Orders accepted before the policy spoke of it. */
const before: WarningSettings = { stopWord: 'TZ', againHoursBefore: 0, wrongCodesToLock: 5 }

/** How the warning of an order is worded and how long wrong codes are forgiven: as the policy said when it was accepted. */
export function warningOf(order: Pick<ProductOrderTable, 'risk'>): WarningSettings {
  if (order.risk === null) return before
  return (JSON.parse(order.risk) as { warning?: WarningSettings }).warning ?? before
}
