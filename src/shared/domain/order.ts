import { z } from 'zod'

/** TM Forum ProductOrder states used here (item action `delete`). */
export const orderStates = [
  'acknowledged',
  'inProgress',
  'held',
  'pendingCancellation',
  'cancelled',
  'rejected',
  'failed',
  'completed',
] as const
export const orderStateSchema = z.enum(orderStates)
export type OrderState = z.infer<typeof orderStateSchema>

/** How far the home province has come; the state says what it means, the stage says where it stands. */
export const orderStages = [
  'accepted',
  'coolingOff',
  'paymentsPosted',
  'homeReview',
  'returned',
  'agreementsTerminated',
  'settled',
  'deactivated',
  'refused',
  'withdrawn',
  'stopped',
  'expired',
] as const
export const orderStageSchema = z.enum(orderStages)
export type OrderStage = z.infer<typeof orderStageSchema>

/** Legal moves of the saga (architecture, decision 7). Anything else is a bug and is refused by the service. */
const nextStages: Record<OrderStage, readonly OrderStage[]> = {
  accepted: ['coolingOff', 'paymentsPosted', 'refused', 'withdrawn', 'stopped', 'expired'],
  coolingOff: ['paymentsPosted', 'refused', 'withdrawn', 'stopped', 'expired'],
  paymentsPosted: ['homeReview', 'refused', 'withdrawn', 'stopped', 'expired'],
  homeReview: ['returned', 'agreementsTerminated', 'refused', 'withdrawn', 'stopped', 'expired'],
  returned: ['homeReview', 'refused', 'withdrawn', 'stopped', 'expired'],
  agreementsTerminated: ['settled'],
  settled: ['deactivated'],
  deactivated: [],
  refused: [],
  withdrawn: [],
  stopped: [],
  expired: [],
}

/** Whether the saga may go from one stage to another. */
export function mayMove(from: OrderStage, to: OrderStage): boolean {
  return nextStages[from].includes(to)
}

/** Until the home province starts to end agreements the customer may still change their mind; after it nobody may. */
export function beforePointOfNoReturn(stage: OrderStage): boolean {
  return nextStages[stage].includes('withdrawn')
}

/** True when nothing more will happen to the order by itself. */
export function isFinal(stage: OrderStage): boolean {
  return nextStages[stage].length === 0
}

/** The ProductOrder state a stage is shown as. */
export function stateOf(stage: OrderStage): OrderState {
  switch (stage) {
    case 'accepted':
      return 'acknowledged'
    case 'paymentsPosted':
    case 'homeReview':
    case 'agreementsTerminated':
    case 'settled':
      return 'inProgress'
    case 'coolingOff':
    case 'returned':
      return 'held'
    case 'deactivated':
      return 'completed'
    case 'refused':
      return 'rejected'
    case 'withdrawn':
    case 'stopped':
      return 'cancelled'
    case 'expired':
      return 'failed'
  }
}
