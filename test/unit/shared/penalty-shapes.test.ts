import { describe, expect, test } from 'vitest'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { mergeChain } from '../../../src/shared/domain/rules/resolve-rules.ts'
import { compileExpression } from '../../../src/shared/domain/rules/rule-language.ts'
import { minimumSpend, packsWith, priceBy, quoteBy, rule, somewhere, step, term } from '../../support/rule-shapes.ts'

const day = (text: string) => text as ShanghaiDate
const monthly = { monthlyGuaranteeFen: 5900 }

describe('shapes of penalty', () => {
  const words = { zh: '甲', en: 'A' }
  const tiers = (by: string, rows: object[]) => [{ name: 'penalty', label: words, unit: 'fen', tiers: { by, rows } }]
  const tiered = rule({
    steps: tiers('elapsedMonths', [
      { below: 6, expression: 'monthlyGuaranteeFen * 6' },
      { below: 12, expression: 'monthlyGuaranteeFen * 3' },
      { expression: '0' },
    ]),
  })
  test.each([
    ['fixed', rule({ expression: '20000' }), 20000],
    ['a percentage, half a fen up', rule({ expression: "percent(monthlyGuaranteeFen, '0.5')" }), 30],
    ['per month', rule({ expression: 'monthlyGuaranteeFen * remainingMonths' }), 5900 * 12],
    ['a share of the whole', rule({ expression: 'share(monthlyGuaranteeFen, remainingMonths, totalMonths)' }), 3078],
    ['at least', rule({ expression: 'max(monthlyGuaranteeFen, 10000)' }), 10000],
    ['at most', rule({ expression: 'min(monthlyGuaranteeFen * 12, 30000)' }), 30000],
    ['growing with the months used', rule({ grows: true, expression: '500 * elapsedMonths' }), 5500],
    ['nothing after eleven months', rule({ expression: 'elapsedMonths >= 11 ? 0 : 5900' }), 0],
    ['per day', rule({ expression: '10 * remainingDays' }), 3740],
    ['never below zero', rule({ expression: '100 - monthlyGuaranteeFen' }), 0],
    ['tiers by elapsed months', tiered, 5900 * 3],
  ])('%s', (_shape, one, fen) => expect(priceBy(packsWith([one]), minimumSpend(monthly))).toBe(fen))

  test('a tier table tells what was measured and which row counted', () => {
    const at = (on: string) => {
      const quote = quoteBy(packsWith([tiered]), minimumSpend(monthly), day(on))
      return quote.ok ? [quote.value.steps[0]!.tier, quote.value.amountFen] : quote
    }
    expect(at('2026-11-21')).toEqual([{ by: 'elapsedMonths', value: 11, from: 6, below: 12 }, 17700])
    expect(at('2026-12-01')).toEqual([{ by: 'elapsedMonths', value: 12, from: 12 }, 0])
  })
  test('a step that was rounded says so, one that came out even does not', () => {
    const quote = quoteBy(
      packsWith([
        rule({
          steps: [step('a', "percent(monthlyGuaranteeFen, '33')"), step('b', "percent(monthlyGuaranteeFen, '50')")],
        }),
      ]),
      minimumSpend({ monthlyGuaranteeFen: 5 * 10 }),
    )
    expect(quote.ok && quote.value.steps.map(({ value, rounded }) => [value, rounded])).toEqual([
      [17, true],
      [25, undefined],
    ])
  })
  test('a term an agreement lacks is refused, unless the rule says what counts then', () => {
    const lacks = (changes: object) =>
      priceBy(packsWith([rule({ expression: 'giftFen' })], [term('giftFen', changes)]), minimumSpend({}))
    expect(lacks({})).toBe('quote.termMissing')
    expect(lacks({ ifAbsent: 700 })).toBe(700)
  })
  test('a negative last step is shown as it came out, with the floor under it', () => {
    const quote = quoteBy(packsWith([rule({ expression: '-500' })]), minimumSpend({}))
    expect(quote.ok && quote.value.steps.map(({ value }) => value)).toEqual([-500, 0])
  })
})

