import type { OutsideWorld } from '../service-world.ts'
import { typedDocument } from '../typed-document.ts'
import type { Counter } from './core-harness.ts'
import { strokes } from './counter-steps.ts'

/** Walks one case as a clerk does, with the camera of the counter, up to the submission. */
export async function acceptCase(counter: Counter, world: OutsideWorld, scenario: string) {
  const { caseId, due } = await signedCase(counter, world, scenario)
  return { caseId, due, view: await counter.done('case.submit', { caseId }) }
}

/** The same up to the pre-check: the figures are on the screen, nothing is decided. */
export async function checkedCase(counter: Counter, world: OutsideWorld, scenario: string) {
  const holder = await world.someone(scenario)
  const { case: opened } = await counter.done('case.open', { msisdn: holder.msisdn })
  const { caseId } = opened
  await counter.done('case.queryNumber', { caseId })
  await counter.done('case.saveDocument', { caseId, document: typedDocument(holder) })
  for (const kind of ['documentFront', 'documentBack', 'portrait'] as const)
    await counter.done('case.capture', { caseId, kind })
  await counter.done('case.prove', {
    caseId,
    servicePassword: holder.servicePassword,
    oftenCalledNumbers: holder.oftenCalledNumbers.slice(0, 3) as never,
  })
  return { holder, caseId, view: await counter.done('case.preCheck', { caseId }) }
}

/** The same until nothing is missing but money and signature. */
export async function prepareCase(counter: Counter, world: OutsideWorld, scenario: string) {
  const { holder, caseId, view: checked } = await checkedCase(counter, world, scenario)
  let view = checked
  for (const { code, params } of view.progress.missing)
    if (code === 'acknowledge')
      await counter.done('case.acknowledge', { caseId, code: String(params.blocker), reason: 'told the customer' })
  for (const agreement of view.case.preCheck!.account.agreements)
    await counter.done('case.chooseAgreement', {
      caseId,
      agreementId: agreement.id,
      option: 'terminate',
      devicesReturned: agreement.devices.length,
    })
  view = await counter.done('case.view', { caseId })
  const approver = { staffId: '100108', password: 'counter-trial-108' }
  for (const { subject, granted } of view.progress.approvalsNeeded)
    if (!granted) await counter.done('case.approve', { caseId, subject, reason: 'in order', approver })
  view = await counter.done('case.saveSettlement', {
    caseId,
    contact: { name: '李四', phone: '13800138000' as never },
    refund: { route: 'cash', holderName: holder.person.name },
    disconnectReason: 'moved',
  })
  return { caseId, msisdn: holder.msisdn, due: view.progress.settlement!.payableFen }
}

/** Shows the customer the form and lets them sign. */
export async function signCase(counter: Counter, caseId: string) {
  const { documentSha256 } = await counter.done('case.acceptance', { caseId })
  await counter.done('case.sign', { caseId, strokes, documentSha256 })
}

/** The same up to the signature: what is due is paid, nothing is sent. */
export async function signedCase(counter: Counter, world: OutsideWorld, scenario: string) {
  const { caseId, due } = await prepareCase(counter, world, scenario)
  if (due > 0) await counter.done('case.takePayment', { caseId, method: 'cash', amountFen: due })
  await signCase(counter, caseId)
  return { caseId, due }
}
