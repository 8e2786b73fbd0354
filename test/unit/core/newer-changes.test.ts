import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { signIn, submittedCase } from '../../support/core/counter-steps.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

/* A counter that is older than its service. */

let service: ServiceDouble
let counter: Counter

beforeEach(async () => {
  service = await startServiceDouble()
  service.state.streams = true
  counter = await openCounter(service.url)
  await signIn(counter)
})
afterEach(async () => {
  await counter.close()
  await service.close()
})

type View = Awaited<ReturnType<typeof submittedCase>>
const id = (last: number) => `018f0000-0000-7000-8000-${String(last).padStart(12, '0')}`
const event = (last: number, code: string) => ({ eventId: id(last), code, at: Date.now(), params: { text: '张三' } })
const orderOf = ({ case: { caseId, caseNumber, orderId } }: View, change: object) => ({
  orderId,
  caseId,
  caseNumber,
  state: 'inProgress',
  stage: 'homeReview',
  deadline: '2026-11-29',
  urgeCount: 0,
  events: [],
  updatedAt: Date.now(),
  ...change,
})
const ticketOf = (change: object) => ({
  ticketId: id(1),
  kind: 'simSwapSeen',
  severity: 'stops',
  params: {},
  state: 'open',
  openedAt: Date.now(),
  ...change,
})
const viewOf = (caseId: string) => counter.done('case.view', { caseId })
const rowOf = async () => (await counter.done('case.list', { filter: 'all' })).rows.at(-1)!
const cursor = async () =>
  Number((await counter.store.get<{ value: string }>("SELECT value FROM meta WHERE name = 'changesCursor'"))?.value)
const readTo = (sequence: number) => until(async () => (await cursor()) === sequence)
const kept = () => counter.store.query<{ kind: string; subject: string }>('SELECT kind, subject FROM newer_change')
const newerLogged = () => counter.logged.filter(({ code }) => code === 'sync.newer').map(({ params }) => params)

describe('words of a newer service', () => {
  test('a stage without a name leaves the order as it was shown, says so on its case, and the reading goes on', async () => {
    const view = await submittedCase(counter)
    const { caseId } = view.case
    service.publish(orderOf(view, {}))
    await readTo(1)
    expect((await viewOf(caseId)).newer).toBe(false)
    service.publish(orderOf(view, { stage: 'courierUnderWay' }))
    service.tellChange({ kind: 'ticket', ticket: ticketOf({ kind: 'orderStuck' }) })
    await readTo(3)
    expect(await viewOf(caseId)).toMatchObject({ newer: true, movedOn: true, order: { stage: 'homeReview' } })
    expect(await rowOf()).toMatchObject({ status: 'movedOn', next: { code: 'movedOn' } })
    expect((await counter.done('case.list', { filter: 'waitingHome' })).rows).toHaveLength(1)
    expect((await counter.done('supervision.view')).tickets).toHaveLength(1)
    expect(counter.events).toContainEqual({ name: 'case.changed', payload: { caseId } })
    expect((await counter.done('desk.view')).attention).toContainEqual({
      code: 'newer',
      params: { count: 1 },
      severity: 'waits',
    })
    expect(newerLogged()).toEqual([{ unknown: 'order.stage', kept: 1 }])
    // Known words about the same order: nothing is left to be shown.
    service.publish(orderOf(view, { stage: 'settled' }))
    await readTo(4)
    expect(await viewOf(caseId)).toMatchObject({ newer: false, movedOn: false, order: { stage: 'settled' } })
    expect((await rowOf()).status).toBe('executing')
    expect(await kept()).toEqual([])
  })

  test('a number whose order is over may have its next case, also when something without a name follows', async () => {
    const view = await submittedCase(counter)
    const effectiveAt = Date.now()
    expect((await rowOf()).endedAt).toBeUndefined()
    service.publish(orderOf(view, { state: 'completed', stage: 'deactivated', effectiveAt }))
    await readTo(1)
    expect((await rowOf()).endedAt).toBe(effectiveAt)
    service.publish(orderOf(view, { stage: 'numberGivenAway' }))
    await readTo(2)
    expect((await rowOf()).status).toBe('movedOn')
    const open = () => counter.store.query('SELECT case_id FROM counter_case WHERE is_open = 1')
    expect(await open()).toEqual([])
    // Whatever is written of the case afterwards says the same.
    await counter.done('receipt.print', { caseId: view.case.caseId })
    expect([(await rowOf()).status, await open()]).toEqual(['movedOn', []])
    expect((await counter.call('case.open', { msisdn: view.case.msisdn })).ok).toBe(true)
  })

  test('an event without a name is left out, the rest of the order moves on, and nothing of it is in the log', async () => {
    const view = await submittedCase(counter)
    const { caseId } = view.case
    const events = [event(1, 'accepted'), event(2, 'courierSent')]
    service.publish(orderOf(view, { events }))
    await readTo(1)
    expect((await viewOf(caseId)).order!.events.map(({ code }) => code)).toEqual(['accepted'])
    service.publish(
      orderOf(view, {
        state: 'completed',
        stage: 'deactivated',
        effectiveAt: Date.now(),
        events: [...events, event(3, 'deactivated')],
      }),
    )
    await readTo(2)
    const { newer, order } = await viewOf(caseId)
    expect((await viewOf(caseId)).movedOn).toBe(false)
    expect([newer, order!.stage, order!.events.map(({ code }) => code)]).toEqual([
      true,
      'deactivated',
      ['accepted', 'deactivated'],
    ])
    expect((await counter.done('case.list', { filter: 'all' })).rows[0]!.status).toBe('completed')
    expect(await kept()).toHaveLength(1)
    expect(JSON.stringify(counter.logged)).not.toMatch(/courierSent|张三/)
  })

  test('a kind of ticket without a name is counted for the supervisors until it is closed', async () => {
    service.tellChange({ kind: 'ticket', ticket: ticketOf({}) })
    service.tellChange({ kind: 'ticket', ticket: ticketOf({ ticketId: id(2) }) })
    await readTo(2)
    expect(await counter.done('supervision.view')).toMatchObject({ tickets: [], newer: 2 })
    service.tellChange({ kind: 'ticket', ticket: ticketOf({ state: 'closed' }) })
    await readTo(3)
    expect(await counter.done('supervision.view')).toMatchObject({ tickets: [], newer: 1 })
    expect(counter.events).toContainEqual({ name: 'supervision.changed', payload: {} })
  })

  test('of a kind that came later the latest of each subject is kept, and its case says so', async () => {
    const view = await submittedCase(counter)
    const { caseId } = view.case
    for (const subject of ['A', 'B', 'A']) service.tellChange({ kind: 'courier', subject, body: { caseId } })
    service.tellChange({ kind: 'courier' })
    await readTo(4)
    expect((await kept()).map(({ subject }) => subject).sort()).toEqual(['#4', 'A', 'B'])
    expect((await viewOf(caseId)).newer).toBe(true)
    // Nothing says what the last one was about: no mark stands for it, least of all that of another.
    expect(await counter.store.get("SELECT value FROM meta WHERE name = 'changesMark'")).toBeUndefined()
    counter = await counter.reopen()
    expect(await kept()).toHaveLength(3)
    service.tellChange({ kind: 'rules', rules: { setDigest: 'a'.repeat(64) } })
    await readTo(5)
  })

  test('what the same service tells in long polls is read alike', async () => {
    service.state.streams = false
    service.streams.breakOff()
    service.tellChange({ kind: 'ticket', ticket: ticketOf({}) })
    service.tellChange({ kind: 'ticket', ticket: ticketOf({ ticketId: id(2), kind: 'orderStuck' }) })
    await readTo(2)
    expect(await counter.done('supervision.view')).toMatchObject({ tickets: [{ kind: 'orderStuck' }], newer: 1 })
    expect(counter.logged.filter(({ code }) => code === 'service.answerMalformed')).toEqual([])
  })
})

