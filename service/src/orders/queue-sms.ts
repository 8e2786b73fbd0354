import type { Tx } from '../database/handle.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import type { ServiceContext } from '../service-context.ts'
import { noteEvents } from './change-order.ts'
import { type SmsTemplate, smsTemplates, smsText } from './sms-texts.ts'
import { submissionOf } from './submission-of.ts'

export type { SmsTemplate } from './sms-texts.ts'

/**
 * Writes a message down and has it sent, in the caller's transaction. Warnings go to the number itself, so that its true holder hears
 * of them; what tells of the order goes to the contact.
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
      recipient: smsTemplates[template] === 'number' ? order.msisdn : submissionOf(order).contact.phone,
      text: smsText(template, order),
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
      .set({ sent_at: context.clock.now(), gateway_id: answer.value.messageId })
      .where('message_id', '=', messageId)
      .where('sent_at', 'is', null)
      .returning('message_id')
      .executeTakeFirst()
    if (marked) await noteEvents(tx, context, orderId, [{ code: 'smsSent', params: { template } }])
  })
}
