import { describe, expect, test } from 'vitest'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { carriers, provinces } from '../../../src/shared/domain/geography.ts'
import { assemblePacks } from '../../../src/shared/domain/rules/assemble-packs.ts'
import { resolveNamedRules, resolveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import { type RulePack, rulePackSchema } from '../../../src/shared/domain/rules/rule-pack.ts'
import { rulesAt, shippedPacks } from '../../support/shipped-rules.ts'

const today = '2026-11-21' as ShanghaiDate
const harbin = { carrier: 'CMCC', province: '23' } as const
const beijing = { carrier: 'CMCC', province: '11' } as const
const taiyuan = { carrier: 'CTCC', province: '14' } as const

/** The shipped packs with one more, parsed as a file would be. */
const withPack = (pack: object): RulePack[] => [...shippedPacks, rulePackSchema.parse(pack)]
const later = (changes: object) => ({
  id: 'cn-cmcc-23',
  extends: 'cn-cmcc',
  version: '2026-11',
  validFrom: '2026-11-01',
  assumed: true,
  ...changes,
})

describe('rules of a place', () => {
  test('every carrier has a pack in every province, on top of the national one', () => {
    for (const carrier of carriers)
      for (const province of provinces)
        expect(rulesAt({ carrier, province }, today).packs.map(({ id }) => id)).toEqual([
          'cn',
          `cn-${carrier.toLowerCase()}`,
          `cn-${carrier.toLowerCase()}-${province}`,
        ])
  })
  test('a province replaces a national rule by its id and inherits what it does not name', () => {
    const premium = (rules: ReturnType<typeof rulesAt>) => rules.penaltyRules.find(({ id }) => id === 'premium')!
    expect(premium(rulesAt(harbin, today)).assumed).toBe(true)
    expect(premium(rulesAt(taiyuan, today)).assumed).toBe(false)
    expect(premium(rulesAt(taiyuan, today)).steps).toEqual(premium(rulesAt(harbin, today)).steps)
    expect(rulesAt(taiyuan, today).origins.penaltyRules.get('premium')).toEqual({
      id: 'cn-ctcc-14',
      version: '2026-07',
    })
    expect(rulesAt(beijing, today).origins.penaltyRules.get('premium')).toEqual({
      id: 'cn',
      version: shippedPacks.find(({ id }) => id === 'cn')!.version,
    })
  })
  test('a province may change one limit of the policy and keep the others', () => {
    const packs = withPack(later({ sections: { risk: { approvalMinutes: 5 } } }))
    expect(rulesAt(harbin, today, packs).risk).toEqual({ ...rulesAt(harbin, today).risk, approvalMinutes: 5 })
    expect(rulesAt(taiyuan, today, packs).risk).toEqual(rulesAt(taiyuan, today).risk)
  })
  test('a province may take an inherited rule away', () => {
    const packs = withPack(later({ without: { penaltyRules: ['premium'] } }))
    expect(rulesAt(harbin, today, packs).penaltyRules.some(({ id }) => id === 'premium')).toBe(false)
    expect(rulesAt(harbin, today, packs).origins.penaltyRules.has('premium')).toBe(false)
  })
  test('where a province has no pack on the day, its carrier speaks', () => {
    const packs = shippedPacks.filter(({ id }) => id !== 'cn-cmcc-23')
    expect(rulesAt(harbin, today, packs).packs.map(({ id }) => id)).toEqual(['cn', 'cn-cmcc'])
    const ended = packs.concat(rulePackSchema.parse(later({ validTo: '2026-11-20' })))
    expect(rulesAt(harbin, today, ended).packs).toHaveLength(2)
    expect(rulesAt(harbin, '2026-11-20' as ShanghaiDate, ended).packs).toHaveLength(3)
  })
  test('before the first pack there are no rules', () => {
    expect(resolveRules(shippedPacks, harbin, '2026-06-30' as ShanghaiDate)).toMatchObject({
      error: { code: 'quote.noPack' },
    })
  })
  test('a version of the past stays usable by its name', () => {
    const packs = withPack(later({ without: { penaltyRules: ['premium'] } }))
    const before = rulesAt(harbin, '2026-10-31' as ShanghaiDate, packs)
    expect(resolveNamedRules(packs, harbin, before.packs)).toEqual({ ok: true, value: before })
    expect(resolveNamedRules(packs, harbin, [{ id: 'cn', version: '1999' }])).toMatchObject({
      error: { code: 'quote.noPack' },
    })
  })
  test('names that are not one line of inheritance of the place are refused', () => {
    const { packs } = rulesAt(taiyuan, today)
    expect(resolveNamedRules(shippedPacks, harbin, packs)).toMatchObject({ error: { code: 'rules.broken' } })
    expect(resolveNamedRules(shippedPacks, taiyuan, packs.slice(1))).toMatchObject({ error: { code: 'rules.broken' } })
    expect(resolveNamedRules(shippedPacks, taiyuan, [])).toMatchObject({ error: { code: 'quote.noPack' } })
    expect(resolveNamedRules(shippedPacks, taiyuan, [packs[2]!, packs[0]!])).toMatchObject({ ok: false })
  })
})

describe('packs that cannot be used are told, not guessed', () => {
  const broken = (packs: RulePack[]) => resolveRules(packs, harbin, today)
  test('a circle of inheritance', () => {
    const packs = withPack(later({ extends: 'cn-cucc' })).concat(
      rulePackSchema.parse({ ...later({ extends: 'cn-cmcc-23' }), id: 'cn-cucc' }),
    )
    expect(broken(packs)).toMatchObject({ error: { code: 'rules.broken', params: { entry: 'extends cn-cmcc-23' } } })
  })
  test('a parent that is not there', () => {
    expect(broken(shippedPacks.filter(({ id }) => id !== 'cn-cmcc'))).toMatchObject({
      error: { code: 'rules.broken', params: { pack: 'cn-cmcc-23', entry: 'extends cn-cmcc' } },
    })
  })
  test('a rule that is not whole after merging', () => {
    const packs = withPack(later({ sections: { penaltyRules: [{ id: 'new', agreementType: 'MIN_SPEND' }] } }))
    expect(broken(packs)).toMatchObject({ error: { code: 'rules.broken', params: { pack: 'cn-cmcc-23' } } })
  })
  test.each([
    ['an unknown section', { sections: { penalties: [] } }],
    ['an unknown section taken away', { without: { penalties: ['x'] } }],
    ['a misspelt property', { sections: { risk: { refundsAboveFen: 1 } } }],
    ['a rule without an id', { sections: { penaltyRules: [{ assumed: true }] } }],
    ['a province that does not exist', { id: 'cn-cmcc-99' }],
    ['a pack without a parent', { extends: undefined }],
    ['an end before the beginning', { validTo: '2026-10-01' }],
  ])('%s', (_what, changes) => expect(rulePackSchema.safeParse(later(changes)).success).toBe(false))
})

describe('a folder of files', () => {
  const head = { id: 'cn', version: '1', validFrom: '2026-01-01', assumed: false }
  test('a section may stand in a file of its own', () => {
    const [pack] = assemblePacks([
      { name: 'cn.json', value: head },
      { name: 'cn.risk.json', value: { approvalMinutes: 5 } },
    ])
    expect(pack!.sections).toEqual({ risk: { approvalMinutes: 5 } })
  })
  test('a section given twice, without a pack, or wrong is told with its file', () => {
    const risk = { name: 'cn.risk.json', value: { approvalMinutes: 5 } }
    expect(() => assemblePacks([{ name: 'cn.json', value: { ...head, sections: { risk: {} } } }, risk])).toThrow(
      'cn.json: section "risk" also stands in cn.risk.json',
    )
    expect(() => assemblePacks([risk])).toThrow('cn.risk.json: there is no cn.json')
    expect(() => assemblePacks([{ name: 'cn.json', value: { ...head, validFrom: 'soon' } }])).toThrow(
      /^cn\.json: validFrom/,
    )
  })
})
