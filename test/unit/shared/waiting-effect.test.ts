import { describe, expect, test } from 'vitest'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { minimumSpend, packsWith, quoteBy, rule, term, waitingBy } from '../../support/rule-shapes.ts'

const words = { zh: '甲', en: 'A' }
const monthly = minimumSpend({ monthlyGuaranteeFen: 5900 })
const perMonth = rule({ expression: 'monthlyGuaranteeFen * remainingMonths' })

describe('what waiting brings', () => {
  test('a price per month falls on the first of each month, until it costs nothing', () => {
    expect(waitingBy(packsWith([perMonth]), monthly)).toEqual({
      changes: [
        { on: '2026-12-01', inDays: 10, amountFen: 5900 * 11, held: false },
        { on: '2027-01-01', inDays: 41, amountFen: 5900 * 10, held: false },
        { on: '2027-02-01', inDays: 72, amountFen: 5900 * 9, held: false },
      ],
      free: { on: '2027-11-01', inDays: 345 },
    })
  })
  test('in 37 days this costs nothing', () => {
    const ends = minimumSpend(
      {},
      { agreementPeriod: { startDate: '2025-01-01' as ShanghaiDate, endDate: '2026-12-27' as ShanghaiDate } },
    )
    expect(waitingBy(packsWith([rule({ expression: '20000' })]), ends)).toEqual({
      changes: [{ on: '2026-12-28', inDays: 37, amountFen: 0, held: false }],
      free: { on: '2026-12-28', inDays: 37 },
    })
  })
  test('the next tier is found', () => {
    const by = 'elapsedMonths'
    const rows = [{ below: 14, expression: '5000' }, { below: 18, expression: '2000' }, { expression: '0' }]
    const one = rule({ steps: [{ name: 'p', label: words, unit: 'fen', tiers: { by, rows } }] })
    expect(waitingBy(packsWith([one]), monthly)).toEqual({
      changes: [
        { on: '2027-02-01', inDays: 72, amountFen: 2000, held: false },
        { on: '2027-06-01', inDays: 192, amountFen: 0, held: false },
      ],
      free: { on: '2027-06-01', inDays: 192 },
    })
  })
  test('a rule by days is followed from day to day', () => {
    const waiting = waitingBy(packsWith([rule({ expression: '10 * remainingDays' })]), monthly)
    expect(waiting!.changes.map(({ on }) => on)).toEqual(['2026-11-22', '2026-11-23', '2026-11-24'])
    expect(waiting!.free).toEqual({ on: '2027-12-01', inDays: 375 })
  })
  test('a price that rises is told as it is', () => {
    const waiting = waitingBy(packsWith([rule({ grows: true, expression: '500 * elapsedMonths' })]), monthly)
    expect(waiting!.changes.map(({ amountFen }) => amountFen)).toEqual([6000, 6500, 7000])
    expect(waiting!.free!.on).toBe('2027-12-01')
  })
  test('rules that begin later count from their day on', () => {
    const packs = [
      ...packsWith([perMonth]),
      ...packsWith([rule({ expression: '100' })], [], { version: '2027-01', validFrom: '2027-01-15' }).slice(-1),
    ]
    expect(waitingBy(packs, monthly)!.changes).toEqual([
      { on: '2026-12-01', inDays: 10, amountFen: 5900 * 11, held: false },
      { on: '2027-01-01', inDays: 41, amountFen: 5900 * 10, held: false },
      { on: '2027-01-15', inDays: 55, amountFen: 100, held: false },
    ])
  })
  test('where nothing is charged there is nothing to wait for', () => {
    expect(waitingBy(packsWith([rule({ expression: '0' })]), monthly)).toBeUndefined()
    expect(waitingBy(packsWith([perMonth]), monthly, '2027-12-01' as ShanghaiDate)).toBeUndefined()
    expect(waitingBy(packsWith([rule({ expression: '1 / 0' })]), monthly)).toBeUndefined()
  })
  test('an agreement to the year 2099 is searched to its end', () => {
    const long = minimumSpend(
      { monthlyGuaranteeFen: 5900 },
      { agreementPeriod: { startDate: '2020-01-01' as ShanghaiDate, endDate: '2099-12-31' as ShanghaiDate } },
    )
    expect(waitingBy(packsWith([perMonth]), long)!.free!.on).toBe('2099-12-01')
  })
})

