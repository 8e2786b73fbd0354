import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Blocker } from '../../../src/shared/domain/blocker.ts'
import { blockerCatalogue } from '../../../src/shared/domain/blocker-catalogue.ts'
import { totalCost } from '../../../src/shared/domain/blocker-cost.ts'
import { explainAlone, explainFindings, type FindingScene } from '../../../src/shared/domain/blocker-findings.ts'
import { blockerOfFailure } from '../../../src/shared/domain/blocker-of-failure.ts'
import {
  type BlockerRule,
  blockerPolicyOn,
  blockerRuleSchema,
  blockerRules,
  blockerSectionSchema,
  mergeBlockerSections,
} from '../../../src/shared/domain/blocker-policy.ts'
import { instant, type ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import { type CaseTask, checkTaskRecord, type TaskRecord } from '../../../src/shared/domain/task.ts'

const on = '2026-11-21' as ShanghaiDate
const account: FindingScene['account'] = {
  agreements: [
    {
      id: 'A1',
      agreementType: 'DEVICE_LEASE',
      name: '设备租用',
      agreementPeriod: { startDate: '2026-01-01' as ShanghaiDate, endDate: '2027-12-31' as ShanghaiDate },
      terms: { devicePriceFen: 10000 },
      devices: [
        { id: 'GM-1', name: '光猫' },
        { id: 'STB-2', name: '机顶盒' },
      ],
    },
  ],
  bundleMembers: [
    { msisdn: '13903510002', relation: 'secondaryCard' },
    { msisdn: '13903510003', relation: 'secondaryCard' },
  ],
}

function explain(blockers: Blocker[], changes: Partial<FindingScene> = {}) {
  return explainFindings({ blockers, account, acknowledgements: [], tasks: [], on, ...changes })
}
const one = (code: string, params: Blocker['params'] = {}) => ({ code, params })
const rule = (code: string, changes: Partial<BlockerRule> = {}): BlockerRule =>
  blockerRuleSchema.parse({ code, source: { zh: '测试', en: 'test' }, assumed: true, ...changes })
const policy = (...rules: BlockerRule[]) => blockerPolicyOn({ rules }, on)

const anyBlocker: fc.Arbitrary<Blocker> = fc.record({
  code: fc.oneof(fc.constantFrom(...blockerCatalogue.map(({ code }) => code)), fc.constantFrom('X_OWN_1', 'X_OWN_2')),
  params: fc.dictionary(fc.constantFrom('msisdn', 'cause', 'until', 'agreementId'), fc.constantFrom('a', 'b', 'A1')),
})

describe('the list of findings', () => {
  test('does not depend on the order in which they were found, nor on the order of their parameters', () => {
    fc.assert(
      fc.property(
        fc.array(anyBlocker, { maxLength: 12 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1 })),
        (found, chance) => {
          const shuffled = found
            .map((blocker) => ({ ...blocker, params: Object.fromEntries(Object.entries(blocker.params).reverse()) }))
            .map((blocker) => [chance.next().value as number, blocker] as const)
            .sort(([a], [b]) => a - b)
            .map(([, blocker]) => blocker)
          const keys = (blockers: Blocker[]) =>
            explain(blockers).map(({ key, effect, cleared }) => [key, effect, cleared])
          expect(keys(shuffled)).toEqual(keys(found))
        },
      ),
    )
  })

  test('loses none when another is added', () => {
    fc.assert(
      fc.property(fc.array(anyBlocker, { maxLength: 10 }), anyBlocker, (found, more) => {
        const before = explain(found).map(({ key }) => key)
        const after = explain([...found, more]).map(({ key }) => key)
        expect(after).toEqual(expect.arrayContaining(before))
        expect(after.length).toBeLessThanOrEqual(before.length + 1)
      }),
    )
  })

  test('says of each of the 75 who removes it, where, and at what price', () => {
    for (const { code } of blockerCatalogue) {
      const finding = explainAlone(one(code), on)
      expect(finding.places.length).toBeGreaterThan(0)
      expect(finding.owner).toBeTruthy()
      expect(['known', 'none', 'unknown']).toContain(finding.cost.kind)
    }
  })

  test('shows a code nobody knows as hard, and nobody may ask it away', () => {
    const asked = explain([one('X_OWN_1', { treatment: 'ask' })], {
      policy: policy(rule('X_OWN_1', { treatment: 'ignore' })),
    })
    expect(asked).toMatchObject([{ code: 'X_OWN_1', known: false, severity: 'hard', effect: 'stops', cleared: false }])
  })
})

