import { expect } from 'vitest'
import type { CounterWindow } from '../../../scripts/demo/counter-window.ts'
import type { Person } from '../../../scripts/demo/people.ts'
import type { CaseView } from '../../../src/shared/contract/views.ts'
import { typedDocument } from '../typed-document.ts'
import type { Counter } from './open-counter.ts'
import { contactPhone } from './walk.ts'

/** How far a case is brought before a test takes over at the keyboard. */
export type Stage = 'opened' | 'documented' | 'photographed' | 'proved' | 'checked' | 'settled'
const order: readonly Stage[] = ['opened', 'documented', 'photographed', 'proved', 'checked', 'settled']

/** Brings a case as far as `stage` with the commands the window would give, so that a test need not walk there. */
export async function prepareCase(
  counter: Pick<Counter, 'done' | 'control'>,
  person: Person,
  stage: Stage,
): Promise<CaseView> {
  const far = order.indexOf(stage)
  const { done } = counter
  let view = await done('case.open', { msisdn: person.msisdn })
  const { caseId } = view.case
  await done('case.queryNumber', { caseId })
  if (far >= order.indexOf('documented'))
    view = await done('case.saveDocument', { caseId, document: typedDocument(person) })
  // Another test may have asked about another number meanwhile: the holder of this one stands at the counter.
  await counter.control({ counter: { person: person.msisdn } })
  if (far >= order.indexOf('photographed'))
    for (const kind of ['documentFront', 'documentBack', 'portrait'] as const)
      view = await done('case.capture', { caseId, kind })
  await counter.control({ counter: { person: 'auto' } })
  if (far >= order.indexOf('proved'))
    view = await done('case.prove', { caseId, servicePassword: person.servicePassword })
  if (far >= order.indexOf('checked')) {
    view = await done('case.preCheck', { caseId })
    for (const { code, params } of view.progress.missing)
      if (code === 'acknowledge')
        view = await done('case.acknowledge', { caseId, code: String(params.blocker), reason: '已当面告知' })
  }
  if (far >= order.indexOf('settled'))
    view = await done('case.saveSettlement', {
      caseId,
      contact: { name: person.person.name, phone: contactPhone as never },
      disconnectReason: 'moved',
    })
  return view
}

/** Shows a case in the window and waits until it is there. */
export async function showCase(
  { done }: Pick<Counter, 'done'>,
  { page }: CounterWindow,
  caseId: string,
): Promise<void> {
  const { caseNumber } = (await done('case.view', { caseId })).case
  await page.evaluate((id) => {
    location.hash = `#/case/${id}`
  }, caseId)
  await page.locator('.frame-stub').getByText(caseNumber).first().waitFor()
  await page.locator('.frame-stub .primary-action-button').first().waitFor()
}

/** The customer signs what stands on the acceptance now. */
export async function signCase({ done }: Counter, caseId: string): Promise<CaseView> {
  const { documentSha256 } = await done('case.acceptance', { caseId })
  const strokes = [[0, 10, 20].map((t) => ({ x: 10 + t, y: 20, t }))]
  return done('case.sign', { caseId, strokes, documentSha256 })
}

/** Waits until the number is cancelled, as the counter knows it. */
export async function untilCancelled({ done }: Counter, caseId: string): Promise<void> {
  await expect
    .poll(async () => (await done('case.view', { caseId })).order?.stage, { timeout: 60_000, interval: 200 })
    .toBe('deactivated')
}
