import { buildFiguresForm } from '../../../shared/documents/figures-form.ts'
import { buildSignedForm, strokesText } from '../../../shared/documents/signed-form.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { rulesOfCase } from '../../../shared/domain/case-rules.ts'
import { lineOf } from '../../../shared/domain/line-of.ts'
import { approvalsOfFigures, type NewFigures } from '../../../shared/domain/recheck.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import { standingPayments } from '../../../shared/domain/standing-payments.ts'
import type { PaymentTake } from '../../../shared/protocol/jobs.ts'
import { allocatePayment } from '../cases/allocate-payment.ts'
import { storeAttachment } from '../cases/attachments.ts'
import { readCase, readOrder } from '../cases/case-store.ts'
import { changeCase } from '../cases/change-case.ts'
import { enqueueAttachments } from '../cases/enqueue-attachments.ts'
import { orderIdOf } from '../cases/order-id.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../storage/store.ts'
import type { Handler } from './handler.ts'

type Reader = Parameters<typeof readOrder>[0]

/** The figures that wait, and the form about them. Errors: `case.notFound`, `order.figuresGone`, `device.notEnrolled`. */
async function formOf(
  context: Context,
  reader: Reader,
  case_: Case,
): Promise<Result<{ html: string; documentSha256: string; figures: NewFigures }>> {
  const { ports } = context
  const figures = (await readOrder(reader, case_.caseId))?.figures
  const device = context.device()
  if (!figures) return fail('order.figuresGone')
  if (!device) return fail('device.notEnrolled')
  const rules = rulesOfCase(case_, ports.resources, figures.pricedAt)
  if (!rules.ok) return rules
  const { language } = ports.settings.read()
  const html = buildFiguresForm({ case: case_, figures, device, lateFee: rules.value.lateFee, language })
  return ok({ html, documentSha256: ports.sha256(html), figures })
}

/** What the customer reads before accepting what the order would cost now. Errors: those of `formOf`. */
export const viewFigures: Handler<'order.viewFigures'> = async ({ caseId }, context) => {
  const case_ = await readCase(context.store, caseId)
  if (!case_) return fail('case.notFound')
  const form = await formOf(context, context.store, case_)
  return form.ok ? ok({ html: form.value.html, documentSha256: form.value.documentSha256 }) : form
}

async function underWay(tx: Transaction, caseId: string): Promise<boolean> {
  const kinds = ['order.acceptFigures', 'order.withdraw']
  const job = await tx.get(
    "SELECT id FROM outbox_job WHERE lane = ? AND state <> 'done' AND kind IN (SELECT value FROM json_each(?))",
    [caseId, JSON.stringify(kinds)],
  )
  return job !== undefined
}

/**
 * Accepts what the order would cost now: the newly signed form, what is due taken at this counter, and the acceptance itself, enqueued in
 * one transaction. Errors: `case.notSubmitted`, `order.figuresGone` (also when an answer is on its way), `order.figuresUnpriced`,
 * `case.amountChanged` (another form than was read), `approval.missing` with `subject`, `payment.authorizationMissing`.
 */
