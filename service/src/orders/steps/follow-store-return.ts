import { wishedEnding } from '../wishes.ts'
import { waitForCustomer } from './follow-figures.ts'
import { answerRequests } from './pass-on-requests.ts'
import type { Step } from './step.ts'
import { giveBack } from './wished-ending.ts'

/**
 * Stage `returned` by the store's supervisor: the home province may go on reviewing, but nothing is carried out until the customer has
 * answered or the supervisor ends the wait. Papers the customer brings are handed on where the home province takes them.
 */
export const followStoreReturn: Step = async (context, order) => {
  const answered = wishedEnding(order) ? undefined : await answerRequests(context, order)
  return answered ?? waitForCustomer(context, order, 'takenBackByStore')
}

/** Stage `homeReview`, approved, refused by the store before the last look: the home province gets its approved order back. */
export const refuseApproved: Step = (context, order) => giveBack(context, order, 'refused', 'takenBackByStore')
