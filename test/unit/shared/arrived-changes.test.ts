import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ArrivedChange,
  arrivedChangeSchema,
  markOf,
  orderAnswerSchema,
} from '../../../src/shared/protocol/arrived-changes.ts'
import { type Change, changeSchema } from '../../../src/shared/protocol/changes.ts'

const ids = {
  order: '018f0000-0000-7000-8000-000000000001',
  case: '018f0000-0000-7000-8000-000000000002',
  event: '018f0000-0000-7000-8000-000000000003',
  ticket: '018f0000-0000-7000-8000-000000000004',
  request: '018f0000-0000-7000-8000-000000000005',
}
const at = 1_790_000_000_000

const order = {
  sequence: 7,
  at,
  kind: 'order',
  order: {
    orderId: ids.order,
    caseId: ids.case,
    caseNumber: 'SZ2611-0001',
    state: 'inProgress',
    stage: 'homeReview',
    deadline: '2026-11-29',
    urgeCount: 0,
    warning: { state: 'sent', at },
    events: [
      { eventId: ids.event, code: 'accepted', at, params: {} },
      { eventId: ids.request, code: 'dispatched', at, params: { stage: 'review' } },
    ],
    updatedAt: at,
  },
}
const ticket = {
  sequence: 8,
  at,
  kind: 'ticket',
  ticket: {
    ticketId: ids.ticket,
    kind: 'orderStuck',
    severity: 'waits',
    caseId: ids.case,
    params: {},
    state: 'open',
    openedAt: at,
  },
}
const request = {
  sequence: 9,
  at,
  kind: 'approvalRequest',
  request: {
    requestId: ids.request,
    caseId: ids.case,
    caseNumber: 'SZ2611-0001',
    deviceId: 'SZ-T-1',
    deviceName: 'Desk 1',
    clerkId: '100',
    clerkName: '陈一',
    subject: 'waiver',
    reason: 'long customer',
    facts: {
      maskedNumber: '139****8826',
      maskedName: '**明',
      homeProvince: '14',
      carrier: 'cmcc',
      productName: 'plan',
      premium: false,
      blockers: [],
      findings: [
        {
          ruleId: 'r1',
          measure: { kind: 'secondPerson', subject: 'waiver' },
          reason: { zh: '一', en: 'one' },
          assumed: false,
        },
      ],
    },
    state: 'open',
    requestedAt: at,
    expiresAt: at,
  },
}

/** Every word in a change that comes from a list of this protocol, by its path. */
const words: Record<string, [unknown, (string | number)[][]]> = {
  order: [
    order,
    [
      ['order', 'state'],
      ['order', 'stage'],
      ['order', 'warning', 'state'],
      ['order', 'events', 0, 'code'],
      ['order', 'events', 1, 'code'],
    ],
  ],
  ticket: [
    ticket,
    [
      ['ticket', 'kind'],
      ['ticket', 'severity'],
      ['ticket', 'state'],
    ],
  ],
  approvalRequest: [
    request,
    [
      ['request', 'subject'],
      ['request', 'state'],
      ['request', 'facts', 'findings', 0, 'measure', 'kind'],
      ['request', 'facts', 'findings', 0, 'measure', 'subject'],
    ],
  ],
}
const subjectOf: Record<string, string> = {
  order: ids.order,
  ticket: ids.ticket,
  approvalRequest: ids.request,
}

