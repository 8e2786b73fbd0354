import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocatePayment } from '../../../src/main/core/cases/allocate-payment.ts'
import type { ReceiptView } from '../../../src/shared/contract/views.ts'
import { buildAcceptance } from '../../../src/shared/documents/acceptance.ts'
import { escapeHtml } from '../../../src/shared/documents/html.ts'
import { buildReceipt } from '../../../src/shared/documents/receipt.ts'
import { buildSignedForm, strokesText } from '../../../src/shared/documents/signed-form.ts'
import type { Instant, ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { type Case, caseSchema } from '../../../src/shared/domain/case.ts'
import { progressOf } from '../../../src/shared/domain/case-progress.ts'
import { testResources } from '../../support/core/core-harness.ts'
import { doubleAccount, holderDocument, premiumAgreement } from '../../support/core/double-data.ts'
import { rulesAt } from '../../support/shipped-rules.ts'

const at = Date.parse('2026-11-21T10:00:00+08:00') as Instant
const date = '2026-11-21' as ShanghaiDate
const rules = rulesAt({ carrier: 'CTCC', province: '14' }, date)
const { lateFee } = rules
const device = {
  deviceId: 'SZ-T-1',
  deviceName: '3 号台',
  storeId: 'SZ-T',
  storeName: '深圳华强北自营厅',
  handlingProvince: '44',
  serviceId: 's',
} as const
const uuid = '0199aaaa-0000-7000-8000-000000000001'

/** A premium number with arrears, a gift and a holder whose name is given. */
function caseOf(name: string): Case {
  const msisdn = '13935108826'
  const account = {
    ...doubleAccount(msisdn),
    agreements: [premiumAgreement],
    bills: [
      {
        id: 'B',
        billingPeriod: '2026-09',
        amountFen: 5900,
        unpaidFen: 5900,
        paymentDueDate: '2026-10-11',
        invoiced: false,
      },
    ],
    buckets: [{ id: 'G', kind: 'gift', name: '赠送话费', remainingFen: 2000 }],
    asOf: at,
  }
  return caseSchema.parse({
    caseId: uuid,
    caseNumber: 'SZ2611-00417',
    msisdn,
    segment: { segment: '1393510', homeProvince: '14', prefixCarrier: 'CMCC', resale: false },
    state: 'draft',
    createdAt: at,
    updatedAt: at,
    createdBy: '100',
    clerkName: '林晓雯',
    document: { ...holderDocument, name },
    preCheck: { preCheckId: uuid, account, blockers: [], checkedAt: at },
    acknowledgements: [],
    choices: [{ agreementId: 'A-1', option: 'terminate', devicesReturned: 0, chosenAt: at }],
    approvals: [],
    payments: [],
    contact: { name: '李四', phone: '13800138000' },
    disconnectReason: 'moved',
    attachments: [],
    receiptPrints: 0,
  })
}
function acceptanceOf(name: string, language: 'zh-CN' | 'en' = 'zh-CN', on = at) {
  const case_ = caseOf(name)
  return buildAcceptance({
    case: case_,
    progress: progressOf(case_, testResources, on),
    device,
    rules,
    date,
    language,
  })
}

describe('the acceptance', () => {
  test('says every figure with its derivation, in both languages', () => {
    for (const language of ['zh-CN', 'en'] as const) {
      const html = acceptanceOf('王小明', language)
      for (const figure of ['18,388.50', '299.00', '205', '59.00', '7.26', '0.003', '20.00'])
        expect([language, figure, html.includes(figure)]).toEqual([language, figure, true])
      expect(html).toMatch(/30 ?%/)
      expect(html).toContain(language === 'en' ? 'Assumption' : '推定')
      expect(html).not.toMatch(/\{\w+[|}]/)
    }
  })

  test('says how much of gifts and points is lost, and nothing where nothing is', () => {
    const account = caseOf('王小明').preCheck!.account
    const withLost = (gifts: number, points: number) => {
      const case_ = caseOf('王小明')
      const buckets = [{ ...account.buckets[0]!, remainingFen: gifts as never }]
      const changed = { ...case_, preCheck: { ...case_.preCheck!, account: { ...account, buckets, points } } }
      const progress = progressOf(changed, testResources, at)
      return buildAcceptance({ case: changed, progress, device, rules, date, language: 'zh-CN' })
    }
    expect(withLost(2000, 1250)).toContain('其中赠送余额 20.00 元、积分 1250 分随之作废')
    expect(withLost(0, 1)).toContain('赠送余额 0.00 元、积分 1 分')
    expect(withLost(0, 0)).not.toContain('随之作废')
  })

  test('shows the holder by name and the document number masked', () => {
    const html = acceptanceOf('王小明')
    expect(html).toContain('王小明')
    expect(html).toContain('110…002X')
    expect(html).not.toContain(holderDocument.identificationId)
  })

  test('is the same text all day, so that its hash means something', () => {
    expect(acceptanceOf('王小明', 'zh-CN', (at + 3_600_000) as Instant)).toBe(acceptanceOf('王小明'))
    expect(acceptanceOf('王小朋')).not.toBe(acceptanceOf('王小明'))
  })

  test('takes nothing typed for markup, and loads nothing', () => {
    const html = acceptanceOf('<img src=x onerror=alert(1)>"\'')
    expect(html).not.toContain('<img')
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
    fc.assert(fc.property(fc.string(), (text) => !/[<>"']/.test(escapeHtml(text))))
  })
})

describe('the dates on the acceptance', () => {
  /** Nothing is owed and money goes back, by this way. */
  function refunded(route: 'bankCard' | 'originalChannel' | 'cash', on: string, language: 'zh-CN' | 'en' = 'zh-CN') {
    const case_ = caseOf('王小明')
    const account = { ...case_.preCheck!.account, agreements: [], bills: [] }
    const buckets = [{ ...account.buckets[0]!, kind: 'cash' as const, name: '预存', remainingFen: 8_826 as never }]
    const changed: Case = {
      ...case_,
      choices: [],
      refund: { route, holderName: '王小明', ...(route === 'bankCard' ? { account: '6222000012341234' } : {}) },
      preCheck: { ...case_.preCheck!, account: { ...account, buckets } },
    }
    const progress = progressOf(changed, testResources, Date.parse(`${on}T10:00:00+08:00`) as Instant)
    return buildAcceptance({ case: changed, progress, device, rules, date: on as ShanghaiDate, language })
  }

  test('say when a refund is there at the latest, should the line end on the day of the signature', () => {
    // Monday to Friday, and Monday and Tuesday: the paper is signed on a Saturday.
    expect(refunded('bankCard', '2026-11-21')).toContain('（销号后 7 个工作日内，今天销号的不晚于 2026-12-01）')
    expect(refunded('bankCard', '2026-11-21', 'en')).toContain(
      '(within 7 working days after the line has ended: by 2026-12-01 if it ends today)',
    )
  })

  test('leave public holidays out and name them; worked weekends count', () => {
    // National Day is off from the 1st to the 7th of October 2026, the 10th, a Saturday, is worked.
    expect(refunded('bankCard', '2026-09-30')).toContain('今天销号的不晚于 2026-10-15；已顺延：国庆节）')
    expect(refunded('bankCard', '2026-09-30', 'en')).toContain(
      'by 2026-10-15 if it ends today; put off by National Day)',
    )
  })

  test('are estimates where the holidays of the year are not published', () => {
    expect(refunded('originalChannel', '2026-12-28')).toMatch(
      /不晚于 2027-01-\d\d；已顺延：元旦；放假安排尚未公布，日期为估计）/,
    )
    expect(refunded('originalChannel', '2026-12-28', 'en')).toContain('holidays not published yet: an estimate')
  })

  test('are none where money is handed over at once', () => {
    expect(refunded('cash', '2026-11-21')).toContain('（当场）')
    expect(refunded('cash', '2026-11-21', 'en')).toContain('(at once)')
  })

  test('say when the home province has to have finished, where it is counted from that day', () => {
    expect(refunded('cash', '2026-11-21')).toContain('7 天内审核并办结，今天受理且不设冷静期的不晚于 2026-11-28')
    expect(refunded('cash', '2026-11-21', 'en')).toContain('by 2026-11-28 if this is accepted today')
    const case_ = caseOf('王小明')
    const progress = progressOf(case_, testResources, at)
    const coolingOff = { ...progress, risk: { ...progress.risk, coolingOffHours: 24 } }
    const html = buildAcceptance({ case: case_, progress: coolingOff, device, rules, date, language: 'zh-CN' })
    expect(html).toContain('由归属省在 7 天内审核并办结。')
    expect(html).not.toContain('2026-11-28')
  })
})

describe('the signed form', () => {
  const strokes = [
    [
      { x: 10.04, y: 10, t: 0.4 },
      { x: 60, y: 24, t: 40 },
    ],
    [{ x: 70, y: 12, t: 90 }],
  ]
  test('is the acceptance with strokes and hashes below it', () => {
    const acceptance = acceptanceOf('$& 王小明')
    const form = buildSignedForm({
      acceptance,
      documentSha256: 'a'.repeat(64),
      strokesSha256: 'b'.repeat(64),
      strokes,
      signedAt: at,
      language: 'zh-CN',
    })
    expect(form.match(/<path /g)).toHaveLength(2)
    expect(form).toContain('viewBox="6 6 68 22"')
    expect(form).toContain('2026-11-21 10:00')
    expect(form.replace(/<section class="signature">[\s\S]*?<\/section>\n/, '')).toBe(acceptance)
  })
  test('the strokes count to a tenth of a pixel', () => {
    expect(strokesText(strokes)).toBe('[[[10,10,0],[60,24,40]],[[70,12,90]]]')
  })
})

describe('the receipt', () => {
  const view = (printNumber: number, stage?: string): ReceiptView =>
    ({
      case: {
        case: { ...caseOf('王*明'), submittedAt: at },
        progress: progressOf(caseOf('王*明'), testResources, at),
        order: stage ? { stage, deadline: '2026-11-28', effectiveAt: at, agingUntil: '2027-02-19' } : undefined,
        waiting: [],
      },
      lateFee,
      device,
      printNumber,
      printedAt: at,
    }) as unknown as ReceiptView
  const html = (printNumber: number, stage?: string) =>
    buildReceipt({ view: view(printNumber, stage), language: 'zh-CN', qrSvg: '<svg id="qr"></svg>' })

  test('says that nothing is executed until the home province has finished', () => {
    for (const stage of [undefined, 'accepted', 'homeReview', 'returned', 'settled'])
      expect(html(1, stage)).toContain('已受理，尚未执行')
    expect(html(1, 'deactivated')).toContain('号码已注销')
    expect(html(1, 'refused')).toContain('归属省不予办理')
  })
  test('is marked as a copy from the second print on', () => {
    expect(html(1)).not.toContain('副本')
    expect(html(2)).toContain('副本 1')
    expect(html(3)).toContain('副本 2')
  })
  test('carries the code of the case and its figures', () => {
    expect(html(1)).toContain('<svg id="qr">')
    expect(html(1)).toContain('SZ2611-00417')
    expect(html(1)).toContain('18,388.50')
  })
  test('says for a late fee how it was computed, by which article, and what is assumed', () => {
    const late = view(1)
    late.case.progress.settlement!.lines.push({
      kind: 'lateFee',
      ref: 'B1',
      amountFen: 1063 as never,
      detail: { billingPeriod: '2026-09', unpaidFen: 8640, daysLate: 41, ratePerDay: lateFee.ratePerDay },
    })
    const paper = buildReceipt({ view: late, language: 'zh-CN', qrSvg: '' })
    for (const words of ['86.40', '41 天', '10.63', lateFee.clause.zh, lateFee.assumption.zh])
      expect(paper).toContain(words)
  })
})

describe('what a payment is for', () => {
  test('its parts are never negative and sum to the amount, whatever is due', () => {
    const amount = fc.integer({ min: 0, max: 500_000 })
    fc.assert(
      fc.property(
        fc.array(amount, { maxLength: 4 }),
        amount,
        amount,
        amount,
        amount,
        (bills, unbilled, penalty, waiver, cash) => {
          const lines = [
            ...bills.map((amountFen, index) => ({ kind: 'bill', ref: `B${index}`, amountFen })),
            { kind: 'unbilled', amountFen: unbilled },
            { kind: 'penalty', ref: 'A', amountFen: penalty },
            { kind: 'waiver', ref: 'A', amountFen: -Math.min(waiver, penalty) },
            { kind: 'cashBalance', ref: 'K', amountFen: -cash },
          ].map((line) => ({ ...line, detail: {} }))
          const total = lines.reduce((sum, line) => sum + line.amountFen, 0)
          fc.pre(total > 0)
          const settlement = { lines, totalFen: total, payableFen: total, refundableFen: 0 } as never
          const first = Math.floor(total / 3)
          const earlier = allocatePayment(settlement, first as never, [])
          const later = allocatePayment(settlement, (total - first) as never, earlier)
          const parts = [...earlier, ...later]
          expect(parts.every((part) => part.amountFen > 0)).toBe(true)
          expect(parts.reduce((sum, part) => sum + part.amountFen, 0)).toBe(total)
        },
      ),
    )
  })
})
