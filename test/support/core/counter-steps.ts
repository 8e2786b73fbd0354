import type { CaseView } from '../../../src/shared/contract/views.ts'
import type { Counter } from './core-harness.ts'
import { remoteNumber } from './core-harness.ts'
import { holderDocument, tinyPng } from './double-data.ts'

export const strokes = [
  [
    { x: 10, y: 10, t: 0 },
    { x: 60, y: 24, t: 40 },
  ],
  [{ x: 70, y: 12, t: 90 }],
]

/** Enrols and signs in; `100` is a clerk, `200` a supervisor, `300` a trainer, `400` an auditor. */
export async function signIn(counter: Counter, staffId = '100') {
  if (!(await counter.done('app.view')).device) await counter.done('device.enrol', { enrolmentCode: 'GOOD-CODE' })
  await counter.done('session.signIn', { staffId, password: 'right' })
}

/** A case with document, pictures, proof and pre-check. */
export async function preCheckedCase(counter: Counter, last = 1): Promise<CaseView> {
  const { case: opened } = await counter.done('case.open', { msisdn: remoteNumber(last) })
  const { caseId } = opened
  await counter.done('case.saveDocument', { caseId, document: { ...holderDocument } })
  const file = { mediaType: 'image/png', contentBase64: tinyPng } as const
  for (const kind of ['documentFront', 'documentBack', 'portrait'] as const)
    await counter.done('case.capture', { caseId, kind, file })
  await counter.done('case.prove', { caseId, servicePassword: '123456' })
  return counter.done('case.preCheck', { caseId })
}

/** A case that lacks nothing but the signature. */
export async function settledCase(counter: Counter, last = 1): Promise<CaseView> {
  let view = await preCheckedCase(counter, last)
  const { caseId } = view.case
  for (const agreement of view.case.preCheck!.account.agreements)
    await counter.done('case.chooseAgreement', { caseId, agreementId: agreement.id, option: 'terminate' })
  view = await counter.done('case.view', { caseId })
  for (const { subject, granted } of view.progress.approvalsNeeded)
    if (!granted)
      await counter.done('case.approve', {
        caseId,
        subject,
        reason: 'in order',
        approver: { staffId: '200', password: 'right' },
      })
  view = await counter.done('case.saveSettlement', {
    caseId,
    contact: { name: '李四', phone: '13800138000' as never },
    refund: { route: 'cash', holderName: holderDocument.name },
    disconnectReason: 'moved',
  })
  const due = view.progress.settlement!.payableFen - view.progress.paidFen
  return due > 0 ? counter.done('case.takePayment', { caseId, method: 'cash', amountFen: due as never }) : view
}

/** Signs what the acceptance says now. */
export async function sign(counter: Counter, caseId: string): Promise<CaseView> {
  const { documentSha256 } = await counter.done('case.acceptance', { caseId })
  return counter.done('case.sign', { caseId, strokes, documentSha256 })
}

/** A submitted case. */
export async function submittedCase(counter: Counter, last = 1): Promise<CaseView> {
  const { case: case_ } = await settledCase(counter, last)
  await sign(counter, case_.caseId)
  return counter.done('case.submit', { caseId: case_.caseId })
}