function changed(value: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const copy = structuredClone(value) as Record<string | number, unknown>
  let here = copy
  for (const step of path.slice(0, -1)) here = here[step] as Record<string | number, unknown>
  here[path.at(-1)!] = to
  return copy
}
/** Every place of a value, as paths. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  const steps = Array.isArray(value) ? value.keys() : Object.keys(value)
  return [...steps].flatMap((step) => places((value as Record<string, unknown>)[step], [...path, step]))
}
const read = (value: unknown) => arrivedChangeSchema.safeParse(value)
const newerOf = (value: unknown) => {
  const change = read(value).data as ArrivedChange
  if (change?.kind !== 'newer') throw new Error('it is not of a newer version')
  return change
}
const youngWord = fc.stringMatching(/^[a-z][A-Za-z]{5,20}Later$/)
const kindOfChange = fc.constantFrom('order', 'ticket', 'approvalRequest')

describe('changes as they arrive', () => {
  test('what this version knows is read as it is', () => {
    for (const value of [order, ticket, request]) expect(read(value).data).toEqual(changeSchema.parse(value))
  })

  test('any unknown words of any lists make a change newer, never malformed, and it keeps all of itself', () => {
    fc.assert(
      fc.property(
        kindOfChange.chain((kind) =>
          fc.record({
            kind: fc.constant(kind),
            paths: fc.subarray(words[kind]![1], { minLength: 1 }),
            word: youngWord,
          }),
        ),
        ({ kind, paths, word }) => {
          const value = paths.reduce((sofar, path) => changed(sofar, path, word), words[kind]![0])
          const change = newerOf(value)
          expect(change).toMatchObject({ of: kind, subject: subjectOf[kind], caseId: ids.case, at })
          expect(change.raw).toEqual(value)
          expect(markOf(change)).toBe(`${at}.${subjectOf[kind]}`)
          // Where the words stand is told, the words are not.
          expect(change.unknown.join()).not.toContain(word)
          const onlyEvents = paths.every((path) => path[1] === 'events')
          expect(change.readable !== undefined).toBe(kind === 'order' && onlyEvents)
        },
      ),
    )
  })

  test('anything else that is wrong with a change of a known kind is still malformed, also beside an unknown word', () => {
    const unfit = fc.constantFrom<unknown>(null, [], -1.5, { no: 'word' }, '两个 字', '')
    fc.assert(
      fc.property(
        kindOfChange.chain((kind) => {
          const value = words[kind]![0]
          // Free texts and parameters may be any text.
          const fixed = places(value).filter((path) => read(changed(value, path, {})).success === false)
          return fc.record({
            kind: fc.constant(kind),
            path: fc.constantFrom(...fixed),
            beside: fc.option(fc.constantFrom(...words[kind]![1])),
            word: youngWord,
            unfit,
          })
        }),
        ({ kind, path, beside, word, unfit: wrong }) => {
          const spoilt = changed(words[kind]![0], path, wrong)
          fc.pre(!changeSchema.safeParse(spoilt).success)
          // What else belongs to a measure without a name here, nobody here knows.
          fc.pre(!(path.includes('measure') && beside?.includes('measure')))
          const same = beside && beside.join() === path.join()
          const value = beside && !same ? changed(spoilt, beside, word) : spoilt
          expect(read(value).success).toBe(false)
        },
      ),
    )
  })

  test('a kind that came later is kept by what it is about, with the case it concerns', () => {
    const value = { sequence: 3, at, kind: 'shiftClosed', subject: 'S-1', body: { caseId: ids.case, note: 'x' } }
    expect(newerOf(value)).toMatchObject({ of: 'shiftClosed', subject: 'S-1', caseId: ids.case, raw: value })
    expect(markOf(newerOf(value))).toBe(`${at}.S-1`)
    const bare = newerOf({ sequence: 3, at, kind: 'shiftClosed', elsewhere: true })
    expect([bare.subject, bare.caseId, markOf(bare)]).toEqual([undefined, undefined, undefined])
    expect(newerOf({ sequence: 3, at, kind: 'newer' }).of).toBe('newer')
  })

  test.each([
    ['without a number', { at, kind: 'shiftClosed' }],
    ['without an instant', { sequence: 3, kind: 'shiftClosed' }],
    ['of no kind', { sequence: 3, at }],
    ['of a kind that is a sentence', { sequence: 3, at, kind: 'the shift is over' }],
    ['that is nothing', null],
    ['that is a list', []],
  ])('a change %s is malformed', (_, value) => {
    expect(read(value).success).toBe(false)
  })

  test('an order with an event that has no name here is shown without it', () => {
    const change = newerOf(changed(order, ['order', 'events', 1, 'code'], 'courierSent'))
    const readable = change.readable as Change & { kind: 'order' }
    expect(readable.order.events.map(({ code }) => code)).toEqual(['accepted'])
    const whole = changeSchema.parse(order) as Change & { kind: 'order' }
    expect({ ...readable.order, events: [] }).toEqual({ ...whole.order, events: [] })
    expect(change.unknown).toEqual(['order.events.code'])
  })

  test('the answer to a repair is an order also where a newer service tells events without a name here; and encodes as it is', () => {
    const answered = changed(order.order, ['events', 1, 'code'], 'courierSent')
    expect(orderAnswerSchema.parse(answered).events.map(({ code }) => code)).toEqual(['accepted'])
    expect(orderAnswerSchema.safeParse(changed(order.order, ['stage'], 'teleported')).success).toBe(false)
    const own = orderAnswerSchema.parse(order.order)
    expect(orderAnswerSchema.encode(own)).toEqual(own)
  })
})
