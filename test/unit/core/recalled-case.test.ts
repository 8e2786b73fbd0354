import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recallSubmitted } from '../../../src/main/core/sync/recall-submitted.ts'
import { sha256 } from '../../../src/main/devices/machine/system-ports.ts'
import { commandNames } from '../../../src/shared/contract/commands.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { isMessageKey } from '../../../src/shared/i18n/translate.ts'
import type { TakenJob } from '../../../src/shared/protocol/reconciliation.ts'
import { type Counter, openCounter, remoteNumber, testResources, until } from '../../support/core/core-harness.ts'
import { preCheckedCase, signIn, strokes } from '../../support/core/counter-steps.ts'
import { aboutNoCase, file, whileReviewed } from '../../support/core/recalled-commands.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

/*
 * A counter whose disk was set back finds a submitted case again at the service, with nothing of it but its line and its order. Every
 * command of the table on such a case: it does what it says, or is refused with a sentence that is true.
 */

let service: ServiceDouble
let counter: Counter
let last = 40
let sequence = 1000

beforeAll(async () => {
  service = await startServiceDouble()
  counter = await openCounter(service.url)
  await signIn(counter, '200')
})
afterAll(async () => {
  await counter?.close()
  await service?.close()
})

const recallPorts = () =>
  ({ clock: counter.clock, ids: { uuid: () => crypto.randomUUID() }, resources: testResources, sha256 }) as never

function submission(msisdn: string, caseId: string, caseNumber: string): TakenJob {
  const id = crypto.randomUUID()
  sequence += 1
  return {
    sequence,
    id,
    lane: caseId,
    kind: 'order.submit',
    msisdn,
    staffId: '100',
    staffName: '林晓雯',
    receipt: { jobId: id, receivedAt: instant(Date.now() - 60_000), bodySha256: 'a'.repeat(64), effect: {} } as never,
    // The operator's word, not the prefix: the number was ported.
    order: { orderId: crypto.randomUUID(), caseNumber, carrier: 'CBN', homeProvince: '14', maskedName: '王*明' },
  }
}

/** A case of which nothing is left here, with its order at this stage. */
async function recalled(stage: string, order: object = {}): Promise<{ caseId: string; orderId: string }> {
  last += 1
  const caseId = crypto.randomUUID()
  const job = submission(remoteNumber(last), caseId, `SZ2611-0${last}`)
  await counter.store.transaction((tx) => recallSubmitted(tx, recallPorts(), [job]))
  return tell(caseId, job.order!, stage, order)
}

async function tell(caseId: string, told: NonNullable<TakenJob['order']>, stage: string, order: object) {
  const { orderId, caseNumber } = told
  service.publish({
    orderId,
    caseId,
    caseNumber,
    state: 'inProgress',
    stage,
    deadline: '2026-11-29',
    urgeCount: 0,
    events: [],
    updatedAt: Date.now(),
    ...order,
  })
  await until(async () => (await counter.done('case.view', { caseId })).order?.stage === stage)
  return { caseId, orderId }
}

const told = Object.entries(whileReviewed).map(([name, [, answer]]) => [name, answer])

/** How each of them answers; a refusal without a sentence is none. */
async function answers(caseId: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const [name, [input]] of Object.entries(whileReviewed)) {
    const result = await counter.raw(name, { caseId, ...input })
    found[name] = result.ok ? 'ok' : result.error.code
    if (!result.ok && !isMessageKey(`error.${result.error.code}`)) found[name] = 'no sentence'
  }
  return found
}

