import type { DeskView } from '../../../shared/contract/views.ts'
import { addDays, instant, shanghaiDate, startOfDay } from '../../../shared/domain/calendar.ts'
import { fen } from '../../../shared/domain/money.ts'
import { owedHere } from '../../../shared/domain/money-back.ts'
import { ok } from '../../../shared/domain/result.ts'
import { orderViewSchema } from '../../../shared/protocol/changes.ts'
import { openRequests } from '../approvals/approval-requests.ts'
import { openTickets } from '../approvals/tickets.ts'
import { parseCase, readOrder, type StoredCaseRow } from '../cases/case-store.ts'
import type { Context } from '../context.ts'
import { markUnderWay, waitingJobs } from '../outbox/outbox-table.ts'
import { countNewer } from '../sync/newer-changes.ts'
import type { Handler } from './handler.ts'

const outboxOnDesk = 20
const attentionOnDesk = 20
/** A proof that ends sooner than this is worth a line. */
const proofWarningMs = 10 * 60_000

/** Opening to submission of the cases submitted today: the one in the middle, in seconds. */
async function medianSeconds(context: Context, from: number, to: number): Promise<number | undefined> {
  const rows = await context.store.query<{ milliseconds: number }>(
    `SELECT submitted_at - created_at AS milliseconds FROM counter_case
     WHERE submitted_at >= ? AND submitted_at < ? AND submitted_at > created_at ORDER BY 1`,
    [from, to],
  )
  const middle = rows[Math.floor(rows.length / 2)]
  return middle && Math.round(middle.milliseconds / 1000)
}

async function casesNeedingSomebody(context: Context): Promise<DeskView['attention']> {
  const stopping = ['returned', 'figuresChanged', 'invoiceRefused', 'paymentRefused'] as const
  const now = context.ports.clock.now()
  const rows = await context.store.query<StoredCaseRow>(
    `SELECT case_id, status, name, masked_name, total_fen, document FROM counter_case
     WHERE status IN (?, ?, ?, ?) OR (status = ? AND updated_at >= ?) OR (status = ? AND updated_at >= ?)
     ORDER BY updated_at DESC LIMIT ?`,
    [...stopping, 'refused', now - 24 * 3_600_000, 'draft', now - 3_600_000, attentionOnDesk],
  )
  const lines: DeskView['attention'] = []
  for (const row of rows) {
    const case_ = parseCase(row.document)
    const { caseId, msisdn } = case_
    const order = row.status === 'draft' ? undefined : await readOrder(context.store, caseId)
    const stopped = stopping.find((status) => status === row.status)
    if (stopped && order)
      lines.push({
        code: stopped,
        params: { msisdn, until: order.resupplyBy ?? '' },
        severity: 'stops',
        caseId,
      })
    if (row.status === 'refused' && order)
      lines.push({
        code: 'refused',
        params: { msisdn, reason: order.refusedFor?.code ?? '' },
        severity: 'stops',
        caseId,
      })
    const left = (case_.proof?.expiresAt ?? 0) - now
    if (row.status === 'draft' && left > 0 && left <= proofWarningMs)
      lines.push({
        code: 'proofExpiring',
        params: { msisdn, minutes: Math.ceil(left / 60_000) },
        severity: 'waits',
        caseId,
      })
  }
  return lines
}

/** Postponed cases whose day has come. */
async function postponedDue(context: Context, today: string): Promise<DeskView['attention']> {
  const rows = await context.store.query<StoredCaseRow>(
    `SELECT case_id, status, name, masked_name, total_fen, document FROM counter_case
     WHERE status = 'postponed' AND json_extract(document, '$.postponed.until') <= ? ORDER BY created_at LIMIT ?`,
    [today, attentionOnDesk],
  )
  return rows.map((row) => {
    const { caseId, msisdn, postponed } = parseCase(row.document)
    return { code: 'postponedDue', params: { msisdn, until: postponed?.until ?? '' }, severity: 'waits', caseId }
  })
}

