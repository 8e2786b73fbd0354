import { secondRole } from '../../../shared/domain/asker.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { devicesReturnedOf, rulesOfCase } from '../../../shared/domain/case-rules.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { standingPayments } from '../../../shared/domain/standing-payments.ts'
import type { OrderSubmit } from '../../../shared/protocol/jobs.ts'
import { changeCase } from '../cases/change-case.ts'
import { enqueueAttachments } from '../cases/enqueue-attachments.ts'
import { refuseMissing } from '../cases/missing-sentence.ts'
import type { Handler } from './handler.ts'

/**
 * Submits the case: its papers and the order are enqueued with the case's change in one transaction; they go out when
 * the network allows. What the customer signed are also the limits within which the service may execute.
 * Errors: `case.incomplete` with the first thing missing, `case.blocked`, `approval.missing`, `proof.expired`.
 */
export const submitCase: Handler<'case.submit'> = async ({ caseId }, context, staff) => {
  const { ports, outbox } = context
  return changeCase(context, { caseId, action: 'case.submit', staff }, async (case_, tx, now) => {
    const { missing, settlement, quotes, moneyBack } = progressOf(case_, ports.resources, now)
    if (missing.some((item) => item.code === 'proofExpired')) return fail('proof.expired')
    if (missing.length > 0) return refuseMissing(missing, ports.settings.read().language)
    const { document, proof, preCheck, contact, disconnectReason, signature, refund } = case_
    if (!document || !proof || !preCheck || !contact || !disconnectReason || !signature || !settlement)
      throw new Error('a case from which nothing is missing lacks a part')
    const agreements = quotes.flatMap(({ agreementId, quote, waivedFen }) => {
      const choice = case_.choices.find((made) => made.agreementId === agreementId)
      const agreement = preCheck.account.agreements.find(({ id }) => id === agreementId)
      return quote && choice && agreement
        ? [{ agreementId, quote, devicesReturned: devicesReturnedOf(case_, agreement), waivedFen }]
        : []
    })
    const highestPenaltyFen = agreements.reduce((sum, { quote, waivedFen }) => sum + quote.amountFen - waivedFen, 0)
    const kind = case_.asker?.kind ?? 'holder'
    const role = secondRole(kind)
    const orderId = ports.ids.uuid()
    // Papers delivered before a correction are not sent again, but the order still rests on them.
    await enqueueAttachments(tx, context, case_, staff.staffId)
    const attachments = case_.attachments.map(({ takenAt: _, ...reference }) => reference)
    const rules = rulesOfCase(case_, ports.resources, now)
    if (!rules.ok) return rules
    const order: OrderSubmit = {
      orderId,
      caseId,
      caseNumber: case_.caseNumber,
      productOrderItem: [{ action: 'delete', msisdn: case_.msisdn }],
      carrier: preCheck.account.number.carrier,
      homeProvince: preCheck.account.number.homeProvince,
      asker: kind,
      relatedParty: [
        { role: 'holder', document },
        ...(role && case_.asker?.document ? [{ role, document: case_.asker.document }] : []),
      ],
      ...(case_.asker?.relation ? { relation: case_.asker.relation } : {}),
      proofId: proof.proofId,
      preCheckId: preCheck.preCheckId,
      agreements,
      rulePacks: [...rules.value.packs],
      settlement,
      limits: {
        highestPenaltyFen: highestPenaltyFen as OrderSubmit['limits']['highestPenaltyFen'],
        highestPayableFen: settlement.payableFen,
      },
      paymentIds: standingPayments(case_).map((payment) => payment.paymentId),
      ...(refund && settlement.refundableFen > 0 ? { refund } : {}),
      invoices: case_.invoices.filter((invoice) => moneyBack?.invoices.some((bill) => bill.id === invoice.billId)),
      contact,
      acknowledgedBlockers: case_.acknowledgements.map(({ seal: _, ...said }) => said),
      ...(case_.tasks?.length ? { tasks: case_.tasks } : {}),
      approvalIds: case_.approvals.map((approval) => approval.approvalId),
      attachments,
      authorization: {
        documentSha256: signature.documentSha256,
        strokesSha256: signature.strokesSha256,
        signedAt: signature.signedAt,
      },
      disconnectReason,
      acceptedAt: now,
    }
    await outbox.enqueue(tx, {
      lane: caseId,
      msisdn: case_.msisdn,
      kind: 'order.submit',
      payload: order,
      staffId: staff.staffId,
    })
    return ok({ ...case_, state: 'submitted', orderId, submittedAt: now })
  })
}
