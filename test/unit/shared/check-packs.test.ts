import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { provinces } from '../../../src/shared/domain/geography.ts'
import { checkPacks } from '../../../src/shared/domain/rules/check/check-packs.ts'
import { type FindingCode, findingText } from '../../../src/shared/domain/rules/check/finding.ts'
import { readJson } from '../../../src/shared/domain/rules/check/json-positions.ts'
import type { PackText } from '../../../src/shared/domain/rules/check/read-packs.ts'
import { rule, step, term } from '../../support/rule-shapes.ts'

const folder = new URL('../../../resources/rule-packs/', import.meta.url)
const shipped: PackText[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))
/** Fewer places make the same findings sooner. */
const few = shipped.filter(({ name }) => /^cn(\.|-cbn\.|-cbn-54\.|-cbn-11\.)/.test(name))

const cases = [{ name: 'a', on: '2026-11-21', startDate: '2025-12-01', endDate: '2027-11-30', fen: 0 }]
const pack = (rules: object[], changes: object = {}) => ({
  id: 'cn-cbn-54',
  extends: 'cn-cbn',
  version: '2026-11',
  validFrom: '2026-11-01',
  assumed: true,
  sections: { penaltyRules: rules, ...('terms' in changes ? { terms: changes.terms } : {}) },
  ...Object.fromEntries(Object.entries(changes).filter(([key]) => key !== 'terms')),
})
const lines = (value: unknown) => JSON.stringify(value, null, 1)

/** The findings of the shipped packs of one place with one more file, as code and line. */
function found(value: unknown, name = 'cn-cbn-54@2026-11.json'): string[] {
  const text = typeof value === 'string' ? value : lines(value)
  return checkPacks([...few, { name, text }]).findings.map((finding) => {
    const { code, file, line } = finding
    expect(findingText(finding, 'zh-CN')).not.toMatch(/\{\w+\}/)
    expect(findingText(finding, 'en')).not.toMatch(/\{\w+\}/)
    const shown = text.split('\n')[line - 1]?.trim() ?? ''
    return file === name ? `${code} ${shown}` : `${code} in ${file}`
  })
}

// Each looks at every place anew: a second on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