/** Orders that ended with money to hand back at this counter. */
async function owedToCustomers(context: Context): Promise<DeskView['attention']> {
  const rows = await context.store.query<{ case_id: string; document: string; order_document: string }>(
    `SELECT c.case_id, c.document, o.document AS order_document FROM order_view o JOIN counter_case c ON c.case_id = o.case_id
     WHERE json_extract(o.document, '$.owedHereFen') > 0 LIMIT ?`,
    [attentionOnDesk],
  )
  return rows.flatMap((row): DeskView['attention'] => {
    const case_ = parseCase(row.document)
    const owed = owedHere(case_, orderViewSchema.parse(JSON.parse(row.order_document)))
    const { msisdn, caseId } = case_
    return owed > 0 ? [{ code: 'owedHere', params: { msisdn, owedFen: owed }, severity: 'waits', caseId }] : []
  })
}

async function sumOf(context: Context, sql: string, params: (string | number)[]): Promise<number> {
  return (await context.store.get<{ total: number | null }>(sql, params))?.total ?? 0
}

/** The day at a glance: cases, money, what needs somebody, what waits to be sent. */
export const viewDesk: Handler<'desk.view'> = async (_, context, staff) => {
  const now = instant(context.ports.clock.now())
  const date = shanghaiDate(now)
  const from = startOfDay(date)
  const to = startOfDay(addDays(date, 1))
  const connection = context.connection.view()
  const attention = [
    ...(await casesNeedingSomebody(context)),
    ...(await owedToCustomers(context)),
    ...(await postponedDue(context, date)),
  ]
  if (connection.needsAttention > 0)
    attention.unshift({ code: 'needsAttention', params: { count: connection.needsAttention }, severity: 'stops' })
  const handedOver = await sumOf(
    context,
    "SELECT count(*) AS total FROM outbox_job WHERE state = 'needs_attention' AND handed IS NOT NULL",
    [],
  )
  if (staff.role === 'supervisor' && handedOver > 0)
    attention.unshift({ code: 'handedOver', params: { count: handedOver }, severity: 'stops' })
  const refusedRules = context.rules.refused()
  if (refusedRules)
    attention.unshift({
      code: `rulesRefused.${refusedRules.code.slice('rules.'.length)}`,
      params: refusedRules.params ?? {},
      severity: 'stops',
    })
  else if (context.ports.resources.packs.length === 0)
    attention.unshift({ code: 'rulesMissing', params: {}, severity: 'stops' })
  if (staff.role === 'supervisor') {
    const asked = await openRequests(context.store, now)
    const tickets = await openTickets(context.store)
    if (tickets.length > 0) attention.unshift({ code: 'tickets', params: { count: tickets.length }, severity: 'stops' })
    if (asked.length > 0)
      attention.unshift({ code: 'approvalAsked', params: { count: asked.length }, severity: 'stops' })
  }
  const { all: newer } = await countNewer(context.store)
  if (newer > 0) attention.push({ code: 'newer', params: { count: newer }, severity: 'waits' })
  const unsent = connection.waitingJobs - connection.needsAttention
  if (unsent > 0 && connection.state !== 'online')
    attention.push({ code: 'waitingNetwork', params: { count: unsent }, severity: 'waits' })
  return ok({
    date,
    casesToday: await sumOf(context, 'SELECT count(*) AS total FROM counter_case WHERE created_on = ?', [date]),
    completedToday: await sumOf(
      context,
      'SELECT count(*) AS total FROM counter_case WHERE effective_at >= ? AND effective_at < ?',
      [from, to],
    ),
    medianSeconds: await medianSeconds(context, from, to),
    collectedFen: fen(
      (await sumOf(
        context,
        `SELECT sum(json_extract(payload, '$.amountFen')) AS total FROM outbox_job
         WHERE kind = 'payment.take' AND created_at >= ? AND created_at < ?`,
        [from, to],
      )) -
        (await sumOf(
          context,
          `SELECT sum(json_extract(payload, '$.amountFen')) AS total FROM outbox_job
           WHERE kind = 'refund.pay' AND json_extract(payload, '$.paymentId') IS NOT NULL
             AND created_at >= ? AND created_at < ?`,
          [from, to],
        )),
    ),
    refundedFen: fen(
      await sumOf(
        context,
        `SELECT sum(json_extract(o.document, '$.refundFen')) AS total
         FROM counter_case c JOIN order_view o ON o.case_id = c.case_id
         WHERE c.effective_at >= ? AND c.effective_at < ?`,
        [from, to],
      ),
    ),
    attention,
    outbox: markUnderWay(await waitingJobs(context.store, outboxOnDesk), context.outbox.underWay()),
  })
}