export const acceptFigures: Handler<'order.acceptFigures'> = async (input, context, staff) => {
  const { caseId, strokes, documentSha256, method } = input
  const { ports, outbox } = context
  const change = {
    caseId,
    action: 'order.acceptFigures',
    staff,
    state: 'submitted' as const,
    details: { documentSha256 },
  }
  return changeCase(context, change, async (case_, tx, now) => {
    const form = await formOf(context, tx, case_)
    if (!form.ok) return form
    if (await underWay(tx, caseId)) return fail('order.figuresGone')
    const { figures, html } = form.value
    if (!figures.acceptable) return fail('order.figuresUnpriced')
    if (form.value.documentSha256 !== documentSha256) return fail('case.amountChanged')
    const approvals = approvalsOfFigures(case_, figures)
    const open = approvals.find(({ approval }) => !approval)
    if (open) return fail('approval.missing', { params: { subject: open.asked.subject } })
    const authorizationCode = method === 'cash' ? undefined : input.authorizationCode
    if (figures.dueFen > 0 && method !== 'cash' && (authorizationCode ?? '').length < 4)
      return fail('payment.authorizationMissing', { field: 'authorizationCode' })
    const strokesSha256 = ports.sha256(strokesText(strokes))
    const { language } = ports.settings.read()
    const signed = buildSignedForm({
      acceptance: html,
      documentSha256,
      strokesSha256,
      strokes,
      signedAt: now,
      language,
    })
    const content = new TextEncoder().encode(signed)
    const paper = storeAttachment(tx, ports, { caseId, kind: 'signedForm', mediaType: 'text/html', content, at: now })
    const next: Case = { ...case_, attachments: [...case_.attachments, paper] }
    const attachments = await enqueueAttachments(tx, context, next, staff.staffId)
    const job = { lane: caseId, msisdn: case_.msisdn, staffId: staff.staffId }
    const paid: PaymentTake[] = []
    const orderId = orderIdOf(case_, await readOrder(tx, caseId))
    if (!orderId.ok) return orderId
    const { carrier, homeProvince } = lineOf(case_)
    if (figures.dueFen > 0) {
      const payment: PaymentTake = {
        paymentId: ports.ids.uuid(),
        caseId,
        msisdn: case_.msisdn,
        carrier,
        homeProvince,
        method,
        amountFen: figures.dueFen,
        ...(authorizationCode === undefined ? {} : { authorizationCode }),
        receiptNumber: `${case_.caseNumber}-${case_.payments.length + 1}`,
        takenAt: now,
        allocations: allocatePayment(
          figures.settlement,
          figures.dueFen,
          standingPayments(case_).flatMap((earlier) => earlier.allocations),
        ),
      }
      paid.push(payment)
      await outbox.enqueue(tx, { ...job, kind: 'payment.take', payload: payment })
    }
    await outbox.enqueue(tx, {
      ...job,
      kind: 'order.acceptFigures',
      payload: {
        orderId: orderId.value,
        figuresId: figures.figuresId,
        paymentIds: paid.map(({ paymentId }) => paymentId),
        attachments,
        authorization: { documentSha256, strokesSha256, signedAt: now },
        approvalIds: approvals.flatMap(({ approval }) => (approval ? [approval.approvalId] : [])),
      },
    })
    const { figuresId, settlement, agreements } = figures
    return ok({
      ...next,
      payments: [...case_.payments, ...paid],
      acceptedFigures: { figuresId, settlement, agreements },
    })
  })
}

/**
 * A second person signs beside the clerk for what new figures ask for: exactly these sums. Errors: `case.notSubmitted`,
 * `order.figuresGone`, `approval.notNeeded`, `approval.samePerson`, those of the service.
 */
export const approveFigures: Handler<'order.approveFigures'> = async (input, context, staff) => {
  const { caseId, subject, agreementId, reason, approver } = input
  const { store, service } = context
  const case_ = await readCase(store, caseId)
  if (!case_) return fail('case.notFound')
  if (case_.state !== 'submitted') return fail('case.notSubmitted')
  const figures = (await readOrder(store, caseId))?.figures
  if (!figures) return fail('order.figuresGone')
  const open = approvalsOfFigures(case_, figures).find(
    ({ asked, approval }) => !approval && asked.subject === subject && asked.agreementId === agreementId,
  )
  if (!open) return fail('approval.notNeeded', { field: 'subject' })
  if (approver.staffId === staff.staffId) return fail('approval.samePerson', { field: 'approver.staffId' })
  const { amountFen } = open.asked
  const sum = subject === 'waiver' ? { waivedFen: amountFen } : { amountFen }
  const answer = await service.call('approve', {
    body: {
      caseId,
      subject,
      reason,
      approver,
      ...(agreementId === undefined ? {} : { agreementId }),
      ...(amountFen === undefined ? {} : sum),
    },
  })
  if (!answer.ok) return answer
  const approval = answer.value
  if (approval.caseId !== caseId || approval.subject !== subject) return fail('service.internal')
  const details = { subject, approver: approval.approverId, amountFen }
  return changeCase(
    context,
    { caseId, action: 'order.approveFigures', staff, state: 'submitted', details },
    (current) => ok({ ...current, approvals: [...current.approvals, approval] }),
  )
}
