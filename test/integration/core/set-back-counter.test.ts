import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunningService } from '../../../service/src/start.ts'
import { createHttpCaptureStation } from '../../../src/main/devices/capture/http-capture-station.ts'
import { acceptCase, prepareCase, signCase } from '../../support/core/accept-case.ts'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { newPglite } from '../../support/pglite.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

let world: OutsideWorld
let service: RunningService
let counter: Counter

const image = () => join(counter.folder, 'image')
const disk = () => join(counter.folder, 'store')

/** Closes the counter, does something with its files, and opens it again. */
async function whileClosed(work: () => Promise<void>) {
  await counter.app.close()
  await work()
  counter = await counter.reopen()
}
const takeImage = () => whileClosed(() => cp(disk(), image(), { recursive: true }))
const setBack = () =>
  whileClosed(async () => {
    await rm(disk(), { recursive: true, force: true })
    await cp(image(), disk(), { recursive: true })
  })
const signIn = () =>
  until(async () => (await counter.call('session.signIn', { staffId: '100217', password: 'counter-trial-217' })).ok)
const jobs = async () => (await counter.done('outbox.list', { includeDone: true })).jobs
const delivered = () => until(async () => (await jobs()).every((job) => job.state === 'done'))
const numbers = () =>
  counter.store.query<{ sequence: number; id: string }>('SELECT sequence, id FROM outbox_job ORDER BY sequence')

async function completed(caseId: string) {
  await until(async () => (await counter.done('case.view', { caseId })).order?.state === 'completed')
}

beforeEach(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0.01 })
  service = await startServiceOn(world, await newPglite())
  counter = await openCounter(service.url, { captureStation: createHttpCaptureStation(world.simulators.urls.capture) })
  await counter.done('device.enrol', { enrolmentCode: 'HQB3-7K2M-9QXT' })
  await signIn()
})
afterEach(async () => {
  await counter?.close()
  await service?.close()
  await world?.close()
})

test('a counter set back to an older image of its disk learns again what it had done, and counts on', {
  timeout: 120_000,
}, async () => {
  const kept = await acceptCase(counter, world, 'clean')
  await delivered()
  await completed(kept.caseId)
  const onImage = (await numbers()).length
  await takeImage()
  await signIn()
  const forgotten = await acceptCase(counter, world, 'arrears')
  await delivered()
  await completed(forgotten.caseId)
  const before = await numbers()

  await setBack()
  await signIn()
  await until(() => counter.logged.some((entry) => entry.code === 'counter.setBack'))
  expect(await numbers()).toEqual(before)
  expect((await counter.done('app.view')).storeNotice).toMatchObject({ code: 'setBack' })

  // The customer whose case is not on the image asks how far it is: found by number, with its order.
  const { msisdn } = forgotten.view.case
  const found = await until(async () => {
    const { rows } = await counter.done('case.search', { text: msisdn, limit: 5 })
    return rows.length === 1 && rows[0]!.status === 'completed' && rows[0]
  })
  expect(found).toMatchObject({ caseId: forgotten.caseId, caseNumber: forgotten.view.case.caseNumber })
  expect(found.maskedName).toMatch(/\*/)
  const view = await counter.done('case.view', { caseId: forgotten.caseId })
  expect(view).toMatchObject({ case: { state: 'submitted', msisdn, recalled: {} }, order: { stage: 'deactivated' } })
  expect(view.case.payments.map(({ amountFen }) => amountFen)).toEqual(
    forgotten.view.case.payments.map(({ amountFen }) => amountFen),
  )
  expect((await counter.done('receipt.print', { caseId: forgotten.caseId })).printNumber).toBe(1)
  expect((await counter.done('app.view')).storeNotice).toMatchObject({ code: 'setBack', params: { cases: 1 } })

  // Business goes on: new numbers, nothing refused, nothing twice.
  const next = await acceptCase(counter, world, 'clean')
  await delivered()
  await completed(next.caseId)
  const after = await numbers()
  expect(after.slice(0, before.length)).toEqual(before)
  expect(after.map((job) => job.sequence)).toEqual(after.map((_, index) => index + 1))
  expect((await jobs()).filter((job) => job.lastError)).toEqual([])
  const audit = await counter.store.query("SELECT details FROM audit WHERE action = 'outbox.setBack'")
  expect(audit.map((row) => JSON.parse(String(row.details)))).toEqual([
    { recalled: before.length - onImage, renumbered: 0, payments: 0 },
  ])
})

test('a draft paid after the image is paid when the disk is set back, and nobody is asked for the money again', {
  timeout: 120_000,
}, async () => {
  const unpaid = await prepareCase(counter, world, 'arrears')
  expect(unpaid.due).toBeGreaterThan(0)
  await takeImage()
  await signIn()
  await counter.done('case.takePayment', { caseId: unpaid.caseId, method: 'cash', amountFen: unpaid.due })
  const given = await prepareCase(counter, world, 'arrears')
  await counter.done('case.takePayment', { caseId: given.caseId, method: 'cash', amountFen: given.due })
  const [payment] = (await counter.done('case.view', { caseId: given.caseId })).case.payments
  await counter.done('case.giveBack', { caseId: given.caseId, paymentId: payment!.paymentId, reason: 'not today' })
  const paid = await prepareCase(counter, world, 'arrears')
  await counter.done('case.takePayment', { caseId: paid.caseId, method: 'cash', amountFen: paid.due })
  const before = await counter.done('case.view', { caseId: paid.caseId })
  await delivered()

  await setBack()
  // Nothing has been heard of the service yet.
  expect((await counter.done('case.view', { caseId: unpaid.caseId })).progress.paidFen).toBe(0)
  await signIn()
  await until(() => counter.logged.some((entry) => entry.code === 'counter.setBack'))

  const known = await counter.done('case.view', { caseId: unpaid.caseId })
  expect(known.progress.paidFen).toBe(unpaid.due)
  expect(known.case.moneyRecalledAt).toBeGreaterThan(0)
  expect(
    await counter.call('case.takePayment', { caseId: unpaid.caseId, method: 'cash', amountFen: unpaid.due }),
  ).toMatchObject({
    ok: false,
    error: { code: 'payment.alreadyTaken' },
  })
  await signCase(counter, unpaid.caseId)
  await counter.done('case.submit', { caseId: unpaid.caseId })
  await delivered()
  await completed(unpaid.caseId)

  // The image knew nothing of these two: they are back as far as their money tells of them.
  const found = await counter.done('case.view', { caseId: paid.caseId })
  expect(found.case).toMatchObject({ caseNumber: before.case.caseNumber, msisdn: paid.msisdn, state: 'draft' })
  expect(found.case.payments).toEqual(before.case.payments)
  expect(found.progress.paidFen).toBe(paid.due)
  const handedBack = await counter.done('case.view', { caseId: given.caseId })
  expect(handedBack.progress.paidFen).toBe(0)
  expect(handedBack.case.refundsPaid).toMatchObject([{ paymentId: payment!.paymentId, amountFen: given.due }])
  expect((await counter.done('app.view')).storeNotice).toMatchObject({ code: 'setBack', params: { payments: 3 } })
  await counter.done('case.giveBack', {
    caseId: paid.caseId,
    paymentId: found.case.payments[0]!.paymentId,
    reason: 'no longer here',
  })
  await delivered()
  expect((await jobs()).filter((job) => job.lastError)).toEqual([])
})
