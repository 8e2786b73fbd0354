import { paymentPostedPostings } from '../../../src/shared/domain/ledger.ts'
import { byStore } from '../../../src/shared/domain/repairs.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { RepairRequest } from '../../../src/shared/protocol/repairs.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import { postOrder, scopeOfOrder } from '../ledger/post-to-ledger.ts'
import { queueSms } from '../orders/queue-sms.ts'
import { isReturnedByStore } from '../orders/returned-by-store.ts'
import { resupplyDeadline } from '../orders/steps/follow-review.ts'
import { peopleOf } from './repair-facts.ts'
import { prepareRefundRepair } from './repair-refund.ts'
import type { PreparedRepair, RepairScene } from './repair-scene.ts'

type RequestOf<A extends RepairRequest['action']> = Extract<RepairRequest, { action: A }>

/** Seconds until the step the order has anyway. */
function asItWas(order: ProductOrderTable, now: number): number | null {
  return order.next_step_at === null ? null : Math.max(0, order.next_step_at - now) / 1000
}

function skipWait({ context, order }: RepairScene): PreparedRepair {
  const event = { code: 'waitSkipped' as const }
  if (isReturnedByStore(order))
    return {
      change: {
        stage: 'homeReview',
        set: { returned_for: null, resupply_by: null, attempts: 0 },
        events: [event],
        nextStepInSeconds: 0,
      },
      audit: { wait: 'returned' },
    }
  return {
    change: { set: { cooling_until: context.clock.now() }, events: [event], nextStepInSeconds: 0 },
    audit: { wait: 'coolingOff', until: order.cooling_until ?? 0 },
  }
}

async function markPosted(
  { tx, context, order }: RepairScene,
  { paymentId, reference }: RequestOf<'markPosted'>,
): Promise<Result<PreparedRepair>> {
  const payment = await tx
    .selectFrom('payment')
    .selectAll()
    .where('payment_id', '=', paymentId)
    .where('order_id', '=', order.order_id)
    .where('posted_at', 'is', null)
    .where('reversed_at', 'is', null)
    .where('voided_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!payment) return fail('repair.paymentUnknown', { field: 'paymentId' })
  const now = context.clock.now()
  const { amount_fen: amountFen } = payment
  return ok({
    change: {
      set: { attempts: 0 },
      events: [{ code: 'postedByHand', params: { amountFen, reference } }],
      nextStepInSeconds: 0,
    },
    audit: { paymentId, amountFen, reference },
    async first() {
      await tx
        .updateTable('payment')
        .set({ posted_at: now, posted_reference: reference })
        .where('payment_id', '=', paymentId)
        .execute()
      const allocations = JSON.parse(payment.allocations) as Parameters<typeof paymentPostedPostings>[0]['allocations']
      const postings = paymentPostedPostings({ paymentId, allocations })
      await postOrder(tx, await scopeOfOrder(tx, order), postings, now, paymentId)
    },
  })
}

async function handOver(
  { tx, context, order }: RepairScene,
  { staffId }: RequestOf<'handOver'>,
): Promise<Result<PreparedRepair>> {
  const person = (await peopleOf(tx, order.store_id)).find((one) => one.staffId === staffId)
  if (!person || staffId === (order.responsible_staff_id ?? order.staff_id))
    return fail('repair.personUnknown', { field: 'staffId' })
  return ok({
    change: {
      set: { responsible_staff_id: staffId },
      events: [{ code: 'handedOver', params: { name: person.name } }],
      nextStepInSeconds: asItWas(order, context.clock.now()),
    },
    audit: { to: staffId },
  })
}

async function returnToCustomer(
  { tx, context, order }: RepairScene,
  { reason }: RequestOf<'returnToCustomer'>,
): Promise<PreparedRepair> {
  const until = await resupplyDeadline(tx, context, order)
  return {
    change: {
      stage: 'returned',
      set: {
        // Whatever the home province has decided is asked again when the order goes on; until then nothing is carried out.
        approved_at: null,
        resupply_by: until,
        returned_for: JSON.stringify({ code: byStore, params: { text: reason } }),
        attempts: 0,
      },
      events: [{ code: 'returnedHere', params: { until } }],
      nextStepInSeconds: context.timing.reviewPollSeconds,
    },
    audit: { until },
    also: (changed) => queueSms(tx, context, changed, 'returned'),
  }
}

/**
 * Works out what a repair does to an order whose row is held and whose state allows it. Errors: `repair.paymentUnknown`,
 * `repair.personUnknown`, `repair.refundSettled`.
 */
export async function prepareRepair(scene: RepairScene, request: RepairRequest): Promise<Result<PreparedRepair>> {
  const { context } = scene
  switch (request.action) {
    case 'askRefundAgain':
    case 'sendRefundAgain':
    case 'refundPaid':
    case 'refundNotPaid':
      return prepareRefundRepair(scene, request)
    case 'retryNow':
      return ok({
        change: {
          set: { attempts: 0, retry_noted_stage: null },
          events: [{ code: 'retriedByHand' }],
          nextStepInSeconds: 0,
        },
        audit: { attempts: scene.order.attempts },
      })
    case 'skipWait':
      return ok(skipWait(scene))
    case 'markPosted':
      return markPosted(scene, request)
    case 'handOver':
      return handOver(scene, request)
    case 'returnToCustomer':
      return ok(await returnToCustomer(scene, request))
    case 'refuse':
      return ok({
        change: {
          set: { refuse_requested_at: context.clock.now(), refuse_reason: request.reason },
          events: [{ code: 'refusalDecided' }],
          nextStepInSeconds: 0,
        },
        audit: {},
      })
  }
}