describe('block, ask or ignore', () => {
  test('a policy makes a finding stop, ask, or vanish', () => {
    const found = [one('DISCOUNT_LOCKED')]
    expect(explain(found)[0]).toMatchObject({ effect: 'stops' })
    expect(explain(found, { policy: policy(rule('DISCOUNT_LOCKED', { treatment: 'ask' })) })[0]).toMatchObject({
      severity: 'soft',
      effect: 'decide',
      overrideBy: 'supervisor',
    })
    expect(explain(found, { policy: policy(rule('DISCOUNT_LOCKED', { treatment: 'ignore' })) })).toEqual([])
    expect(
      explain([one('FAMILY_NET_MEMBER')], { policy: policy(rule('FAMILY_NET_MEMBER', { treatment: 'block' })) })[0],
    ).toMatchObject({
      severity: 'hard',
      effect: 'stops',
    })
  })

  test('a soft finding nobody may override stops', () => {
    const strict = policy(rule('DISPUTE_OPEN', { overrideBy: 'nobody' }))
    const said = [{ code: 'DISPUTE_OPEN', reason: 'x', level: 'supervisor' as const }]
    expect(explain([one('DISPUTE_OPEN')], { policy: strict, acknowledgements: said })[0]).toMatchObject({
      effect: 'stops',
      cleared: false,
    })
  })

  test('what an authority ordered can be neither asked nor ignored, whatever a pack or the home system says', () => {
    for (const code of ['FRAUD_STOP', 'JUDICIAL_FREEZE'])
      for (const treatment of ['ask', 'ignore'] as const) {
        expect(
          blockerRuleSchema.safeParse({ code, treatment, source: { zh: '一', en: 'a' }, assumed: true }).success,
        ).toBe(false)
        const forged = { handOverDays: 7, rules: new Map([[code, { ...rule('DISCOUNT_LOCKED'), code, treatment }]]) }
        expect(explain([one(code, { treatment: 'ask' })], { policy: forged })[0]).toMatchObject({ effect: 'stops' })
      }
  })

  test('hard is never overridden by what anybody said', () => {
    fc.assert(
      fc.property(anyBlocker, fc.constantFrom('clerk', 'supervisor', undefined), (blocker, level) => {
        const acknowledgements = [{ code: blocker.code, reason: 'x', level }]
        const [finding] = explain([blocker], { acknowledgements })
        if (finding?.effect === 'stops') expect(finding.cleared).toBe(false)
        if (finding?.overrideBy === 'supervisor' && level !== 'supervisor') expect(finding.cleared).toBe(false)
      }),
    )
  })

  test('a rule holds on its days only, and the later one wins part by part', () => {
    const section = {
      rules: [
        rule('MONTH_END_WINDOW', { treatment: 'block', deadlineDays: 2 }),
        rule('MONTH_END_WINDOW', {
          treatment: 'ask',
          validFrom: '2026-12-01' as ShanghaiDate,
          validTo: '2026-12-31' as ShanghaiDate,
        }),
      ],
    }
    const at = (day: string) => blockerPolicyOn(section, day as ShanghaiDate).rules.get('MONTH_END_WINDOW')
    expect(at('2026-11-30')).toMatchObject({ treatment: 'block', deadlineDays: 2 })
    expect(at('2026-12-15')).toMatchObject({ treatment: 'ask', deadlineDays: 2 })
    expect(at('2027-01-01')).toMatchObject({ treatment: 'block' })
  })
})

describe('inheritance', () => {
  const anyRule = fc
    .record({
      code: fc.constantFrom('DISPUTE_OPEN', 'PORT_IN_120', 'DISCOUNT_LOCKED'),
      treatment: fc.option(fc.constantFrom('block' as const, 'ask' as const, 'ignore' as const), { nil: undefined }),
      deadlineDays: fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }),
    })
    .map(({ code, ...parts }) =>
      rule(code, Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))),
    )
  const anySection = fc.uniqueArray(anyRule, { selector: ({ code }) => code }).map((rules) => ({ rules }))

  test('nation, carrier and province may be laid over one another in either grouping', () => {
    fc.assert(
      fc.property(anySection, anySection, anySection, (nation, carrier, province) => {
        const left = mergeBlockerSections(mergeBlockerSections(nation, carrier), province)
        const right = mergeBlockerSections(nation, mergeBlockerSections(carrier, province))
        const byCode = ({ rules }: typeof left) => new Map(rules.map((each) => [each.code, each]))
        expect(byCode(left)).toEqual(byCode(right))
      }),
    )
  })

  test('a province changes what it names and keeps the rest; what it drops is the catalogue again', () => {
    const nation = blockerSectionSchema.parse({
      handOverDays: 7,
      rules: [rule('DISPUTE_OPEN', { treatment: 'ask', deadlineDays: 30 })],
    })
    const province = { rules: [{ ...rule('DISPUTE_OPEN', { overrideBy: 'clerk' }) }] }
    const whole = blockerSectionSchema.parse(blockerRules.merge(nation, province))
    expect(whole).toMatchObject({
      handOverDays: 7,
      rules: [{ treatment: 'ask', deadlineDays: 30, overrideBy: 'clerk' }],
    })
    expect(blockerRules.drop(whole, ['DISPUTE_OPEN'])).toMatchObject({ rules: [] })
  })
})

