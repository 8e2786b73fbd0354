import { millisecondsPerDay, shanghaiDate } from '../../../../src/shared/domain/calendar.ts'
import { resolveRules } from '../../../../src/shared/domain/rules/resolve-rules.ts'
import type { ServiceOrderState } from '../../connectors/wire/service-order.ts'
import type { Database, Tx } from '../../database/handle.ts'
import type { ProductOrderTable } from '../../database/tables.ts'
import type { ServiceContext } from '../../service-context.ts'
import { escalateLateStop } from '../../stop/escalate-stop.ts'
import { queueSms } from '../queue-sms.ts'
import { type EarlyEnding, reasonOfEnding, wishedAt, wishedEnding } from '../wishes.ts'
import { ownParams } from './dispatch-request.ts'
import { endRefused } from './end-unhappily.ts'
import { answerRequests } from './pass-on-requests.ts'
import { again, homeOf, type Step, type StepResult } from './step.ts'
import { endAsWished } from './wished-ending.ts'

type Review = Extract<ServiceOrderState, { result: 'ok' }>

/** The home province has approved: written down before the first agreement ends, because from there nobody can go back. */
function approved(context: ServiceContext, order: ProductOrderTable, review?: Review): StepResult {
  const now = context.clock.now()
  const stopTooLate = order.stop_requested_at !== null
  const tooLate = order.withdraw_requested_at !== null
  return {
    kind: 'change',
    next: 'now',
    change: {
      ...(order.stage === 'returned' ? { stage: 'homeReview' as const } : {}),
      set: { approved_at: now, withdraw_requested_at: null, returned_for: null, resupply_by: null },
      events: [
        { code: 'approved' },
        ...(review?.remediesDone ?? []).map(({ action, subject }) => ({
          code: 'remedyDone' as const,
          params: { action, subject },
        })),
        ...(tooLate ? [{ code: 'withdrawalTooLate' as const }] : []),
        ...(stopTooLate ? [{ code: 'stopTooLate' as const }] : []),
      ],
    },
    ...(stopTooLate ? { also: (tx: Tx, changed: ProductOrderTable) => escalateLateStop(tx, context, changed) } : {}),
  }
}

/** Until when papers can be brought by the rules of the order's home; two days where no rules are in force any more. */
export async function resupplyDeadline(
  db: Database,
  context: ServiceContext,
  order: ProductOrderTable,
): Promise<number> {
  const now = context.clock.now()
  const { packs } = await context.rules.published(db)
  const rules = resolveRules(packs, { carrier: order.carrier, province: order.home_province }, shanghaiDate(now))
  return now + (rules.ok ? rules.value.deadlines.resupply.days : 2) * millisecondsPerDay
}

/** Papers came back: the customer has as long as the home province says, otherwise as the rules say. */
async function returned(context: ServiceContext, order: ProductOrderTable, review: Review): Promise<StepResult> {
  const resupplyBy = review.resubmitBy ?? (await resupplyDeadline(context.db, context, order))
  const reason = { code: review.code ?? 'ATTACHMENT_UNUSABLE', params: ownParams(review.params) }
  return {
    kind: 'change',
    next: context.timing.reviewPollSeconds,
    change: {
      stage: 'returned',
      set: { resupply_by: resupplyBy, returned_for: JSON.stringify(reason), attempts: 0 },
      events: [
        {
          code: 'returned',
          params: { reason: reason.code, ...reason.params, handler: review.handler.name, until: resupplyBy },
        },
      ],
    },
    also: (tx, changed) => queueSms(tx, context, changed, 'returned'),
  }
}

function interpret(
  context: ServiceContext,
  order: ProductOrderTable,
  review: Review,
): StepResult | Promise<StepResult> {
  switch (review.state) {
    case 'approved':
      return approved(context, order, review)
    case 'refused':
      return endRefused(context, order, { code: review.code ?? 'USER_CAUSE_FAIL', params: review.params })
    case 'withdrawn':
      return endAsWished(context, order, wishedEnding(order) ?? 'withdrawn')
    case 'returned':
      if (order.stage === 'homeReview') return returned(context, order, review)
      break
    case 'reviewing':
      if (order.stage === 'returned')
        return {
          kind: 'change',
          next: context.timing.reviewPollSeconds,
          change: { stage: 'homeReview', set: { returned_for: null, resupply_by: null } },
        }
      break
  }
  return { kind: 'change', next: context.timing.reviewPollSeconds, change: { set: { attempts: 0 } } }
}

async function askHome(context: ServiceContext, order: ProductOrderTable): Promise<StepResult> {
  const answer = await context.homeBss.queryOrder(homeOf(order), order.order_id)
  return answer.outcome === 'ok' ? interpret(context, order, answer.value) : again(answer)
}

/** Takes the order back at the home province, for whoever wants it or for a deadline; the home province decides whether it is in time. */
async function takeBack(context: ServiceContext, order: ProductOrderTable, ending: EarlyEnding): Promise<StepResult> {
  const answer = await context.homeBss.withdraw(
    homeOf(order),
    { reason: reasonOfEnding(order, ending) },
    { key: `${ending}:${order.order_id}:${wishedAt(order, ending)}`, orderId: order.order_id },
  )
  if (answer.outcome === 'ok') return endAsWished(context, order, ending)
  if (answer.outcome === 'refused' && answer.code === 'ALREADY_APPROVED') return approved(context, order)
  if (answer.outcome === 'refused' && answer.code === 'ALREADY_REFUSED') return askHome(context, order)
  return again(answer)
}

/**
 * Stages `homeReview` (not yet approved) and `returned`: passes on what the store wants, watches the deadlines, and asks the home
 * province how far it is.
 */
export const followReview: Step = async (context, order) => {
  const wished = wishedEnding(order)
  if (wished) return takeBack(context, order, wished)
  const passedOn = await answerRequests(context, order)
  if (passedOn) return passedOn
  const now = context.clock.now()
  const overdue = shanghaiDate(now) > order.deadline
  const notResupplied = order.stage === 'returned' && order.resupply_by !== null && now > order.resupply_by
  if (overdue || notResupplied) return takeBack(context, order, 'expired')
  return askHome(context, order)
}
