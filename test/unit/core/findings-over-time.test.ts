import { describe, expect, test } from 'vitest'
import { keepDecisions } from '../../../src/main/core/cases/new-pre-check.ts'
import type { CaseView, HandOverView } from '../../../src/shared/contract/views.ts'
import { buildHandOverNote } from '../../../src/shared/documents/hand-over-note.ts'
import type { Blocker } from '../../../src/shared/domain/blocker.ts'
import { explainFindings } from '../../../src/shared/domain/blocker-findings.ts'
import { instant, type ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type { Case } from '../../../src/shared/domain/case.ts'
import type { PreCheck } from '../../../src/shared/protocol/identity.ts'

const at = instant(Date.parse('2026-11-21T10:00:00+08:00'))
const uuid = (digit: string) => `${digit.repeat(8)}-0000-4000-8000-000000000000`

function preCheck(id: string, blockers: Blocker[]): PreCheck {
  const number = { msisdn: '13903510001', carrier: 'CMCC', homeProvince: '14' }
  const account = { number, agreements: [], bundleMembers: [], asOf: at }
  return { preCheckId: uuid(id), account, blockers, checkedAt: at } as unknown as PreCheck
}
function draft(changes: Partial<Case>): Case {
  return { attachments: [], choices: [], approvals: [], acknowledgements: [], ...changes } as unknown as Case
}
const found = (code: string, params: Blocker['params'] = {}) => ({ code, params })
const said = (code: string, level?: 'clerk' | 'supervisor') => ({
  code,
  reason: 'told',
  staffId: '1',
  at,
  ...(level ? { level } : {}),
})

describe('another pre-check', () => {
  test('says what has gone, and what had gone earlier and has not come back', () => {
    let case_ = draft({ preCheck: preCheck('1', [found('STATE_LOST'), found('ARREARS'), found('POINTS_LOST')]) })
    case_ = keepDecisions(case_, preCheck('2', [found('ARREARS'), found('POINTS_LOST')]))
    expect(case_.goneFindings?.map(({ code }) => code)).toEqual(['STATE_LOST'])
    case_ = keepDecisions(case_, preCheck('3', [found('POINTS_LOST')]))
    expect(case_.goneFindings?.map(({ code }) => code)).toEqual(['STATE_LOST', 'ARREARS'])
    case_ = keepDecisions(case_, preCheck('4', [found('POINTS_LOST'), found('STATE_LOST')]))
    expect(case_.goneFindings?.map(({ code }) => code)).toEqual(['ARREARS'])
  })

  test('with the same findings in another order changes nothing that was decided', () => {
    const acknowledgements = [said('POINTS_LOST'), said('DISPUTE_OPEN', 'supervisor')]
    const before = draft({ preCheck: preCheck('1', [found('POINTS_LOST'), found('DISPUTE_OPEN')]), acknowledgements })
    const after = keepDecisions(before, preCheck('2', [found('DISPUTE_OPEN'), found('POINTS_LOST')]))
    expect(after.acknowledgements).toEqual(acknowledgements)
  })

  test('keeps what was told, but a supervisor decided about one finding and about no other of its kind', () => {
    const before = draft({
      preCheck: preCheck('1', [found('POINTS_LOST', { points: 10 }), found('DISPUTE_OPEN', { order: 'A' })]),
      acknowledgements: [said('POINTS_LOST'), said('DISPUTE_OPEN', 'supervisor')],
    })
    const after = keepDecisions(
      before,
      preCheck('2', [found('POINTS_LOST', { points: 99 }), found('DISPUTE_OPEN', { order: 'B' })]),
    )
    expect(after.acknowledgements.map(({ code }) => code)).toEqual(['POINTS_LOST'])
  })

  test('drops the tasks of findings that are gone', () => {
    const task = (subject: string) => ({
      action: 'releaseSecondaryCard' as const,
      subject,
      way: 'withOrder' as const,
      staffId: '1',
      at,
    })
    const cards = ['13903510002', '13903510003'].map((msisdn) => found('MAIN_CARD_HAS_SUB', { msisdn }))
    const before = draft({ preCheck: preCheck('1', cards), tasks: [task('13903510002'), task('13903510003')] })
    const after = keepDecisions(before, preCheck('2', cards.slice(1)))
    expect(after.tasks?.map(({ subject }) => subject)).toEqual(['13903510003'])
  })
})

describe('the note for a customer who must come back', () => {
  const blockers = [found('STATE_LOST'), found('DISPUTE_OPEN'), found('POINTS_LOST'), found('X_OWN<b>')]
  const case_ = {
    ...draft({ preCheck: preCheck('1', blockers) }),
    caseNumber: 'SZHQB3-2611-00001',
    msisdn: '13903510001',
    clerkName: '林<晓雯>',
    document: { name: '王小明' },
  } as unknown as Case
  const account = case_.preCheck!.account
  const on = '2026-11-21' as ShanghaiDate
  const findings = explainFindings({ blockers, account, acknowledgements: [], tasks: [], on })
  const view: HandOverView = {
    case: { case: case_, progress: { findings } } as unknown as CaseView,
    device: { storeName: '华强北' } as HandOverView['device'],
    handOverUntil: '2026-11-28' as ShanghaiDate,
    printedAt: at,
  }

  test.each([
    ['zh-CN', ['挂失', '投诉/费用争议处理中', '积分将清零', '客服热线 10086', '2026-11-28', '未知']],
    ['en', ['Reported lost', 'Open complaint', 'Loyalty points', 'hotline 10086', '2026-11-28', 'unknown']],
  ] as const)('names everything at once, with one owner and one deadline, in %s', (language, wanted) => {
    const html = buildHandOverNote({ view, language })
    for (const words of wanted) expect(html).toContain(words)
    expect(html).not.toMatch(/\{\w+\}/)
    // The name is masked, and nothing anybody wrote becomes part of the page.
    expect(html).not.toContain('王小明')
    expect(html).not.toContain('<b>')
    expect(html).toContain('林&lt;晓雯&gt;')
  })
})
