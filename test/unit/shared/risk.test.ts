import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { homeAccountSchema } from '../../../src/shared/domain/account.ts'
import type { Instant } from '../../../src/shared/domain/calendar.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import { assessRisk, countsAsked } from '../../../src/shared/domain/risk-assessment.ts'
import { neverHours } from '../../../src/shared/domain/risk-condition.ts'
import { type RiskFacts, type RiskSituation, riskFactsOf } from '../../../src/shared/domain/risk-facts.ts'
import {
  approvalSubjects,
  type RiskMeasure,
  type RiskPolicy,
  type RiskRule,
  riskPolicyOf,
  riskRulesSchema,
} from '../../../src/shared/domain/risk-policy.ts'
import { doubleAccount } from '../../support/core/double-data.ts'
import { rulesAt } from '../../support/shipped-rules.ts'

const at = Date.parse('2026-11-21T10:00:00+08:00') as Instant
const shipped = riskPolicyOf(rulesAt({ carrier: 'CTCC', province: '14' }, '2026-11-21' as never))
const hours = (count: number) => at - count * 3_600_000

function situation(changes: Partial<RiskSituation> & { recent?: [string, number][] } = {}): RiskSituation {
  const { recent, ...rest } = changes
  return {
    account: homeAccountSchema.parse({
      ...doubleAccount('13900001111'),
      ...(recent ? { recentChanges: recent.map(([kind, time]) => ({ kind, at: time })) } : {}),
    }),
    asker: 'holder',
    document: { entry: 'reader', identificationType: 'RESIDENT_ID' },
    faceByEye: false,
    blacklisted: false,
    penaltyFen: fen(0),
    waivedFen: fen(0),
    refundFen: fen(0),
    payableFen: fen(0),
    at,
    counts: countsAsked(shipped).map((count) => ({ ...count, value: 0 })),
    ...rest,
  }
}
const assess = (changes: Parameters<typeof situation>[0] = {}) => assessRisk(shipped, riskFactsOf(situation(changes)))
const ids = (assessment: { findings: { ruleId: string }[] }) => assessment.findings.map(({ ruleId }) => ruleId)

describe('the shipped policy', () => {
  test('a clean case needs nobody and waits for nothing', () => {
    expect(assess()).toMatchObject({ findings: [], undecided: [], strictest: 'none', coolingOffHours: 0 })
  })
  test.each<[string, Parameters<typeof situation>[0], string[], number]>([
    ['a waiver', { waivedFen: fen(1) }, ['waiver'], 0],
    ['a refund of 500.01', { refundFen: fen(50_001) }, ['largeRefund'], 0],
    ['a refund of 500.00', { refundFen: fen(50_000) }, [], 0],
    ['no reference portrait', { faceByEye: true }, ['faceByEye'], 0],
    ['the blacklist', { blacklisted: true }, ['blacklist'], 0],
    ['a SIM swapped six days ago', { recent: [['simSwap', hours(144)]] }, [], 24],
    ['a SIM swapped yesterday', { recent: [['simSwap', hours(25)]] }, ['recentChange'], 24],
    ['a SIM swapped a week ago', { recent: [['simSwap', hours(168)]] }, [], 0],
    ['a password reset', { recent: [['passwordReset', hours(71)]] }, [], 24],
    ['a line resumed', { recent: [['stopResume', hours(1)]] }, [], 24],
    ['an heir', { asker: 'heir' }, ['asker'], 0],
    [
      'three numbers of one document',
      { counts: countsAsked(shipped).map((count) => ({ ...count, value: count.of === 'document' ? 3 : 0 })) },
      ['severalNumbers'],
      0,
    ],
    [
      'five numbers of one document',
      { counts: countsAsked(shipped).map((count) => ({ ...count, value: count.of === 'document' ? 5 : 0 })) },
      ['severalNumbers'],
      48,
    ],
  ])('%s', (_name, changes, subjects, coolingOffHours) => {
    expect(assess(changes)).toMatchObject({ subjects, coolingOffHours, refused: undefined })
  })
  test('a SIM swapped and a password reset on one day is refused, with a reason in both languages', () => {
    const { refused, strictest } = assess({
      recent: [
        ['simSwap', hours(5)],
        ['passwordReset', hours(4)],
      ],
    })
    expect(strictest).toBe('refusal')
    expect(refused).toMatchObject({
      ruleId: 'swapThenReset',
      reason: { zh: expect.stringContaining('补换卡'), en: expect.stringContaining('SIM') },
    })
  })
  test('at night a change of the last month needs a second person, by day it does not', () => {
    const recent: [string, number][] = [['simSwap', hours(500)]]
    expect(assess({ recent }).subjects).toEqual([])
    const night = Date.parse('2026-11-21T23:30:00+08:00') as Instant
    expect(ids(assess({ recent, at: night }))).toEqual(['nightHours'])
    expect(ids(assess({ at: night }))).toEqual([])
  })
  test('what the counter cannot count is left to the service by name', () => {
    const { undecided, findings } = assessRisk(shipped, { ...riskFactsOf(situation()), counts: [] })
    expect(findings).toEqual([])
    expect(undecided.map(({ ruleId }) => ruleId)).toEqual([
      'manyByClerk',
      'manyByStore',
      'severalNumbers',
      'massOfNumbers',
    ])
  })
  test('the latest of several changes counts, and one that never happened is far away', () => {
    const { values } = riskFactsOf(
      situation({
        recent: [
          ['simSwap', hours(900)],
          ['simSwap', hours(2)],
        ],
      }),
    )
    expect(values).toMatchObject({ hoursSinceSimSwap: 2, hoursSincePasswordReset: neverHours, changesTold: true })
  })
  test('its version names the packs it was put together from', () => {
    expect(shipped.version).toMatch(/^cn@\S+ cn-ctcc@\S+ cn-ctcc-14@\S+$/)
  })
})

