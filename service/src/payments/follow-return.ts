import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { liFromFen } from '../connectors/wire/li.ts'
import type { Tx } from '../database/handle.ts'
import type { RefundTable, TroubleTicketTable } from '../database/tables.ts'
import type { CounterScene } from '../identity/scene.ts'
import { backOffSeconds } from '../orders/back-off.ts'
import type { ServiceContext } from '../service-context.ts'
import { openTicket } from '../tickets/tickets.ts'

/*
 * Money that a clerk returned on a terminal: a counter's word is not money here either. What was recorded stands in the ledger as money that
 * left the terminal's account; whether it did is asked of the payment provider, and its store is told when it did not.
 */

/** What a return begins with: cash needs no proof, everything else is asked about at once. */
export function toBeProved(method: RefundTable['method'], now: number) {
  return {
    claim_state: null,
    claim_code: null,
    claim_reference: null,
    claimed_at: null,
    attempts: 0,
    step_token: 0,
    next_step_at: method === 'cash' ? null : now,
  }
}

interface Return extends RefundTable {
  store_id: string
}

type Standing = { kind: 'captured' | 'authorized'; reference: string } | { kind: 'refused'; code: string }

async function ask(context: ServiceContext, refund: Return): Promise<Standing | undefined> {
  const { refund_id: refundId, order_id } = refund
  const original = refund.payment_id
    ? await context.db
        .selectFrom('payment')
        .select(['authorization_code', 'taken_at'])
        .where('payment_id', '=', refund.payment_id)
        .executeTakeFirst()
    : undefined
  const authorizationCode = refund.authorization_code ?? ''
  const about = order_id ? { orderId: order_id } : {}
  const answer =
    refund.claim_state === 'authorized'
      ? await context.payment.returnState(refundId, order_id ?? undefined)
      : await context.payment.claimReturn(
          {
            refundId,
            merchant: refund.store_id,
            method: refund.method as 'card' | 'code',
            authorizationCode,
            amountLi: liFromFen(refund.amount_fen),
            returnedAt: refund.paid_at,
            ...(original
              ? { original: { authorizationCode: original.authorization_code ?? '', takenAt: original.taken_at } }
              : {}),
          },
          // A corrected code is another question.
          { key: `return:${refundId}:${authorizationCode}`, ...about },
        )
  if (answer.outcome === 'refused') return { kind: 'refused', code: answer.code }
  if (answer.outcome !== 'ok') return undefined
  const { state, transactionId } = answer.value
  return state === 'voided' ? { kind: 'refused', code: 'VOIDED' } : { kind: state, reference: transactionId }
}

async function tellStore(tx: Tx, context: ServiceContext, refund: Return, code: string): Promise<void> {
  await openTicket(tx, context, {
    storeId: refund.store_id,
    kind: 'returnRefused',
    severity: 'stops',
    caseId: refund.case_id,
    params: {
      refundId: refund.refund_id,
      amountFen: refund.amount_fen,
      method: refund.method,
      receiptNumber: refund.receipt_number,
      cause: code,
    },
  })
}

/** Seconds until the provider is asked again; undefined when nothing is left to ask. */
function nextQuestion(context: ServiceContext, refund: Return, standing: Standing | undefined): number | undefined {
  const { timing, clock } = context
  if (!standing) return backOffSeconds(refund.attempts, timing)
  if (standing.kind === 'captured') return undefined
  if (standing.kind === 'authorized') return timing.refundPollSeconds
  // Terminals report late at times; after that somebody has to look at the slip.
  const late = clock.now() - refund.paid_at >= timing.refundForgottenSeconds * 1000
  return late ? undefined : Math.min(300, timing.retryLongestSeconds)
}

/**
 * Asks the payment provider once about money returned on a terminal and writes down what it says; a refusal opens a ticket for the
 * store's supervisors. A token other than the return's means that this question was overtaken. No transaction is open meanwhile.
 */
export async function followReturn(context: ServiceContext, refundId: string, token: number): Promise<void> {
  const refund = await context.db
    .selectFrom('refund')
    .innerJoin('device', 'device.device_id', 'refund.device_id')
    .selectAll('refund')
    .select('device.store_id')
    .where('refund_id', '=', refundId)
    .where('step_token', '=', token)
    .where('next_step_at', 'is not', null)
    .executeTakeFirst()
  if (!refund) return
  const standing = await ask(context, refund)
  const seconds = nextQuestion(context, refund, standing)
  const now = context.clock.now()
  await context.db.transaction().execute(async (tx) => {
    const next = token + 1
    const held = await tx
      .updateTable('refund')
      .set({
        step_token: next,
        next_step_at: seconds === undefined ? null : now + Math.round(seconds * 1000),
        attempts: standing ? 0 : refund.attempts + 1,
        ...(standing
          ? {
              claim_state: standing.kind,
              claim_code: standing.kind === 'refused' ? standing.code : null,
              claim_reference: standing.kind === 'refused' ? null : standing.reference,
              claimed_at: now,
            }
          : {}),
      })
      .where('refund_id', '=', refundId)
      .where('step_token', '=', token)
      .returning('refund_id')
      .executeTakeFirst()
    if (!held) return
    if (seconds !== undefined)
      await context.work.scheduleFollowUp(tx, { kind: 'return', id: refundId, token: next }, seconds)
    if (standing?.kind === 'refused' && refund.claim_code !== standing.code)
      await tellStore(tx, context, refund, standing.code)
  })
}

/**
 * A supervisor read the slip of a return again, or returned the money anew: the code is put right and the provider asked at once. Audited
 * with both codes. Error: `refund.notRefused` (the ticket is about no such return, or not any more).
 */
export async function correctReturn(
  tx: Tx,
  context: ServiceContext,
  scene: CounterScene,
  ticket: TroubleTicketTable,
  authorizationCode: string,
): Promise<Result<undefined>> {
  const { refundId } = JSON.parse(ticket.params) as { refundId?: string }
  const refund = refundId
    ? await tx
        .selectFrom('refund')
        .selectAll()
        .where('refund_id', '=', refundId)
        .where('claim_state', '=', 'refused')
        .forNoKeyUpdate()
        .executeTakeFirst()
    : undefined
  if (!refund) return fail('refund.notRefused', { field: 'authorizationCode' })
  const now = context.clock.now()
  const token = refund.step_token + 1
  await tx
    .updateTable('refund')
    .set({ ...toBeProved(refund.method, now), authorization_code: authorizationCode, step_token: token })
    .where('refund_id', '=', refund.refund_id)
    .execute()
  await appendAudit(tx, {
    storeId: scene.device.storeId,
    at: now,
    actor: scene.staff.staffId,
    deviceId: scene.device.deviceId,
    action: 'refund.codeCorrected',
    subject: refund.refund_id,
    details: { caseId: refund.case_id, from: refund.authorization_code ?? '', to: authorizationCode },
  })
  await context.work.scheduleFollowUp(tx, { kind: 'return', id: refund.refund_id, token }, 0)
  return ok(undefined)
}
