import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildReceipt } from '../../../src/shared/documents/receipt.ts'
import { translate } from '../../../src/shared/i18n/translate.ts'
import type { OrderEvent } from '../../../src/shared/protocol/changes.ts'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { signIn, submittedCase } from '../../support/core/counter-steps.ts'
import { tinyPng } from '../../support/core/double-data.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let service: ServiceDouble
let counter: Counter

beforeEach(async () => {
  service = await startServiceDouble()
  counter = await openCounter(service.url)
  await signIn(counter)
})
afterEach(async () => {
  await counter.close()
  await service.close()
})

const file = { mediaType: 'image/png', contentBase64: tinyPng } as const

test('a portrait the police library did not hold stays a task, on paper too, until it is supplied', async () => {
  service.state.faceOutcome = 'noReference'
  const { case: case_ } = await submittedCase(counter)
  const { caseId } = case_
  const said = translate('zh-CN', 'paper.portraitToRepair')
  const receipt = async () =>
    buildReceipt({ view: await counter.done('receipt.view', { caseId }), language: 'zh-CN', qrSvg: '' })
  expect(await receipt()).toContain(said)
  await until(() => service.accepted.some((job) => job.kind === 'order.submit'))
  const before = service.accepted.length
  const supplied = await counter.done('order.supplyPortrait', { caseId, file })
  expect(supplied.case.portraitSupplied).toMatchObject({ staffId: '100' })
  await until(() => service.accepted.length > before)
  expect(service.accepted.at(-1)).toMatchObject({
    kind: 'attachment.store',
    payload: { caseId, kind: 'portrait', attachmentId: supplied.case.portraitSupplied!.attachmentId },
  })
  expect(await receipt()).not.toContain(said)
  expect(await counter.call('order.supplyPortrait', { caseId, file })).toMatchObject({
    error: { code: 'order.portraitNotAsked' },
  })
})

test('a face compared by machine has no portrait to supply', async () => {
  const { case: case_ } = await submittedCase(counter)
  expect(await counter.call('order.supplyPortrait', { caseId: case_.caseId, file })).toMatchObject({
    error: { code: 'order.portraitNotAsked' },
  })
})

test('an invoice that was not taken is corrected, and nothing else is sent', async () => {
  const view = await submittedCase(counter)
  const { caseId, caseNumber, orderId } = view.case
  const correction = (billId: string) => ({
    caseId,
    note: '',
    corrections: { invoices: [{ billId, way: 'redLetter', invoiceNumber: '12345678', amountFen: 5900 as never }] },
  })
  const corrected = (billId: string) => counter.call('order.resupply', correction(billId) as never)
  expect(await corrected('B1')).toMatchObject({ error: { code: 'order.notReturned' } })
  service.publish({
    orderId,
    caseId,
    caseNumber,
    state: 'inProgress',
    stage: 'agreementsTerminated',
    deadline: '2099-01-01',
    returnedFor: {
      code: 'INVOICE_REFUSED',
      params: { billId: 'B1', invoiceNumber: '04401900', cause: 'NUMBER_DIFFERS' },
    },
    urgeCount: 0,
    events: [],
    updatedAt: Date.now(),
  })
  await until(async () => (await counter.done('case.view', { caseId })).order?.returnedFor)
  const { rows } = await counter.done('case.list', { filter: 'forMe' })
  expect(rows.find((row) => row.caseId === caseId)).toMatchObject({
    status: 'invoiceRefused',
    next: { code: 'invoiceRefused', params: { invoiceNumber: '04401900' } },
  })
  expect((await counter.done('desk.view')).attention.map(({ code }) => code)).toContain('invoiceRefused')
  // This case handed in no such invoice.
  expect(await corrected('B1')).toMatchObject({ error: { code: 'invoice.differs' } })
})

test('a payment that is not confirmed is on the desk until the code is put right', async () => {
  const view = await submittedCase(counter)
  const { caseId, caseNumber, orderId } = view.case
  const refusal = { amountFen: 9703, method: 'card', cause: 'UNKNOWN_AUTHORIZATION' }
  const published = (codes: OrderEvent['code'][]) =>
    service.publish({
      orderId,
      caseId,
      caseNumber,
      state: 'acknowledged',
      stage: 'accepted',
      deadline: '2099-01-01',
      urgeCount: 0,
      events: codes.map((code, index) => ({
        eventId: `0198f3c2-7b1e-7c11-9a53-2f0a4be81c0${index}`,
        code,
        at: Date.now() + index,
        params: code === 'paymentRefused' ? refusal : {},
      })),
      updatedAt: Date.now(),
    })
  const row = async () =>
    (await counter.done('case.list', { filter: 'all' })).rows.find((each) => each.caseId === caseId)
  published(['accepted', 'paymentRefused', 'smsSent'])
  await until(async () => (await row())?.status === 'paymentRefused')
  expect((await row())?.next).toEqual({ code: 'paymentRefused', params: refusal })
  expect((await counter.done('case.list', { filter: 'forMe' })).rows.map((each) => each.caseId)).toContain(caseId)
  expect((await counter.done('desk.view')).attention.map(({ code }) => code)).toContain('paymentRefused')
  published(['accepted', 'paymentRefused', 'smsSent', 'paymentCorrected'])
  await until(async () => (await row())?.status === 'sent')
  expect((await counter.done('desk.view')).attention.map(({ code }) => code)).not.toContain('paymentRefused')
})
