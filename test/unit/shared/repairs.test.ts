import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { beforePointOfNoReturn, isFinal, mayMove, orderStages } from '../../../src/shared/domain/order.ts'
import { isGrave, type RepairFacts, repairActions, repairsAllowed } from '../../../src/shared/domain/repairs.ts'

const refundRepairs = ['askRefundAgain', 'sendRefundAgain', 'refundPaid', 'refundNotPaid']

const anyFacts: fc.Arbitrary<RepairFacts> = fc.record({
  stage: fc.constantFrom(...orderStages),
  stepDue: fc.boolean(),
  homeContacted: fc.boolean(),
  approved: fc.boolean(),
  rechecked: fc.boolean(),
  endingAsked: fc.boolean(),
  returnedByStore: fc.boolean(),
  coolingMayEnd: fc.boolean(),
  unpostedPayments: fc.nat({ max: 3 }),
  refundHangs: fc.boolean(),
})
const always = (check: (facts: RepairFacts, allowed: ReturnType<typeof repairsAllowed>) => void) =>
  fc.assert(
    fc.property(anyFacts, (facts) => check(facts, repairsAllowed(facts))),
    { numRuns: 2000 },
  )

describe('what a supervisor may do to an order by hand', () => {
  test('nothing but about its refund when it is over, and handing over always before', () =>
    always(({ stage, refundHangs }, allowed) => {
      if (isFinal(stage)) expect(allowed).toEqual(refundHangs ? refundRepairs : [])
      else expect(allowed).toContain('handOver')
    }))

  test('never a move the saga does not know, and nothing back once something irrevocable may be under way', () =>
    always((facts, allowed) => {
      const { stage, rechecked } = facts
      if (allowed.includes('refuse')) {
        expect(mayMove(stage, 'refused')).toBe(true)
        expect(beforePointOfNoReturn(stage)).toBe(true)
      }
      if (allowed.includes('returnToCustomer')) expect(mayMove(stage, 'returned')).toBe(true)
      if (rechecked)
        expect(allowed.filter((one) => ['refuse', 'returnToCustomer', 'markPosted'].includes(one))).toEqual([])
    }))

  test('no second wish while the first is undecided', () =>
    always((facts, allowed) => {
      if (facts.endingAsked)
        expect(allowed.filter((one) => ['refuse', 'returnToCustomer', 'skipWait'].includes(one))).toEqual([])
    }))

  test('no cooling-off ends early unless its rules let it', () =>
    always((facts, allowed) => {
      if (facts.stage === 'coolingOff' && !facts.returnedByStore && !facts.coolingMayEnd)
        expect(allowed).not.toContain('skipWait')
    }))

  test('no payment is marked that is posted, or before the home province was asked', () =>
    always((facts, allowed) => {
      if (facts.unpostedPayments === 0 || (facts.stage === 'accepted' && !facts.homeContacted))
        expect(allowed).not.toContain('markPosted')
    }))

  test('nothing about a refund that does not hang', () =>
    always(({ refundHangs }, allowed) => {
      expect(allowed.filter((one) => refundRepairs.includes(one))).toEqual(refundHangs ? refundRepairs : [])
    }))

  test('what lets money or safety go is grave, the rest is not', () => {
    expect(repairActions.filter(isGrave)).toEqual([
      'skipWait',
      'markPosted',
      'refuse',
      'sendRefundAgain',
      'refundPaid',
      'refundNotPaid',
    ])
  })
})