describe('after an update', () => {
  const keep = (kind: string, subject: string, sequence: number, change: object) =>
    counter.store.transaction(async (tx) =>
      tx.run('INSERT INTO newer_change (kind, subject, sequence, case_id, document) VALUES (?, ?, ?, NULL, ?)', [
        kind,
        subject,
        sequence,
        JSON.stringify({ kind, sequence, at: Date.now(), ...change }),
      ]),
    )

  test('what was kept is read before anything else, offline too; what is still unknown or unreadable stays', async () => {
    const view = await submittedCase(counter)
    const { caseId, orderId } = view.case
    service.publish(orderOf(view, { events: [event(1, 'accepted')] }))
    await readTo(1)
    // As an older program, to which `dispatched` and `orderStuck` were unknown words, left it behind: the order shown in part.
    const events = [event(1, 'accepted'), event(2, 'dispatched')]
    await keep('order', orderId!, 1, { order: orderOf(view, { events }) })
    await keep('ticket', id(1), 2, { ticket: ticketOf({ kind: 'orderStuck' }) })
    await keep('ticket', id(2), 3, { ticket: ticketOf({ ticketId: id(2) }) })
    await keep('courier', 'A', 4, { subject: 'A' })
    await keep('order', id(9), 5, { order: { nothing: 'of the kind' } })
    service.state.intercept = () => 'cut'
    counter = await counter.reopen()
    expect((await viewOf(caseId)).order!.events.map(({ code }) => code)).toEqual(['accepted', 'dispatched'])
    expect(await counter.done('supervision.view')).toMatchObject({ tickets: [{ kind: 'orderStuck' }] })
    expect((await kept()).map(({ subject }) => subject).sort()).toEqual([id(2), id(9), 'A'].sort())
    expect(counter.logged.find(({ code }) => code === 'sync.readKept')?.params).toEqual({ read: 2, kept: 3 })
  })

  test('what was heard since in known words is not put back by what was kept before', async () => {
    const view = await submittedCase(counter)
    service.publish(orderOf(view, { stage: 'settled' }))
    await readTo(1)
    await keep('order', view.case.orderId!, 0, { sequence: 1, order: orderOf(view, { stage: 'homeReview' }) })
    await counter.store.transaction(async (tx) => tx.run('UPDATE order_view SET sequence = 2'))
    counter = await counter.reopen()
    expect((await viewOf(view.case.caseId)).order!.stage).toBe('settled')
    expect(await kept()).toEqual([])
  })
})
