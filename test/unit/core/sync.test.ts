import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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

const orderOf = (
  view: { case: { caseId: string; caseNumber: string; orderId?: string | undefined } },
  change: object,
) => ({
  orderId: view.case.orderId,
  caseId: view.case.caseId,
  caseNumber: view.case.caseNumber,
  state: 'inProgress',
  stage: 'homeReview',
  deadline: '2026-11-29',
  urgeCount: 0,
  events: [],
  updatedAt: Date.now(),
  ...change,
})
const stage = async (caseId: string) => (await counter.done('case.view', { caseId })).order?.stage
const status = async () => (await counter.done('case.list', { filter: 'all' })).rows[0]!.status
const idle = () => until(async () => (await counter.done('outbox.list')).jobs.length === 0)

describe('the change feed', () => {
  test('an order moves on screen as the service tells, and the page is told', async () => {
    const view = await submittedCase(counter)
    const { caseId } = view.case
    await idle()
    expect(await status()).toBe('sent')
    service.publish(orderOf(view, {}))
    await until(async () => (await stage(caseId)) === 'homeReview')
    expect(await status()).toBe('homeReview')
    expect(counter.events).toContainEqual({ name: 'case.changed', payload: { caseId } })
    service.publish(orderOf(view, { state: 'completed', stage: 'deactivated', effectiveAt: Date.now() }))
    await until(async () => (await status()) === 'completed')
    expect((await counter.done('desk.view')).completedToday).toBe(1)
  })

  test('the same change again, or an older one late, does nothing', async () => {
    const view = await submittedCase(counter)
    service.publish(orderOf(view, {}))
    service.publish(orderOf(view, { stage: 'agreementsTerminated' }))
    await until(async () => (await stage(view.case.caseId)) === 'agreementsTerminated')
    await counter.store.transaction(async (tx) => tx.run("UPDATE meta SET value = '0' WHERE name = 'changesCursor'"))
    const before = await counter.store.query('SELECT * FROM order_view')
    counter = await counter.reopen()
    await until(async () => {
      const row = await counter.store.get<{ value: string }>("SELECT value FROM meta WHERE name = 'changesCursor'")
      return row?.value === '2'
    })
    expect(await counter.store.query('SELECT * FROM order_view')).toEqual(before)
  })

  test('a change that is not in the protocol is not applied and the cursor stays', async () => {
    const view = await submittedCase(counter)
    service.publish(orderOf(view, { deadline: 'soon' }))
    await until(() => counter.logged.some(({ code }) => code === 'service.answerMalformed'))
    expect(await stage(view.case.caseId)).toBeUndefined()
    const cursor = await counter.store.get("SELECT value FROM meta WHERE name = 'changesCursor'")
    expect(cursor).toBeUndefined()
  })

  test('a number is free again when its order is over', async () => {
    const view = await submittedCase(counter)
    const { msisdn } = view.case
    expect(await counter.call('case.open', { msisdn })).toMatchObject({ error: { code: 'case.alreadyOpen' } })
    service.publish(orderOf(view, { state: 'rejected', stage: 'refused', refusedFor: { code: 'ARREARS', params: {} } }))
    await until(async () => (await status()) === 'refused')
    expect((await counter.call('case.open', { msisdn })).ok).toBe(true)
  })
})

