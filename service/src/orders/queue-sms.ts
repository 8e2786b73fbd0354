import { formatInstant, instant } from '../../../src/shared/domain/calendar.ts'
import { fen, formatYuan } from '../../../src/shared/domain/money.ts'
import { type OrderSubmit, orderSubmitSchema } from '../../../src/shared/protocol/jobs.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import type { ServiceContext, Tx } from '../service-context.ts'
import { noteEvents } from './change-order.ts'

export type SmsTemplate = 'accepted' | 'warning' | 'returned' | 'refused' | 'withdrawn' | 'expired' | 'completed'

/** The text of a message; the number itself is shown by its last four digits only, since the contact is somebody else's phone. */
function textOf(template: SmsTemplate, order: ProductOrderTable): string {
  const number = `尾号 ${order.msisdn.slice(-4)} 的号码`
  const reference = `受理单 ${order.case_number}`
  switch (template) {
    case 'accepted':
      return `【销号柜台】${number}的异地销户申请已受理，${reference}，最迟 ${order.deadline} 办结。`
    case 'warning':
      return `【销号柜台】本号码正在办理异地销户，${reference}。如非您本人申请，请立即致电客服或到营业厅撤销。`
    case 'returned':
      return `【销号柜台】${number}的销户申请被归属省退回补件，请于 ${formatInstant(instant(order.resupply_by ?? 0))} 前到受理营业厅补充材料，${reference}。`
    case 'refused':
      return `【销号柜台】${number}的销户申请未获归属省通过，号码保留。详情请咨询受理营业厅，${reference}。`
    case 'withdrawn':
      return `【销号柜台】${number}的销户申请已撤销，号码保留，${reference}。`
    case 'expired':
      return `【销号柜台】${number}的销户申请已超过办理期限而终止，号码保留，${reference}。`
    case 'completed': {
      const refund = order.refund_fen ? `，应退 ${formatYuan(fen(order.refund_fen))} 元将按登记的方式退还` : ''
      return `【销号柜台】${number}已于 ${formatInstant(instant(order.effective_at ?? 0))} 销户${refund}，${reference}。`
    }
  }
}

/** Reads back what was submitted, with what was corrected since; stored payloads are parsed again when read. */
export function submissionOf(order: ProductOrderTable): OrderSubmit {
  const corrected = order.corrections === null ? {} : (JSON.parse(order.corrections) as object)
  return orderSubmitSchema.parse({ ...(JSON.parse(order.submission) as object), ...corrected })
}

/**
 * Writes a message down and has it sent, in the caller's transaction. The warning goes to the number itself, so that its true holder
 * hears of it; all others to the contact.
 */
export async function queueSms(
  tx: Tx,
  context: ServiceContext,
  order: ProductOrderTable,
  template: SmsTemplate,
): Promise<void> {
  const messageId = context.newId()
  await tx
    .insertInto('sms_message')
    .values({
      message_id: messageId,
      order_id: order.order_id,
      template,
      recipient: template === 'warning' ? order.msisdn : submissionOf(order).contact.phone,
      text: textOf(template, order),
      created_at: context.clock.now(),
      sent_at: null,
    })
    .execute()
  await context.work.scheduleSms(tx, { messageId })
}

/** Sends one written message; the gateway takes the same key once. Throws when it could not be sent, so that the queue tries again. */
export async function sendQueuedSms(context: ServiceContext, messageId: string): Promise<void> {
  const message = await context.db
    .selectFrom('sms_message')
    .selectAll()
    .where('message_id', '=', messageId)
    .executeTakeFirst()
  if (!message || message.sent_at !== null) return
  const { order_id: orderId, template, recipient: to, text } = message
  const answer = await context.sms.send({ key: `order:${messageId}`, to, text, template }, orderId)
  if (answer.outcome !== 'ok') throw new Error(`message not sent: ${answer.outcome}`)
  await context.db.transaction().execute(async (tx) => {
    const marked = await tx
      .updateTable('sms_message')
      .set({ sent_at: context.clock.now() })
      .where('message_id', '=', messageId)
      .where('sent_at', 'is', null)
      .returning('message_id')
      .executeTakeFirst()
    if (marked) await noteEvents(tx, context, orderId, [{ code: 'smsSent', params: { template } }])
  })
}