describe('a rule that cannot be computed is refused as a value', () => {
  test.each([
    ['division by zero', 'monthlyGuaranteeFen / (remainingMonths - 12)', 'division'],
    ['a remainder by zero', 'monthlyGuaranteeFen % (remainingMonths - 12)', 'division'],
    ['a share of nothing', 'share(monthlyGuaranteeFen, 1, remainingMonths - 12)', 'division'],
    ['more than 64 bits', 'monthlyGuaranteeFen * 9223372036854775807', 'overflow'],
    ['more than 64 bits in a share', "times(monthlyGuaranteeFen, '999999999999999')", 'overflow'],
    ['more than a fen can be', 'monthlyGuaranteeFen * 9007199254740991', 'overflow'],
    ['the smallest number turned round', '-(-9223372036854775807 - 1 + 0 * monthlyGuaranteeFen)', 'overflow'],
    ['an unknown name', 'monthlyFeeFen', 'unknownName'],
    ['an unknown function', 'sqrt(monthlyGuaranteeFen)', 'unknownName'],
    ['a fraction', 'int(1.5 * 2.0)', 'unknownName'],
    ['a floating-point number', 'monthlyGuaranteeFen > 0 ? 1 : int(2.0)', 'unknownName'],
    ['a text', "'5'", 'notAllowed'],
    ['a condition in place of a number', 'monthlyGuaranteeFen > 5', 'wrongType'],
    ['a rate that is none', "percent(monthlyGuaranteeFen, 'thirty')", 'rate'],
    ['a list', '[1, 2].map(x, x)[0]', 'notAllowed'],
    ['nonsense', '5 +', 'syntax'],
  ])('%s', (_what, expression, problem) => {
    const quote = quoteBy(packsWith([rule({ expression })]), minimumSpend(monthly))
    expect(quote).toMatchObject({ ok: false, error: { code: 'quote.ruleBroken', params: { rule: 'shape', problem } } })
  })
  test('the opposite of the smallest number is beyond 64 bits even where the expression itself does not notice', () => {
    const compiled = compileExpression('-a', ['a'], 'int')
    expect(compiled.ok && compiled.value.run({ a: -(2n ** 63n) })).toEqual({ ok: false, problem: 'overflow' })
    expect(compiled.ok && compiled.value.run({ a: 2n ** 63n - 1n })).toMatchObject({ value: -(2n ** 63n) + 1n })
  })
  test('and so is one that would have been charged only as an alternative', () =>
    expect(priceBy(packsWith([rule({}), rule({ id: 'second', expression: '1 / 0' })]), minimumSpend({}))).toBe(
      'quote.ruleBroken',
    ))
})

describe('a rule that is not whole is refused when the packs are laid over one another', () => {
  const words = { zh: '甲', en: 'A' }
  const tiers = (rows: object[]) =>
    rule({ steps: [{ name: 'p', label: words, unit: 'fen', tiers: { by: '1', rows } }] })
  test.each([
    ['two steps of one name', rule({ steps: [step('a', '1'), step('a', '2')] })],
    ['a last step that is no money', rule({ steps: [step('a', '1', 'months')] })],
    ['a step without anything', rule({ steps: [{ name: 'a', label: words, unit: 'fen' }] })],
    ['tiers without an open end', tiers([{ below: 3, expression: '1' }])],
    ['tiers out of order', tiers([{ below: 3, expression: '1' }, { below: 2, expression: '1' }, { expression: '0' }])],
    ['tiers open in the middle', tiers([{ expression: '1' }, { expression: '0' }])],
  ])('%s', (_what, one) => {
    const packs = packsWith([one])
    const chain = ['cn', 'cn-cbn'].map((id) => packs.find((pack) => pack.id === id)!).concat(packs.at(-1)!)
    expect(mergeChain(chain, somewhere)).toMatchObject({ error: { code: 'rules.broken' } })
  })
})

describe('several rules side by side', () => {
  const dear = rule({ id: 'dear', basis: 'contract', expression: '9000' })
  const cheap = rule({ id: 'cheap', basis: 'statute', expression: '4000' })
  const chosen = (...rules: object[]) => {
    const quote = quoteBy(packsWith(rules), minimumSpend(monthly))
    if (!quote.ok) return quote.error.code
    const { ruleId, amountFen, chosenBy, alternatives } = quote.value
    return [ruleId, amountFen, chosenBy, ...alternatives.map((other) => `${other.ruleId} ${other.amountFen}`)]
  }
  test('the lowest for the customer is charged, the other stands beside it', () => {
    expect(chosen(dear, cheap)).toEqual(['cheap', 4000, 'lowest', 'dear 9000'])
    expect(chosen(cheap, dear)).toEqual(chosen(dear, cheap))
  })
  test('unless the rules prescribe an order', () => {
    expect(chosen({ ...dear, rank: 1 }, cheap)).toEqual(['dear', 9000, 'order', 'cheap 4000'])
    expect(chosen({ ...dear, rank: 2 }, { ...cheap, rank: 3 })).toEqual(['dear', 9000, 'order', 'cheap 4000'])
    expect(chosen({ ...dear, rank: 2 }, { ...cheap, rank: 2 })).toEqual(['cheap', 4000, 'lowest', 'dear 9000'])
  })
  test('a rule that does not apply is not shown', () => {
    expect(chosen(dear, { ...cheap, when: 'remainingMonths > 12' })).toEqual(['dear', 9000, 'only'])
    expect(chosen(dear, { ...cheap, when: 'remainingMonths > 11' })).toEqual(['cheap', 4000, 'lowest', 'dear 9000'])
    expect(chosen({ ...dear, when: 'false' })).toBe('quote.noRule')
  })
})