describe('rules written by somebody else', () => {
  const rule = (changes: object) => ({
    id: 'own',
    when: 'premium',
    measure: { kind: 'refusal' },
    reason: { zh: '理由', en: 'reason' },
    assumed: true,
    ...changes,
  })
  test.each([
    ['an unknown name', { when: 'colour == 3' }, 'Unknown variable: colour'],
    ['a figure instead of a yes or no', { when: 'hour + 1' }, 'not a yes or no'],
    ['a text where a figure belongs', { when: 'hour == "night"' }, 'no such overload'],
    ['a count that is a fact', { counts: [{ name: 'hour', of: 'clerk', hours: 1 }] }, 'has the name of a fact'],
    ['half a condition', { when: 'premium &&' }, 'rule own'],
  ])('%s is refused when read', (_name, changes, sentence) => {
    const parsed = riskRulesSchema.safeParse([rule(changes)])
    expect(parsed.success).toBe(false)
    expect(JSON.stringify(parsed.error?.issues)).toContain(sentence)
  })
  test('a condition that divides by zero counts as met', () => {
    const rules = riskRulesSchema.parse([rule({ when: '100 / agreements > 3' })])
    expect(assessRisk({ ...shipped, rules }, riskFactsOf(situation())).strictest).toBe('refusal')
  })
})

const measure: fc.Arbitrary<RiskMeasure> = fc.oneof(
  fc.constantFrom(...approvalSubjects).map((subject) => ({ kind: 'secondPerson' as const, subject })),
  fc.integer({ min: 1, max: 720 }).map((count) => ({ kind: 'coolingOff' as const, hours: count })),
  fc.constant({ kind: 'refusal' as const }),
)
const anyRule: fc.Arbitrary<RiskRule> = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  when: fc.constantFrom(
    'premium',
    'refundFen > 100',
    'hour < 7',
    'asker == "agent"',
    'waivedFen > 0 || faceByEye',
    'true',
  ),
  measure,
  reason: fc.constant({ zh: '理由', en: 'reason' }),
  assumed: fc.boolean(),
})
const anyFacts: fc.Arbitrary<RiskFacts> = fc
  .record({
    premium: fc.boolean(),
    faceByEye: fc.boolean(),
    refundFen: fc.nat(200),
    waivedFen: fc.nat(2),
    hour: fc.nat(23),
  })
  .map((values) => ({ values: { ...riskFactsOf(situation()).values, ...values }, counts: [] }))
const order = ['none', 'secondPerson', 'coolingOff', 'refusal']
const policyOf = (rules: RiskRule[]): RiskPolicy => ({ ...shipped, rules })

describe('together', () => {
  test('the strictest of all rules that are met wins', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 8 }), anyFacts, (rules, facts) => {
        const whole = assessRisk(policyOf(rules), facts)
        const alone = rules.map((one) => assessRisk(policyOf([one]), facts))
        const rank = Math.max(0, ...alone.map(({ strictest }) => order.indexOf(strictest)))
        expect(order.indexOf(whole.strictest)).toBe(rank)
        expect(whole.coolingOffHours).toBe(Math.max(0, ...alone.map((one) => one.coolingOffHours)))
        expect(new Set(whole.subjects)).toEqual(new Set(alone.flatMap((one) => one.subjects)))
      }),
      { numRuns: 300, seed: 20261121 },
    )
  })
  test('a further rule never makes anything easier, and the order of rules does not matter', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 8 }), anyRule, anyFacts, (rules, further, facts) => {
        const before = assessRisk(policyOf(rules), facts)
        const after = assessRisk(policyOf([...rules, further]), facts)
        expect(order.indexOf(after.strictest)).toBeGreaterThanOrEqual(order.indexOf(before.strictest))
        expect(after.coolingOffHours).toBeGreaterThanOrEqual(before.coolingOffHours)
        for (const subject of before.subjects) expect(after.subjects).toContain(subject)
        if (before.refused) expect(after.refused).toBeDefined()
        const turned = assessRisk(policyOf([further, ...rules.toReversed()]), facts)
        expect([turned.strictest, turned.coolingOffHours, turned.subjects]).toEqual([
          after.strictest,
          after.coolingOffHours,
          after.subjects,
        ])
      }),
      { numRuns: 300, seed: 20261122 },
    )
  })
})