describe('a case found again at the service', () => {
  test('the table is whole', () => {
    expect([...Object.keys(whileReviewed), ...aboutNoCase].sort()).toEqual([...commandNames].sort())
  })

  test('every command is carried out or refused with a sentence', async () => {
    const { caseId } = await recalled('homeReview')
    expect(await answers(caseId)).toEqual(Object.fromEntries(told))
  })

  test('what was asked of its order names the order, and the receipt says where its figures are', async () => {
    const { caseId, orderId } = await recalled('homeReview')
    await counter.done('order.urge', { caseId, reason: '客户着急' })
    await counter.done('order.withdraw', { caseId, reason: '客户改主意' })
    await until(() => service.accepted.filter((job) => job.lane === caseId).length === 2)
    for (const job of service.accepted.filter((one) => one.lane === caseId))
      expect(job.payload).toMatchObject({ orderId })
    const receipt = await counter.done('receipt.view', { caseId })
    expect(receipt.case.progress).toMatchObject({ settlement: undefined, quotes: [] })
  })

  test('returned papers are taken anew and handed in; a refund it knows no holder for is not corrected here', async () => {
    const { caseId } = await recalled('returned', {
      returnedFor: { code: 'ATTACHMENT_MISSING', params: { kind: 'documentFront' } },
      resupplyBy: Date.now() + 3_600_000,
    })
    expect(await counter.call('order.resupply', { caseId })).toMatchObject({
      error: { code: 'order.attachmentMissing' },
    })
    const refund = { route: 'cash', holderName: '王晓明' } as const
    expect(await counter.call('order.resupply', { caseId, corrections: { refund } })).toMatchObject({
      error: { code: 'case.recalled' },
    })
    await counter.done('case.capture', { caseId, kind: 'documentFront', file })
    await counter.done('order.resupply', { caseId })
    await until(() => service.accepted.some((job) => job.lane === caseId && job.kind === 'order.resupply'))
    const { attachments } = service.accepted.find((job) => job.lane === caseId && job.kind === 'order.resupply')!
      .payload as { attachments: unknown[] }
    expect(attachments).toHaveLength(1)
  })

  test('an invoice the home province refused is corrected by what the order says of it', async () => {
    const { caseId } = await recalled('agreementsTerminated', {
      returnedFor: {
        code: 'INVOICE_REFUSED',
        params: { billId: 'B-1', invoiceNumber: '11112222', amountFen: 4200, cause: 'NUMBER_DIFFERS' },
      },
    })
    const invoice = { billId: 'B-1', way: 'originalReturned', invoiceNumber: '99887766' } as const
    const corrected = (amountFen: number) =>
      counter.call('order.resupply', {
        caseId,
        corrections: { invoices: [{ ...invoice, amountFen: amountFen as never }] },
      })
    expect(await corrected(4300)).toMatchObject({ error: { code: 'invoice.differs' } })
    expect((await corrected(4200)).ok).toBe(true)
  })

  test('what an order left owing is handed out once', async () => {
    const { caseId } = await recalled('refused', { state: 'rejected', owedHereFen: 4200 })
    const pay = (amountFen: number) =>
      counter.call('order.payRefund', { caseId, method: 'cash', amountFen: amountFen as never })
    expect(await pay(4300)).toMatchObject({ error: { code: 'refund.notOwed' } })
    expect((await pay(4200)).ok).toBe(true)
    expect(await pay(1)).toMatchObject({ error: { code: 'refund.notOwed' } })
  })

  test('new figures are read with the masked name, signed, and what is due is taken for the right province', async () => {
    const figuresId = crypto.randomUUID()
    const settlement = {
      lines: [{ kind: 'unbilled', amountFen: 4200 }],
      totalFen: 4200,
      payableFen: 4200,
      refundableFen: 0,
      forfeitedFen: 0,
    }
    const { caseId, orderId } = await recalled('returned', {
      resupplyBy: Date.now() + 3_600_000,
      figures: {
        figuresId,
        pricedAt: Date.now(),
        signedTotalFen: 0,
        settlement,
        agreements: [],
        reasons: [{ code: 'chargesHigher', fromFen: 0, toFen: 4200 }],
        dueFen: 4200,
        acceptable: true,
      },
    })
    const form = await counter.done('order.viewFigures', { caseId })
    expect(form.html).toContain('王*明')
    const view = await counter.done('order.acceptFigures', {
      caseId,
      strokes,
      documentSha256: form.documentSha256,
      method: 'cash',
    })
    expect(view.case.payments).toMatchObject([{ amountFen: 4200, carrier: 'CBN', homeProvince: '14' }])
    expect(view.progress.settlement).toMatchObject({ totalFen: 4200 })
    await until(() => service.accepted.some((job) => job.lane === caseId && job.kind === 'order.acceptFigures'))
    const accepted = service.accepted.find((job) => job.lane === caseId && job.kind === 'order.acceptFigures')!
    expect(accepted.payload).toMatchObject({ orderId, figuresId, paymentIds: [view.case.payments[0]!.paymentId] })
    // Not twice, and not once the figures are gone.
    expect(
      await counter.call('order.acceptFigures', {
        caseId,
        strokes,
        documentSha256: form.documentSha256,
        method: 'cash',
      }),
    ).toMatchObject({ ok: false })
  })
})

