import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ErrorCode, errorCodes } from '../../../src/shared/contract/errors.ts'
import { blockerCatalogue, resolutionOf } from '../../../src/shared/domain/blocker-catalogue.ts'
import { parseMsisdn } from '../../../src/shared/domain/msisdn.ts'
import {
  beforePointOfNoReturn,
  isFinal,
  mayMove,
  type OrderStage,
  orderStages,
  stateOf,
} from '../../../src/shared/domain/order.ts'
import { lookUpSegment, parseProvinceTable, type SegmentTable } from '../../../src/shared/domain/segments.ts'
import { en } from '../../../src/shared/i18n/en/index.ts'
import { translate } from '../../../src/shared/i18n/translate.ts'
import { zhCN } from '../../../src/shared/i18n/zh-CN/index.ts'

const stage = fc.constantFrom<OrderStage>(...orderStages)

describe('the life of an order', () => {
  test('every walk ends, and nothing follows the end', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(20)), (choices) => {
        let current: OrderStage = 'accepted'
        let returns = 0
        for (let step = 0; step < 50; step++) {
          const next: OrderStage[] = orderStages.filter(
            (to) => mayMove(current, to) && !(to === 'returned' && returns > 5),
          )
          if (next.length === 0) break
          current = next[choices.next().value! % next.length]!
          if (current === 'returned') returns++
        }
        return isFinal(current)
      }),
    )
  })
  test('once agreements are being ended nobody can withdraw, refuse or let it lapse', () => {
    for (const from of ['agreementsTerminated', 'settled'] as const)
      for (const to of ['withdrawn', 'refused', 'expired', 'returned', 'homeReview'] as const)
        expect(mayMove(from, to)).toBe(false)
  })
  test('what may be withdrawn is exactly what stands before the point of no return', () => {
    fc.assert(fc.property(stage, (from) => beforePointOfNoReturn(from) === mayMove(from, 'withdrawn')))
  })
  test('no stage moves to itself, and only finished stages show a finished state', () => {
    fc.assert(fc.property(stage, (from) => !mayMove(from, from)))
    const finished = ['completed', 'rejected', 'cancelled', 'failed']
    fc.assert(fc.property(stage, (from) => isFinal(from) === finished.includes(stateOf(from))))
  })
})

describe('numbers', () => {
  test('a number is read however it is typed', () => {
    for (const text of ['139 3510 8826', '139-3510-8826', '+8613935108826', '008613935108826', '13935108826 '])
      expect(parseMsisdn(text)).toEqual({ ok: true, value: '13935108826' })
  })
  test.each<[string, ErrorCode]>([
    ['1393510882', 'number.malformed'],
    ['23935108826', 'number.malformed'],
    ['', 'number.malformed'],
    ['139351O8826', 'number.malformed'],
    ['1440012345678', 'number.iot'],
    ['14100000000', 'number.iot'],
    ['70012345678', 'number.privacy'],
  ])('%s → %s', (text, code) => expect(parseMsisdn(text)).toMatchObject({ ok: false, error: { code } }))

  const table: SegmentTable = {
    prefixes: [
      { prefix: '134', h0: '9', operator: 'SATELLITE', resale: false },
      { prefix: '134', h0: '0-8', operator: 'CMCC', resale: false },
      { prefix: '170', h0: '4,7-9', operator: 'CUCC', resale: true },
    ],
    provinces: new Map([
      ['1340351', '14'],
      ['1708888', '44'],
    ]),
  }
  test.each([
    ['13403510000', { ok: true, value: { homeProvince: '14', prefixCarrier: 'CMCC', resale: false } }],
    ['17088880000', { ok: true, value: { homeProvince: '44', prefixCarrier: 'CUCC', resale: true } }],
    ['13490000000', { ok: false, error: { code: 'number.satellite' } }],
    ['17060000000', { ok: false, error: { code: 'number.unknownPrefix' } }],
    ['13400000000', { ok: false, error: { code: 'number.unknownSegment' } }],
  ])('%s', (msisdn, expected) => expect(lookUpSegment(msisdn as never, table)).toMatchObject(expected))

  test('a segment file is taken whole or not at all', () => {
    expect(parseProvinceTable('# remark\r\nsegment,province\r\n1390351,14\r\n\r\n1390352,44\r\n')).toMatchObject({
      ok: true,
    })
    for (const [text, line] of [
      ['segment,province\n139035,14', 2],
      ['segment,province\n1390351,99', 2],
      ['1390351,14\n1390351,44', 2],
      ['1390351,14,extra', 1],
      ['1390351', 1],
    ] as const)
      expect(parseProvinceTable(text)).toEqual({ ok: false, error: { code: 'segments.malformed', params: { line } } })
  })
})

describe('words', () => {
  const placeholders = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((match) => match[1]).sort()
  test('both languages have every sentence, with the same values in it', () => {
    for (const key of Object.keys(zhCN) as (keyof typeof zhCN)[]) {
      expect(en[key], key).toBeTruthy()
      expect([...new Set(placeholders(en[key]))], key).toEqual([...new Set(placeholders(zhCN[key]))])
    }
  })
  test('every error code has a sentence', () => {
    for (const code of errorCodes) expect(Object.keys(zhCN)).toContain(`error.${code}`)
  })
  test('no English sentence holds Chinese characters, but for the name of the other language', () => {
    const chinese = Object.entries(en).filter(([, text]) => /\p{Script=Han}/u.test(text))
    expect(chinese).toEqual([['shell.otherLanguage', '中文']])
  })
  test('one try is not two tries', () => {
    expect(translate('en', 'error.proof.passwordWrong', { left: 1 })).toContain('1 try left')
    expect(translate('en', 'error.proof.passwordWrong', { left: 2 })).toContain('2 tries left')
    expect(translate('zh-CN', 'error.proof.passwordWrong', { left: 2 })).toContain('2 次')
  })
})

describe('blockers', () => {
  test('there are 75, each with both languages and a remedy', () => {
    expect(blockerCatalogue).toHaveLength(75)
    expect(new Set(blockerCatalogue.map((entry) => entry.code)).size).toBe(75)
    const severities = ['hard', 'soft', 'warn', 'info', 'branch', 'return', 'final']
    const stages = ['precheck', 'auth', 'dispatch', 'form', 'home_audit']
    const resolutions = ['settlement', 'agreements', 'task', 'acknowledge', 'elsewhere']
    const owners = ['clerk', 'customer', 'supervisor', 'homeProvince', 'carrier', 'authority']
    for (const { severity, stage, resolution, owner } of blockerCatalogue)
      expect([
        severities.includes(severity),
        stages.includes(stage),
        resolutions.includes(resolution),
        owners.includes(owner),
      ]).toEqual([true, true, true, true])
    for (const entry of blockerCatalogue)
      for (const text of [entry.zh, entry.en, entry.remedy.zh, entry.remedy.en]) expect(text).toBeTruthy()
  })
  test('a line stopped for arrears is resumed by paying, any other stop is not', () => {
    expect(resolutionOf({ code: 'STATE_STOP', params: { cause: 'arrears' } })).toBe('settlement')
    expect(resolutionOf({ code: 'STATE_STOP', params: { cause: 'requested' } })).toBe('elsewhere')
  })
})