describe('tasks', () => {
  const bundle = [one('MAIN_CARD_HAS_SUB'), one('DEVICE_NOT_RETURNED', { agreementId: 'A1' })]
  const tasks = (): CaseTask[] => explain(bundle).flatMap((finding) => finding.tasks)

  test('there is one for every card and device', () => {
    expect(
      tasks()
        .map(({ action, subject, required }) => [action, subject, required])
        .sort(),
    ).toEqual([
      ['releaseSecondaryCard', '13903510002', true],
      ['releaseSecondaryCard', '13903510003', true],
      ['returnDevice', 'GM-1', false],
      ['returnDevice', 'STB-2', false],
    ])
  })

  test('a finding is cleared when all its required tasks are', () => {
    const record = (subject: string): TaskRecord => ({
      action: 'releaseSecondaryCard',
      subject,
      way: 'withOrder',
      staffId: '1',
      at: instant(0),
    })
    const cleared = (...records: TaskRecord[]) => explain([one('MAIN_CARD_HAS_SUB')], { tasks: records })[0]!.cleared
    expect([cleared(), cleared(record('13903510002')), cleared(record('13903510002'), record('13903510003'))]).toEqual([
      false,
      false,
      true,
    ])
  })

  test('a province may allow a task only elsewhere: then the finding stops', () => {
    const elsewhere = policy(rule('MAIN_CARD_HAS_SUB', { taskWays: ['elsewhere'] }))
    expect(explain([one('MAIN_CARD_HAS_SUB')], { policy: elsewhere })[0]).toMatchObject({ effect: 'stops' })
  })

  test('a device is proved by its serial number, whatever a scanner makes of blanks and case', () => {
    const check = (serial?: string) =>
      checkTaskRecord(tasks(), { action: 'returnDevice', subject: 'GM-1', way: 'here', serial })
    expect(check('gm 1').ok).toBe(true)
    expect(check()).toMatchObject({ error: { code: 'task.serialMissing' } })
    expect(check('GM-2')).toMatchObject({ error: { code: 'task.serialDiffers' } })
    expect(
      checkTaskRecord(tasks(), { action: 'returnDevice', subject: 'GM-9', way: 'here', serial: 'GM-9' }),
    ).toMatchObject({
      error: { code: 'task.unknown' },
    })
    expect(
      checkTaskRecord(tasks(), { action: 'releaseSecondaryCard', subject: '13903510002', way: 'here' }),
    ).toMatchObject({ error: { code: 'task.wayNotAllowed' } })
  })
})

describe('costs', () => {
  test('come from the bill, the quotes or the home province, and are never guessed', () => {
    const figures = {
      lines: [
        { kind: 'bill' as const, amountFen: fen(5900) },
        { kind: 'lateFee' as const, amountFen: fen(41) },
      ],
      quotes: [{ agreementId: 'A1', amountFen: fen(20000) }],
    }
    const found = explain(
      [one('ARREARS', { unpaidFen: 1 }), one('DEVICE_NOT_RETURNED', { agreementId: 'A1' }), one('BANK_COLLECTION')],
      { figures },
    )
    expect(found.map(({ code, cost }) => [code, cost])).toEqual([
      ['BANK_COLLECTION', { kind: 'unknown' }],
      ['ARREARS', { kind: 'known', fen: 5941, from: 'bill' }],
      ['DEVICE_NOT_RETURNED', { kind: 'known', fen: 20000, from: 'quote' }],
    ])
    expect(totalCost(found)).toEqual({ knownFen: 25941, unknown: 1 })
  })

  test('arrears and the stop they caused are one debt', () => {
    const figures = { lines: [{ kind: 'bill' as const, amountFen: fen(5900) }], quotes: [] }
    const found = explain([one('ARREARS'), one('STATE_STOP', { cause: 'arrears' })], { figures })
    expect(totalCost(found)).toEqual({ knownFen: 5900, unknown: 0 })
  })
})

test('failures of other stages are the findings of the catalogue', () => {
  expect(blockerOfFailure({ code: 'proof.locked' })?.code).toBe('AUTH_LOCKED')
  expect(blockerOfFailure({ code: 'proof.refused', params: { blocker: 'OWNER_DECEASED' } })?.code).toBe(
    'OWNER_DECEASED',
  )
  expect(blockerOfFailure({ code: 'connection.offline' })).toBeUndefined()
})
