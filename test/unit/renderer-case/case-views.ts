import type { CaseView } from '../../../src/shared/contract/views.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import type { MissingItem } from '../../../src/shared/domain/case-missing.ts'

export const now = instant(Date.parse('2026-11-21T10:00:00+08:00'))

export function missing(
  code: MissingItem['code'],
  step: MissingItem['step'],
  params: MissingItem['params'] = {},
  severity: MissingItem['severity'] = 'waits',
): MissingItem {
  return { code, step, params, severity }
}

const uuid = (digit: string) => `${digit.repeat(8)}-0000-4000-8000-000000000000`

/** A case view with only what the screen's logic looks at; parts are put in by each test. */
export function view(parts: {
  case?: Record<string, unknown>
  missing?: MissingItem[]
  steps?: Partial<CaseView['progress']['steps']>
  quotes?: CaseView['progress']['quotes']
}): CaseView {
  return {
    case: {
      caseId: uuid('1'),
      caseNumber: 'SZ2611-00001',
      msisdn: '13935108826',
      attachments: [],
      choices: [],
      approvals: [],
      acknowledgements: [],
      payments: [],
      ...parts.case,
    },
    progress: {
      quotes: parts.quotes ?? [],
      findings: [],
      settlement: undefined,
      paidFen: 0,
      approvalsNeeded: [],
      asker: { kind: 'holder', rule: undefined, papers: undefined, manualReasons: [] },
      missing: parts.missing ?? [],
      steps: {
        number: 'done',
        identity: 'current',
        preCheck: 'open',
        agreements: 'open',
        settlement: 'open',
        signature: 'open',
        ...parts.steps,
      },
    },
    order: undefined,
    waiting: [],
  } as unknown as CaseView
}

export const pictures = ['documentFront', 'documentBack', 'portrait'].map((kind) => ({ kind }))
export const preCheck = (agreements: unknown[] = []) => ({ account: { agreements } })