describe('what is still possible with an order', () => {
  test('withdrawing until the point of no return, also while offline; not afterwards', async () => {
    const view = await submittedCase(counter)
    const { caseId } = view.case
    await idle()
    service.state.intercept = (route) => (route === '/v1/jobs' ? 'cut' : undefined)
    await counter.done('order.withdraw', { caseId, reason: 'changed my mind' })
    service.state.intercept = undefined
    await until(() => service.accepted.some((job) => job.kind === 'order.withdraw'))
    service.publish(orderOf(view, { stage: 'settled' }))
    await until(async () => (await stage(caseId)) === 'settled')
    expect(await counter.call('order.withdraw', { caseId, reason: 'again' })).toMatchObject({
      error: { code: 'order.pastNoReturn' },
    })
    service.publish(orderOf(view, { state: 'completed', stage: 'deactivated' }))
    await until(async () => (await stage(caseId)) === 'deactivated')
    for (const name of ['order.withdraw', 'order.urge'] as const)
      expect(await counter.call(name, { caseId, reason: 'please' })).toMatchObject({ error: { code: 'order.final' } })
  })

  test('returned papers: a new picture goes before the resupply, corrections are checked', async () => {
    const view = await submittedCase(counter)
    const { caseId, msisdn } = view.case
    await idle()
    const file = { mediaType: 'image/png', contentBase64: tinyPng } as const
    expect(await counter.call('case.capture', { caseId, kind: 'documentBack', file })).toMatchObject({
      error: { code: 'order.notReturned' },
    })
    const returnedFor = { code: 'ATTACHMENT_UNUSABLE', params: { kind: 'documentBack' } }
    service.publish(orderOf(view, { state: 'held', stage: 'returned', resupplyBy: Date.now() + 1000, returnedFor }))
    await until(async () => (await status()) === 'returned')
    const desk = await counter.done('desk.view')
    expect(desk.attention[0]).toMatchObject({ code: 'returned', params: { msisdn } })
    expect(await counter.call('order.resupply', { caseId })).toMatchObject({
      error: { code: 'order.attachmentMissing', params: { kind: 'documentBack' } },
    })
    const contact = { name: '李四', phone: msisdn }
    expect(await counter.call('order.resupply', { caseId, corrections: { contact } })).toMatchObject({
      error: { code: 'contact.sameNumber' },
    })
    await counter.done('case.capture', { caseId, kind: 'documentBack', file })
    await counter.done('order.resupply', { caseId, note: 'clear now' })
    await idle()
    expect(service.accepted.slice(-2).map((job) => job.kind)).toEqual(['attachment.store', 'order.resupply'])
    const { attachments } = service.accepted.at(-1)!.payload as { attachments: { kind: string }[] }
    expect(attachments.map(({ kind }) => kind)).toEqual(['documentBack'])
  })

  test('receipts are counted, and copies know it', async () => {
    const { case: case_ } = await submittedCase(counter)
    const { caseId } = case_
    expect((await counter.done('receipt.view', { caseId })).printNumber).toBe(0)
    expect((await counter.done('receipt.print', { caseId })).printNumber).toBe(1)
    expect((await counter.done('receipt.print', { caseId })).printNumber).toBe(2)
  })
})

test('a service with another identity is refused at sign-in', async () => {
  await counter.done('session.signOut')
  service.state.serviceId = 'another'
  expect(await counter.call('session.signIn', { staffId: '100', password: 'right' })).toMatchObject({
    error: { code: 'device.otherService' },
  })
  expect((await counter.done('app.view')).staff).toBeUndefined()
})

test('the audit chain holds every act and breaks when an entry is changed', async () => {
  const { auditHash, auditGenesis } = await import('../../../src/main/core/audit/audit.ts')
  const { sha256 } = await import('../../../src/main/devices/machine/system-ports.ts')
  await submittedCase(counter)
  const rows = await counter.store.query<Record<string, never>>('SELECT * FROM audit ORDER BY sequence')
  const intact = (entries: Record<string, never>[]) => {
    let previousHash = auditGenesis
    return entries.every((row, index) => {
      const { sequence, at, staff_id, action, case_id, details, hash } = row
      const expected = auditHash(sha256, {
        previousHash,
        sequence,
        at,
        staffId: staff_id!,
        action,
        caseId: case_id!,
        details,
      } as never)
      previousHash = hash!
      return sequence === index + 1 && expected === hash
    })
  }
  expect(rows.map((row) => row.action)).toEqual(
    expect.arrayContaining(['device.enrol', 'session.signIn', 'case.submit']),
  )
  expect(intact(rows)).toBe(true)
  expect(intact(rows.map((row, index) => (index === 3 ? { ...row, staff_id: '999' as never } : row)))).toBe(false)
  expect(intact(rows.toSpliced(3, 1))).toBe(false)
  expect(JSON.stringify(rows)).not.toContain('王小明')
})
