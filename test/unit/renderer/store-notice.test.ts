import { expect, test } from 'vitest'
import { noticeText } from '../../../src/renderer/features/desk/store-notice.ts'
import { translator } from '../../../src/shared/i18n/translate.ts'

const say = (language: 'zh-CN' | 'en', payments: number, cases = 0) =>
  noticeText(translator(language), { code: 'setBack', params: { recalled: 6, renumbered: 0, payments, cases } })

test('a counter that was set back tells what came back and what is gone, and of money only when some came back', () => {
  expect(say('en', 1)).toContain('Payments put back into their cases: 1; do not collect them twice.')
  expect(say('zh-CN', 2)).toContain('其中 2 笔收款已补记到办理单')
  for (const language of ['zh-CN', 'en'] as const) {
    expect(say(language, 0)).toMatch(/6/)
    expect(say(language, 0)).not.toMatch(/0|\{/)
    expect(say(language, 0)).toContain(translator(language)('shell.storeNotice.setBackGone'))
  }
})

test('of cases only when some came back', () => {
  expect(say('en', 0, 2)).toContain('Submitted cases found again, to be looked up by number: 2.')
  expect(say('zh-CN', 0, 2)).toContain('其中 2 张已提交的办理单已找回')
})

test('other notices are the sentence of their code', () => {
  expect(noticeText(translator('en'), { code: 'damaged', params: {} })).toContain('set aside')
})
