import type { HomeSystem } from '../../connectors/home-bss.ts'
import type { Tx } from '../../database/handle.ts'
import type { ProductOrderTable } from '../../database/tables.ts'
import type { ServiceContext } from '../../service-context.ts'
import type { OrderChange } from '../change-order.ts'

/**
 * What a step found out. Outside calls are already made when it is returned; the change is written only if nobody else has changed
 * the order meanwhile, so every outside call must bear being made again.
 */
export type StepResult =
  | {
      kind: 'change'
      change: Omit<OrderChange, 'nextStepInSeconds'>
      /** `now`: the next step follows at once; a number: seconds; `never`: nothing is left to do. */
      next: 'now' | 'never' | number
      /** Writes that come before the order's change in the same transaction: the ledger and the audit chain, which is locked before the feed. */
      first?: (tx: Tx) => Promise<void>
      /** Further writes in the same transaction; sees the order as changed. */
      also?: (tx: Tx, changed: ProductOrderTable) => Promise<void>
    }
  /** The outside system could not be reached or talked nonsense: again later, with growing distance. */
  | { kind: 'again'; reason: string }

export type Step = (context: ServiceContext, order: ProductOrderTable) => Promise<StepResult>

/** The home system an order belongs to. */
export function homeOf(order: ProductOrderTable): HomeSystem {
  return { carrier: order.carrier, province: order.home_province }
}

/** A technical failure or a refusal that must not be: try again later; the reason is shown to the store. */
export function again(answer: { outcome: string; code?: string }): StepResult {
  return { kind: 'again', reason: answer.outcome === 'refused' ? (answer.code ?? 'refused') : answer.outcome }
}
