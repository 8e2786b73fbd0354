import { byStore } from '../../../src/shared/domain/repairs.ts'
import type { Tx } from '../database/handle.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import { finalStages } from '../orders/stages.ts'
import type { ServiceContext } from '../service-context.ts'

/** Orders one transaction forgets; what is left waits for the next round. */
export const ordersAtOnce = 50

/** What stays of an order's submission when its people are forgotten: that it was, and what it came to. */
const keptOfSubmission = [
  'orderId',
  'caseId',
  'caseNumber',
  'carrier',
  'homeProvince',
  'settlement',
  'disconnectReason',
  'acceptedAt',
]

function keptOf(submission: string): string {
  const whole = JSON.parse(submission) as Record<string, unknown>
  return JSON.stringify(
    Object.fromEntries(keptOfSubmission.filter((name) => name in whole).map((name) => [name, whole[name]])),
  )
}

/** A code of the catalogue stays; what a supervisor wrote in their own words goes. */
function withoutWords(reason: string | null): string | null {
  if (reason === null || (JSON.parse(reason) as { code: string }).code !== byStore) return reason
  return JSON.stringify({ code: byStore, params: {} })
}

async function forgetCases(tx: Tx, cases: string[]): Promise<void> {
  const ofCases = <T extends 'attachment' | 'pre_check' | 'identity_proof'>(table: T) =>
    tx.deleteFrom(table as 'attachment').where('case_id', 'in', cases)
  // Papers that evidence names stay as long as the evidence does.
  await ofCases('attachment')
    .where('case_id', 'not in', tx.selectFrom('evidence').select('case_id').where('case_id', 'in', cases))
    .execute()
  // A proof goes after the pre-checks made with it.
  await ofCases('pre_check').execute()
  await ofCases('identity_proof').execute()
  await tx.updateTable('approval').set({ reason: '' }).where('case_id', 'in', cases).execute()
  await tx.updateTable('blocker_override').set({ reason: '' }).where('case_id', 'in', cases).execute()
}

async function forgetWords(tx: Tx, orders: string[]): Promise<void> {
  await tx.updateTable('sms_message').set({ text: '', recipient: '' }).where('order_id', 'in', orders).execute()
  await tx.updateTable('order_request').set({ payload: '{}' }).where('order_id', 'in', orders).execute()
  await tx.updateTable('order_repair').set({ reason: '', request: '{}' }).where('order_id', 'in', orders).execute()
}

async function forgetOrder(tx: Tx, order: Row, now: number): Promise<void> {
  await tx
    .updateTable('product_order')
    .set({
      submission: keptOf(order.submission),
      corrections: null,
      figures: null,
      withdraw_reason: null,
      refuse_reason: null,
      returned_for: withoutWords(order.returned_for),
      refused_for: withoutWords(order.refused_for),
      forgotten_at: now,
    })
    .where('order_id', '=', order.order_id)
    .execute()
}

type Row = Pick<ProductOrderTable, 'order_id' | 'case_id' | 'submission' | 'returned_for' | 'refused_for'>

/**
 * Forgets what belongs to people of orders that ended before `before`, some at a time and each once: papers, proofs, accounts, the people
 * in the submission, messages, and reasons in somebody's own words. Returns how many orders.
 */
export function forgetOrders(context: ServiceContext, before: number): Promise<number> {
  return context.db.transaction().execute(async (tx) => {
    const due = await tx
      .selectFrom('product_order')
      .select(['order_id', 'case_id', 'submission', 'returned_for', 'refused_for'])
      .where('stage', 'in', finalStages)
      .where('updated_at', '<', before)
      .where('forgotten_at', 'is', null)
      .orderBy('updated_at')
      .limit(ordersAtOnce)
      .forNoKeyUpdate()
      .execute()
    if (due.length === 0) return 0
    const now = context.clock.now()
    await forgetCases(
      tx,
      due.map((order) => order.case_id),
    )
    await forgetWords(
      tx,
      due.map((order) => order.order_id),
    )
    for (const order of due) await forgetOrder(tx, order, now)
    return due.length
  })
}
