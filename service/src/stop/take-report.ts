import type { SmsReport } from '../connectors/wire/sms-inbound.ts'
import { noteEvents } from '../orders/change-order.ts'
import type { ServiceContext } from '../service-context.ts'

/** Notes whether a message reached its phone; the store sees at once when the warning to the number itself did not. */
export async function takeReport(context: ServiceContext, report: SmsReport): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    const message = await tx
      .updateTable('sms_message')
      .set({ delivery: report.state, delivery_reason: report.reason ?? null, delivery_at: report.at })
      .where('gateway_id', '=', report.messageId)
      .where('delivery', 'is', null)
      .returning(['order_id', 'template'])
      .executeTakeFirst()
    if (!message) return
    const undelivered = report.state === 'undelivered'
    if (!undelivered && !message.template.startsWith('warning')) return
    const why = report.reason ?? '—'
    await noteEvents(
      tx,
      context,
      message.order_id,
      undelivered ? [{ code: 'smsUndelivered', params: { template: message.template, why } }] : [],
    )
  })
}
