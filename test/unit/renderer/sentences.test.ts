import { describe, expect, test } from 'vitest'
import { ageText, durationText, remainingText, spanText } from '../../../src/renderer/ui/age.ts'
import { failureSentence, presentParams, sentence, withoutYear } from '../../../src/renderer/ui/sentence.ts'
import { errorCodes } from '../../../src/shared/contract/errors.ts'
import { translator } from '../../../src/shared/i18n/translate.ts'

const at = Date.parse('2026-11-21T10:42:00+08:00')

describe('sentences from codes', () => {
  test('carriers, provinces, papers and amounts are said in words', () => {
    expect(failureSentence('zh-CN', { code: 'number.otherCarrier', params: { carrier: 'CTCC' } })).toContain('中国电信')
    expect(failureSentence('en', { code: 'order.attachmentMissing', params: { kind: 'documentBack' } })).toContain(
      'Document, back',
    )
    expect(failureSentence('zh-CN', { code: 'payment.amountDiffers', params: { due: 1855346, paid: 1855300 } })).toBe(
      '应收 18,553.46 元，收款 18,553.00 元，两者不一致，没有入账。',
    )
  })

  test('an amount in fen also fills the sentence that names it without its unit', () => {
    expect(sentence('zh-CN', 'missing.payment', { amountFen: 9703 })).toBe('收款 97.03')
  })

  test('blockers are said in the language on screen, free text stays as it is', () => {
    expect(sentence('zh-CN', 'next.resupply', { reason: 'ATTACHMENT_UNUSABLE', until: at })).toBe(
      '附件不可用 · 2026-11-21 10:42 前补件',
    )
    expect(sentence('en', 'next.refused', { reason: 'ATTACHMENT_UNUSABLE' })).toBe('Attachment unusable (blurred)')
    expect(presentParams('en', { reason: 'as the customer said' })).toEqual({ reason: 'as the customer said' })
  })

  test('a count under the name of a time stays a count', () => {
    expect(presentParams('en', { until: 3 })).toEqual({ until: 3 })
  })

  test('every error code has a sentence in both languages', () => {
    for (const code of errorCodes)
      for (const language of ['zh-CN', 'en'] as const)
        expect(failureSentence(language, { code })).not.toBe(`error.${code}`)
  })

  test('a year is left out where a line is short and nobody could think of another', () => {
    expect(withoutYear('2026-11-21 10:42 生效 · 冻结至 2027-02-19', at)).toBe('11-21 10:42 生效 · 冻结至 02-19')
    expect(withoutYear('到 2026-01-01、2026-12-31', at)).toBe('到 01-01、12-31')
    expect(withoutYear('2025-12-31 · 2027-12-31 · 2028-01-01', at)).toBe('2025-12-31 · 2027-12-31 · 2028-01-01')
    expect(withoutYear('2027-11-20 2027-11-21', at)).toBe('11-20 2027-11-21')
  })
})

describe('ages and spans', () => {
  const t = translator('en')
  test('in the unit a person would use', () => {
    expect(ageText(t, 200)).toBe('0 s ago')
    expect(ageText(t, 125_000)).toBe('2 min ago')
    expect(spanText(t, 26 * 3_600_000)).toBe('1 day')
    expect(spanText(t, 40_000)).toBe('40 s')
    expect(durationText(t, 130_000)).toBe('02:10')
    expect(durationText(t, 3 * 3_600_000)).toBe('3 h')
    expect(remainingText(t, 27 * 3_600_000 + 60_000)).toBe('1 day 3 h')
    expect(remainingText(t, 5 * 3_600_000 + 20 * 60_000)).toBe('5 h 20 min')
  })

  test('a clock that was moved back makes no negative age', () => {
    expect(ageText(t, -5_000)).toBe('0 s ago')
    expect(durationText(t, -5_000)).toBe('00:00')
  })
})