describe('a draft that had been submitted when the disk was set back', () => {
  test('is worked on no more, makes no figures of what is left, hands in nothing of it again, and its order is asked by its number', async () => {
    last += 1
    const { case: draft } = await preCheckedCase(counter, last)
    const { caseId, caseNumber, msisdn } = draft
    expect((await counter.done('case.view', { caseId })).progress.settlement).toBeDefined()
    const job = submission(msisdn, caseId, caseNumber)
    await counter.store.transaction((tx) => recallSubmitted(tx, recallPorts(), [job]))
    const { orderId } = await tell(caseId, job.order!, 'homeReview', {})
    const view = await counter.done('case.view', { caseId })
    expect(view).toMatchObject({ case: { state: 'submitted', orderId, recalled: { carrier: 'CBN' } } })
    expect(view.progress.settlement).toBeUndefined()
    expect(
      (await counter.done('case.list', { filter: 'all' })).rows.find((row) => row.caseId === caseId),
    ).toMatchObject({ totalFen: undefined })
    expect(await answers(caseId)).toEqual({
      ...Object.fromEntries(told),
      // Its papers are here: what they say can still be printed, and no portrait is to be supplied.
      'case.handOverNote': 'ok',
      'order.supplyPortrait': 'order.portraitNotAsked',
    })
    await until(() => service.accepted.some((one) => one.lane === caseId && one.kind === 'order.withdraw'))
    expect(service.accepted.filter((one) => one.lane === caseId).map((one) => one.kind)).toEqual([
      'order.urge',
      'order.withdraw',
    ])
  })

  test('when its papers come back, only what is taken from then on is handed in', async () => {
    last += 1
    const { case: draft } = await preCheckedCase(counter, last)
    const { caseId, caseNumber, msisdn } = draft
    const job = submission(msisdn, caseId, caseNumber)
    await counter.store.transaction((tx) => recallSubmitted(tx, recallPorts(), [job]))
    const returnedFor = { code: 'ATTACHMENT_MISSING', params: { kind: 'documentFront' } }
    await tell(caseId, job.order!, 'returned', { returnedFor, resupplyBy: Date.now() + 3_600_000 })
    expect(await counter.call('order.resupply', { caseId })).toMatchObject({
      error: { code: 'order.attachmentMissing' },
    })
    await counter.done('case.capture', { caseId, kind: 'documentFront', file })
    await counter.done('order.resupply', { caseId })
    await until(() => service.accepted.some((one) => one.lane === caseId && one.kind === 'order.resupply'))
    expect(service.accepted.filter((one) => one.lane === caseId).map((one) => one.kind)).toEqual([
      'attachment.store',
      'order.resupply',
    ])
  })

  test('of one whose order the service has forgotten nothing is asked', async () => {
    last += 1
    const { case: draft } = await preCheckedCase(counter, last)
    const { order: _, ...job } = submission(draft.msisdn, draft.caseId, draft.caseNumber)
    await counter.store.transaction((tx) => recallSubmitted(tx, recallPorts(), [job]))
    for (const name of ['order.urge', 'order.withdraw'] as const)
      expect(await counter.call(name, { caseId: draft.caseId, reason: '客户着急' })).toMatchObject({
        error: { code: 'case.recalled' },
      })
  })
})
