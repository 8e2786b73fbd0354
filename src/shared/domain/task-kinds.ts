import { z } from 'zod'

/** What has to be done to a bundle before its line can end (product row 9). */
export const taskActions = [
  'returnDevice',
  'releaseSecondaryCard',
  'leaveSharedPlan',
  'removeExtraNumber',
  'cancelVirtualNumber',
  'unbindDevice',
  'dissolveFamilyGroup',
  'dissolveSharing',
  'endPayingForOthers',
  'endBankCollection',
  'rehomeBroadband',
] as const
export const taskActionSchema = z.enum(taskActions)
export type TaskAction = z.infer<typeof taskActionSchema>

/** Done at this counter, ordered at the home province together with the cancellation, or done by the customer elsewhere. */
export const taskWays = ['here', 'withOrder', 'elsewhere'] as const
export const taskWaySchema = z.enum(taskWays)
export type TaskWay = z.infer<typeof taskWaySchema>
