import { beforePointOfNoReturn, isFinal } from '../../../src/shared/domain/order.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { SmsReply } from '../connectors/wire/sms-inbound.ts'
import type { Tx } from '../database/handle.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import { changeOrder, noteEvents } from '../orders/change-order.ts'
import { queueSms } from '../orders/queue-sms.ts'
import type { ServiceContext } from '../service-context.ts'
import { openTicket } from '../tickets/tickets.ts'
import { escalateLateStop } from './escalate-stop.ts'
import { readReply } from './read-reply.ts'
import { warningOf } from './warning-settings.ts'

/** What a reply came to; kept with it. */
export type ReplyOutcome =
  | 'unknownNumber'
  | 'other'
  | 'codeWrong'
  | 'codeLocked'
  | 'stopped'
  | 'alreadyStopped'
  | 'tooLate'
  | 'notNeeded'

/** How long after its beginning a reply still belongs to an order. */
const rememberedMs = 120 * 86_400_000

function latestOrder(tx: Tx, msisdn: string, now: number): Promise<ProductOrderTable | undefined> {
  return tx
    .selectFrom('product_order')
    .selectAll()
    .where('msisdn', '=', msisdn)
    .where('created_at', '>', now - rememberedMs)
    .orderBy('created_at', 'desc')
    .limit(1)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

function outcomeOf(order: ProductOrderTable, text: string): ReplyOutcome {
  const { stopWord, wrongCodesToLock } = warningOf(order)
  const reply = readReply(text, stopWord)
  if (reply.kind === 'other') return 'other'
  const ended = isFinal(order.stage) && order.stage !== 'deactivated'
  if (ended) return 'notNeeded'
  if (order.wrong_stop_codes >= wrongCodesToLock) return 'codeLocked'
  if (order.stop_code === null || reply.code !== order.stop_code) return 'codeWrong'
  if (order.approved_at !== null || !beforePointOfNoReturn(order.stage)) return 'tooLate'
  return order.stop_requested_at === null ? 'stopped' : 'alreadyStopped'
}

/** Carries an outcome out; the order's row is held, the audit chain has its entry already. */
async function carryOut(tx: Tx, context: ServiceContext, order: ProductOrderTable, outcome: ReplyOutcome) {
  const { clock } = context
  const ticket = {
    storeId: order.store_id,
    orderId: order.order_id,
    caseId: order.case_id,
    params: { caseNumber: order.case_number, ending: order.msisdn.slice(-4) },
  }
  switch (outcome) {
    case 'stopped':
      await queueSms(tx, context, order, 'stopTaken')
      await changeOrder(tx, context, order, {
        set: { stop_requested_at: clock.now() },
        events: [{ code: 'stopRequested' }],
        nextStepInSeconds: 0,
      })
      return openTicket(tx, context, { ...ticket, kind: 'orderStopped', severity: 'stops' })
    case 'tooLate':
      await noteEvents(tx, context, order.order_id, [{ code: 'stopTooLate' }])
      return escalateLateStop(tx, context, order)
    case 'notNeeded':
      return queueSms(tx, context, order, 'stopNotNeeded')
    case 'codeWrong': {
      await tx
        .updateTable('product_order')
        .set({ wrong_stop_codes: order.wrong_stop_codes + 1 })
        .where('order_id', '=', order.order_id)
        .execute()
      await queueSms(tx, context, order, 'stopCodeWrong')
      await noteEvents(tx, context, order.order_id, [{ code: 'stopCodeWrong' }])
      if (order.wrong_stop_codes + 1 >= warningOf(order).wrongCodesToLock)
        await openTicket(tx, context, { ...ticket, kind: 'stopCodeLocked', severity: 'stops' })
      return
    }
    case 'other':
      // Not a stop, but whoever answers a warning in their own words may mean one: people should read between the lines.
      if (!isFinal(order.stage))
        await openTicket(tx, context, { ...ticket, kind: 'warningAnswered', severity: 'waits' })
      return
    default:
      return
  }
}

/**
 * Takes in a reply exactly once, however often the gateway brings it: the same number of the gateway's does nothing again. Only the
 * number itself can stop its order, and only with the code that was sent to it. Answers what it came to, also the second time.
 */
export function takeReply(context: ServiceContext, reply: SmsReply): Promise<ReplyOutcome> {
  const now = context.clock.now()
  return context.db.transaction().execute(async (tx) => {
    const order = await latestOrder(tx, reply.from, now)
    const outcome = order ? outcomeOf(order, reply.text) : 'unknownNumber'
    const kept = await tx
      .insertInto('sms_inbound')
      .values({
        gateway_id: reply.gatewayId,
        sender: reply.from,
        text: reply.text,
        sent_at: reply.receivedAt,
        received_at: now,
        outcome,
        order_id: order?.order_id ?? null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('gateway_id')
      .executeTakeFirst()
    if (!kept) {
      const before = await tx
        .selectFrom('sms_inbound')
        .select('outcome')
        .where('gateway_id', '=', reply.gatewayId)
        .executeTakeFirstOrThrow()
      return before.outcome as ReplyOutcome
    }
    if (!order) return outcome
    await appendAudit(tx, {
      storeId: order.store_id,
      at: now,
      // The phone speaks for itself; its number does not belong in the chain.
      actor: 'holder-by-sms',
      action: `sms.${outcome}`,
      subject: order.order_id,
      details: { caseId: order.case_id, gatewayId: reply.gatewayId },
    })
    await carryOut(tx, context, order, outcome)
    return outcome
  })
}