describe('checking rule packs', () => {
  test('the shipped packs are in order, with every test case inside', () => {
    const report = checkPacks(shipped)
    expect(report.findings).toEqual([])
    expect(report.packs).toBe(129)
    expect(report.cases).toBeGreaterThanOrEqual(30)
  })
  test('a good pack brings no finding', () => expect(found(pack([rule({ cases })]))).toEqual([]))

  test.each<[FindingCode, unknown, string]>([
    ['notJson', '{\n "id": "cn-cbn-54",\n "extends" "cn"\n}', '"extends" "cn"'],
    ['notAsRequired', pack([], { validFrom: 'soon' }), '"validFrom": "soon",'],
    ['notAsRequired', pack([rule({ cases, agreementTypes: 1 })]), '{'],
    ['languageMissing', pack([rule({ cases, clause: { zh: '有', en: ' ' } })]), '"en": " "'],
    ['languageMissing', pack([rule({ cases, clause: { zh: '有' } })]), '"clause": {'],
    ['versionTwice', pack([], { version: '2026-07', validFrom: '2027-01-01' }), '"version": "2026-07",'],
    ['datesOverlap', pack([], { validFrom: '2026-07-01' }), '"validFrom": "2026-07-01",'],
    ['idTwice', pack([rule({ cases }), rule({ cases })]), '{'],
    ['parentMissing', pack([], { extends: 'cn-cucc' }), '"extends": "cn-cucc",'],
    ['inheritanceCircle', pack([], { extends: 'cn-cbn-54' }), '"extends": "cn-cbn-54",'],
    ['withoutNothing', pack([], { without: { penaltyRules: ['premium', 'premum'] } }), '"premum"'],
    ['notWhole', pack([{ id: 'half', agreementType: 'MIN_SPEND' }]), '"sections": {'],
    ['expression', pack([rule({ cases, expression: 'monthlyFee * 2' })]), '"expression": "monthlyFee * 2"'],
    ['expression', pack([rule({ cases, expression: '5 +' })]), '"expression": "5 +"'],
    ['expression', pack([rule({ cases, when: 'elapsedMonths' })]), '"when": "elapsedMonths"'],
    ['expression', pack([rule({ cases, hold: { while: 'gone', reason: { zh: '甲', en: 'A' } } })]), '"while": "gone",'],
    ['caseMissing', pack([rule({})]), '{'],
    ['caseFails', pack([rule({ cases, expression: '1' })]), '{'],
    ['caseFails', pack([rule({ cases: [{ ...cases[0], freeInDays: 3 }], expression: '0' })]), '{'],
    [
      'neverUsed',
      pack([rule({ cases: [{ ...cases[0], fen: undefined, notApplicable: true }], when: 'false' })]),
      '"id": "shape",',
    ],
    ['neverCharged', pack([rule({ cases }), rule({ cases, id: 'first', rank: 1 })]), '"id": "shape",'],
    ['sameRank', pack([rule({ cases, rank: 1 }), rule({ cases, id: 'other', rank: 1 })]), '"rank": 1'],
    ['rises', pack([rule({ cases: [{ ...cases[0], fen: 1100 }], expression: '100 * elapsedMonths' })]), '"steps": ['],
    ['breaks', pack([rule({ cases, expression: '0 / (remainingMonths - 7)' })]), '"steps": ['],
    ['assumedContradiction', pack([rule({ cases, assumed: false })]), '"assumed": false,'],
    ['nothingKnown', pack([rule({ cases })], { assumed: false }), '"assumed": false,'],
    ['cutsOff', pack([rule({ cases, expression: '0 / 3' })]), '"expression": "0 / 3"'],
    ['kindUncovered', pack([], { without: { penaltyRules: ['minimum-spend'] } }), '"sections": {'],
  ])('%s', (code, value, line) => expect(found(value)).toContain(`${code} ${line}`))

  test('a version that no day sees', () => {
    const hidden = pack([], { version: '2026-06', validFrom: '2026-06-01', validTo: '2026-06-30' })
    const later = [
      ...few,
      { name: 'a.json', text: lines(hidden) },
      { name: 'b.json', text: lines({ ...hidden, version: '9' }) },
    ]
    expect(checkPacks(later).findings.map(({ code }) => code)).toContain('neverInForce')
  })
  test('an entry is never used once every more specific pack has replaced it as a whole', () => {
    const own = (id: string, parent: string, cost: number) =>
      lines({
        ...pack([rule({ cases: [{ ...cases[0], fen: cost }], expression: String(cost) })]),
        id,
        extends: parent,
        version: '2026-07',
        validFrom: '2026-07-01',
      })
    const nation = few.filter(({ name }) => name.startsWith('cn.'))
    const carrier = { name: 'cn-cbn.json', text: own('cn-cbn', 'cn', 0) }
    const province = (code: string) => ({ name: `cn-cbn-${code}.json`, text: own(`cn-cbn-${code}`, 'cn-cbn', 5) })
    const found = (codes: readonly string[]) =>
      checkPacks([...nation, carrier, ...codes.map(province)]).findings.map(({ code, file }) => `${code} ${file}`)
    expect(found(provinces)).toEqual(['neverUsed cn-cbn.json'])
    expect(found(provinces.slice(1))).toEqual([])
  })
  test('rules that rise only together', () => {
    const early = { cases: [{ ...cases[0], fen: undefined, notApplicable: true }], when: 'elapsedMonths < 6' }
    const two = pack(
      [
        rule({ cases: [{ ...cases[0], fen: 900 }], expression: '900' }),
        rule({ ...early, id: 'early', expression: '100' }),
      ],
      {
        without: { penaltyRules: ['minimum-spend'] },
      },
    )
    expect(found(two).map((each) => each.split(' ')[0])).toEqual(['risesTogether'])
  })
  test('a section in a file of its own is told with that file, one without a pack too', () => {
    const files = (text: string) => [
      ...few.filter(({ name }) => name !== 'cn.risk.json'),
      { name: 'cn.risk.json', text },
    ]
    expect(checkPacks(files('[')).findings.map(({ code, file }) => [code, file])).toContainEqual([
      'notJson',
      'cn.risk.json',
    ])
    const orphan = checkPacks([...few, { name: 'cn-cucc-11.risk.json', text: '{}' }])
    expect(orphan.findings.map(({ code, file }) => [code, file])).toEqual([['fileWithoutPack', 'cn-cucc-11.risk.json']])
    const twice = checkPacks([...few, { name: 'cn-cbn-11.penaltyRules.json', text: '[]' }])
    expect(twice.findings).toEqual([])
  })
  test('a term of another kind of agreement is unknown to the rule', () => {
    const one = rule({ cases, expression: 'giftFen' })
    expect(found(pack([one], { terms: [term('giftFen', { agreementTypes: ['ADD_ON_TERM'] })] }))).toContain(
      'expression "expression": "giftFen"',
    )
  })
  test('a step that takes the name of a term is refused', () => {
    expect(found(pack([rule({ cases, steps: [step('monthlyGuaranteeFen', '0')] })]))).toContain(
      'expression "name": "monthlyGuaranteeFen",',
    )
  })
})

describe('places in a JSON text', () => {
  test('values in objects, lists and texts with quotes', () => {
    const text = '{\n  "a": "x\\"{",\n  "b": [1,\n    { "c": -1.5e3 }]\n}'
    const json = readJson(text)
    if (!json.ok) throw new Error(json.message)
    expect(json.locate(['a'])).toEqual({ line: 2, column: 8 })
    expect(json.locate(['b', 1, 'c'])).toEqual({ line: 4, column: 12 })
    expect(json.locate(['b', 1, 'gone', 'deeper'])).toEqual({ line: 4, column: 5 })
    expect(json.locate([])).toEqual({ line: 1, column: 1 })
  })
  test('the place of what is no JSON', () => {
    expect(readJson('{\n "a": 1,\n}')).toMatchObject({ ok: false, position: { line: 3 } })
    expect(readJson('{ "a":')).toMatchObject({ ok: false })
  })
})
