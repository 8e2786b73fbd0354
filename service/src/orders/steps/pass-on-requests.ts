import type { AttachmentRef, JobPayload } from '../../../../src/shared/protocol/jobs.ts'
import type { Tx } from '../../database/handle.ts'
import type { OrderRequestTable, ProductOrderTable } from '../../database/tables.ts'
import type { ServiceContext } from '../../service-context.ts'
import { isReturnedByStore } from '../returned-by-store.ts'
import { wireAttachments } from './dispatch-request.ts'
import { again, homeOf, type StepResult } from './step.ts'

type Corrections = NonNullable<JobPayload<'order.resupply'>['corrections']>

function markHandled(context: ServiceContext, request: OrderRequestTable) {
  return async (tx: Tx): Promise<void> => {
    await tx
      .updateTable('order_request')
      .set({ handled_at: context.clock.now() })
      .where('request_id', '=', request.request_id)
      .execute()
  }
}

async function passOnUrge(
  context: ServiceContext,
  order: ProductOrderTable,
  request: OrderRequestTable,
): Promise<StepResult> {
  const { reason } = JSON.parse(request.payload) as { reason: string }
  const answer = await context.homeBss.urge(
    homeOf(order),
    { reason },
    { key: `urge:${request.request_id}`, orderId: order.order_id },
  )
  const also = markHandled(context, request)
  // Nothing to urge at the moment, e.g. while papers are with the customer: the wish is answered, but not counted.
  if (answer.outcome === 'refused' && answer.code === 'NOT_URGEABLE')
    return {
      kind: 'change',
      next: 'now',
      change: { events: [{ code: 'urged', params: { stage: String(answer.params.state ?? '') } }] },
      also,
    }
  if (answer.outcome !== 'ok') return again(answer)
  const { handler, stage, urgeCount } = answer.value
  return {
    kind: 'change',
    next: 'now',
    change: {
      set: { urge_count: urgeCount },
      events: [{ code: 'urged', params: { handler: handler.name, phone: handler.phone, stage, count: urgeCount } }],
    },
    also,
  }
}

interface ResupplyRequest {
  attachments: AttachmentRef[]
  corrections?: Corrections
  note: string
}

/** Corrected values by field path, as the home province names them (`contact.phone`). */
function wireCorrections(corrections: Corrections): Record<string, string> {
  const byPath: Record<string, string> = {}
  for (const [part, values] of Object.entries(corrections))
    for (const [name, value] of Object.entries(values ?? {})) byPath[`${part}.${name}`] = String(value)
  return byPath
}

async function passOnPapers(
  context: ServiceContext,
  order: ProductOrderTable,
  request: OrderRequestTable,
): Promise<StepResult | undefined> {
  const { attachments, corrections, note } = JSON.parse(request.payload) as ResupplyRequest
  const answer = await context.homeBss.resupply(
    homeOf(order),
    {
      attachments: wireAttachments(attachments),
      note,
      ...(corrections ? { corrections: wireCorrections(corrections) } : {}),
    },
    { key: `resupply:${request.request_id}`, orderId: order.order_id },
  )
  const also = markHandled(context, request)
  // The home province asked for nothing: the store did. What was answered here lets the order go on.
  if (answer.outcome === 'refused' && isReturnedByStore(order))
    return {
      kind: 'change',
      next: 'now',
      change: {
        stage: 'homeReview',
        set: { returned_for: null, resupply_by: null, attempts: 0 },
        events: [{ code: 'answeredHere' }],
      },
      also,
    }
  if (answer.outcome === 'refused') {
    // Too late or already decided: what the order's state says next is what counts.
    await context.db.transaction().execute(also)
    return undefined
  }
  if (answer.outcome !== 'ok') return again(answer)
  return {
    kind: 'change',
    next: context.timing.reviewPollSeconds,
    change: {
      stage: 'homeReview',
      set: {
        returned_for: null,
        resupply_by: null,
        attempts: 0,
        ...(corrections
          ? { corrections: JSON.stringify({ ...JSON.parse(order.corrections ?? '{}'), ...corrections }) }
          : {}),
      },
      events: [{ code: 'resupplied', params: { papers: attachments.length } }],
    },
    also,
  }
}

/** Passes the oldest open request of the store on to the home province; undefined when there is none. */
export async function answerRequests(
  context: ServiceContext,
  order: ProductOrderTable,
): Promise<StepResult | undefined> {
  const request = await context.db
    .selectFrom('order_request')
    .selectAll()
    .where('order_id', '=', order.order_id)
    .where('handled_at', 'is', null)
    .orderBy('requested_at')
    .orderBy('request_id')
    .executeTakeFirst()
  if (!request) return undefined
  if (request.kind === 'urge') return passOnUrge(context, order, request)
  return order.stage === 'returned' ? passOnPapers(context, order, request) : undefined
}
