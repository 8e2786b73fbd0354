import { describe, expect, it } from 'vitest'
import { deedOf, openingStep, proofAliveAt, stepAfter } from '../../../src/renderer/features/case/deeds.ts'
import { missing, now, pictures, preCheck, view } from './case-views.ts'

const alive = { proofAlive: true }
const dead = { proofAlive: false }
const document = { name: '王小明' }

describe('what Enter does', () => {
  it('asks the home system first, then goes on to the document', () => {
    expect(deedOf(view({}), 'number', dead)).toEqual({ kind: 'queryNumber' })
    expect(deedOf(view({ case: { number: {} } }), 'number', dead)).toEqual({
      kind: 'goTo',
      step: 'identity',
      back: false,
    })
  })

  it('walks the identity step: document, three pictures, proof, onward', () => {
    expect(deedOf(view({}), 'identity', dead).kind).toBe('saveDocument')
    const seen = [0, 1, 2, 3].map((count) =>
      deedOf(view({ case: { document, attachments: pictures.slice(0, count) } }), 'identity', dead),
    )
    expect(seen).toEqual([
      { kind: 'capture', picture: 'documentFront' },
      { kind: 'capture', picture: 'documentBack' },
      { kind: 'capture', picture: 'portrait' },
      { kind: 'prove' },
    ])
    expect(deedOf(view({ case: { document, attachments: pictures } }), 'identity', alive)).toMatchObject({
      kind: 'goTo',
      step: 'preCheck',
    })
  })

  it('saves a document under correction before anything else', () => {
    const proved = view({ case: { document, attachments: pictures } })
    expect(deedOf(proved, 'identity', { proofAlive: true, edited: true })).toEqual({ kind: 'saveDocument' })
  })

  it('never pre-checks without a living proof', () => {
    expect(deedOf(view({}), 'preCheck', alive)).toEqual({ kind: 'preCheck' })
    expect(deedOf(view({}), 'preCheck', dead)).toEqual({ kind: 'goTo', step: 'identity', back: true })
  })

  it('offers nothing but another check while a finding stops the case', () => {
    const blocked = view({
      case: { preCheck: preCheck() },
      missing: [
        missing('acknowledge', 'preCheck', { blocker: 'POINTS_LOST' }),
        missing('blocker', 'preCheck', { blocker: 'FRAUD_STOP' }, 'stops'),
      ],
    })
    expect(deedOf(blocked, 'preCheck', alive)).toEqual({ kind: 'reCheck' })
  })

  it('notes one finding after the other, then goes on', () => {
    const telling = view({
      case: { preCheck: preCheck([{ id: 'A1' }]) },
      missing: [missing('acknowledge', 'preCheck', { blocker: 'POINTS_LOST' })],
    })
    expect(deedOf(telling, 'preCheck', alive)).toEqual({ kind: 'acknowledge', code: 'POINTS_LOST', decided: false })
    const told = view({ case: { preCheck: preCheck([{ id: 'A1' }]) } })
    expect(deedOf(told, 'preCheck', alive)).toMatchObject({ kind: 'goTo', step: 'agreements' })
  })

  it('passes over the agreements only when there are none and nobody need look', () => {
    expect(stepAfter('preCheck', view({ case: { preCheck: preCheck() } }))).toBe('settlement')
    const premium = view({
      case: { preCheck: preCheck() },
      missing: [missing('approval', 'agreements', { subject: 'premiumNumber' })],
    })
    expect(stepAfter('preCheck', premium)).toBe('agreements')
  })

  it('decides each agreement, then asks for the second person, then goes on', () => {
    const quotes = [
      { agreementId: 'A1', quote: {} },
      { agreementId: 'A2', quote: {} },
    ] as never
    const open = view({ case: { preCheck: preCheck([{}]), choices: [{ agreementId: 'A1' }] }, quotes })
    expect(deedOf(open, 'agreements', alive)).toEqual({ kind: 'choose', agreementId: 'A2' })
    const choices = [{ agreementId: 'A1' }, { agreementId: 'A2' }]
    const approval = missing('approval', 'agreements', { subject: 'waiver', agreementId: 'A2' })
    const waiting = view({ case: { preCheck: preCheck([{}]), choices }, quotes, missing: [approval] })
    expect(deedOf(waiting, 'agreements', alive)).toEqual({ kind: 'approve', subject: 'waiver', agreementId: 'A2' })
    const decided = view({ case: { preCheck: preCheck([{}]), choices }, quotes })
    expect(deedOf(decided, 'agreements', alive)).toMatchObject({ kind: 'goTo', step: 'settlement' })
  })

  it('leaves a case whose agreement nobody can price', () => {
    const stuck = view({
      case: { preCheck: preCheck([{}]) },
      quotes: [{ agreementId: 'A1', error: { code: 'quote.noRule' }, waivedFen: 0 }] as never,
      missing: [missing('quote', 'agreements', {}, 'stops')],
    })
    expect(deedOf(stuck, 'agreements', alive)).toEqual({ kind: 'leave' })
  })

  it('takes money last: after the form, the approvals and every decision', () => {
    const payment = missing('payment', 'settlement', { amountFen: 8640 }, 'stops')
    const at = (...items: ReturnType<typeof missing>[]) => view({ case: { preCheck: preCheck() }, missing: items })
    const approval = missing('approval', 'settlement', { subject: 'faceByEye' })
    expect(deedOf(at(payment, approval, missing('contact', 'settlement')), 'settlement', alive).kind).toBe(
      'saveSettlement',
    )
    expect(deedOf(at(payment, approval), 'settlement', alive).kind).toBe('approve')
    expect(deedOf(at(missing('choice', 'agreements'), payment), 'settlement', alive)).toEqual({
      kind: 'goTo',
      step: 'agreements',
      back: true,
    })
    expect(deedOf(at(payment), 'settlement', alive)).toEqual({ kind: 'takePayment', amountFen: 8640 })
    expect(deedOf(at(), 'settlement', { proofAlive: true, edited: true }).kind).toBe('saveSettlement')
    expect(deedOf(at(), 'settlement', alive)).toMatchObject({ kind: 'goTo', step: 'signature' })
  })

  it('does not collect again what was collected too much', () => {
    const overpaid = view({
      case: { preCheck: preCheck() },
      missing: [missing('payment', 'settlement', { amountFen: -500 }, 'stops')],
    })
    expect(deedOf(overpaid, 'settlement', alive).kind).toBe('goTo')
  })

  it('signs only when nothing else is missing, and submits only what is signed', () => {
    const unsigned = missing('signature', 'signature', {}, 'stops')
    const early = view({ missing: [missing('portrait', 'identity'), unsigned] })
    expect(deedOf(early, 'signature', alive)).toEqual({ kind: 'goTo', step: 'identity', back: true })
    expect(deedOf(view({ missing: [unsigned] }), 'signature', alive)).toEqual({ kind: 'sign' })
    expect(deedOf(view({}), 'signature', alive)).toEqual({ kind: 'submit' })
  })
})

describe('where a case opens', () => {
  it('at the number while nobody asked about it, later where it stopped', () => {
    expect(openingStep(view({}))).toBe('number')
    expect(openingStep(view({ case: { number: {} } }))).toBe('identity')
    const blocked = view({
      case: { number: {} },
      steps: { identity: 'done', preCheck: 'blocked', settlement: 'current' },
    })
    expect(openingStep(blocked)).toBe('preCheck')
  })

  it('knows when a proof has ended', () => {
    expect(proofAliveAt(view({ case: { proof: { expiresAt: now + 1 } } }), now)).toBe(true)
    expect(proofAliveAt(view({ case: { proof: { expiresAt: now } } }), now)).toBe(false)
  })
})