describe('a hard block', () => {
  const credit = [term('remainingGiftFen'), term('giftPerMonthFen')]
  const usedUp = (changes: object = {}) =>
    rule({
      expression: '0',
      hold: {
        while: 'remainingGiftFen > 0',
        liftedInMonths: 'ceiling(remainingGiftFen, giftPerMonthFen)',
        reason: words,
        ...changes,
      },
    })
  const agreement = minimumSpend({ remainingGiftFen: 2500, giftPerMonthFen: 1000 })
  test('until gifted credit is used up, with the day', () => {
    const packs = packsWith([usedUp()], credit)
    const quote = quoteBy(packs, agreement)
    expect(quote.ok && quote.value.hold).toEqual({ ruleId: 'shape', reason: words, until: '2027-02-01' })
    expect(waitingBy(packs, agreement)).toEqual({
      changes: [{ on: '2027-02-01', inDays: 72, amountFen: 0, held: false }],
      free: { on: '2027-02-01', inDays: 72 },
    })
  })
  test('is no block once the credit is gone', () => {
    const quote = quoteBy(packsWith([usedUp()], credit), minimumSpend({ remainingGiftFen: 0, giftPerMonthFen: 1000 }))
    expect(quote.ok && quote.value.hold).toBe(undefined)
  })
  test('in days, and never beyond the end of the agreement', () => {
    const until = (liftedInDays: string) => {
      const quote = quoteBy(packsWith([usedUp({ liftedInMonths: undefined, liftedInDays })], credit), agreement)
      return quote.ok && quote.value.hold?.until
    }
    expect(until('5')).toBe('2026-11-26')
    expect(until('4000')).toBe('2027-12-01')
    // A span that cannot be computed is no day to tell: the coming days are tried, and the agreement's end is what remains.
    expect(until('1 / (giftPerMonthFen - 1000)')).toBe('2027-12-01')
  })
  test('by the calendar alone: the first day on which the condition no longer holds', () => {
    const packs = packsWith([rule({ expression: '3000', hold: { while: 'elapsedMonths < 15', reason: words } })])
    const quote = quoteBy(packs, monthly)
    expect(quote.ok && quote.value.hold?.until).toBe('2027-03-01')
    expect(waitingBy(packs, monthly)).toEqual({
      changes: [
        { on: '2027-03-01', inDays: 100, amountFen: 3000, held: false },
        { on: '2027-12-01', inDays: 375, amountFen: 0, held: false },
      ],
      free: { on: '2027-12-01', inDays: 375 },
    })
  })
  test('prices are not told for days on which nothing can be ended', () => {
    const packs = packsWith([
      rule({
        expression: 'monthlyGuaranteeFen * remainingMonths',
        hold: { while: 'elapsedMonths < 15', reason: words },
      }),
    ])
    expect(waitingBy(packs, monthly)!.changes.map(({ on, amountFen, held }) => [on, amountFen, held])).toEqual([
      ['2027-03-01', 5900 * 8, false],
      ['2027-04-01', 5900 * 7, false],
      ['2027-05-01', 5900 * 6, false],
    ])
  })
  test('of several the longest counts, and an ended agreement holds nobody', () => {
    const packs = packsWith([
      rule({ hold: { while: 'elapsedMonths < 15', reason: words } }),
      rule({ id: 'longer', hold: { while: 'elapsedMonths < 18', reason: words } }),
    ])
    const quote = quoteBy(packs, monthly)
    expect(quote.ok && quote.value.hold).toMatchObject({ ruleId: 'longer', until: '2027-06-01' })
    const ended = quoteBy(packs, monthly, '2027-12-01' as ShanghaiDate)
    expect(ended.ok && ended.value.hold).toBe(undefined)
  })
})
