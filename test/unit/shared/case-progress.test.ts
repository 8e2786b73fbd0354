import { describe, expect, test } from 'vitest'
import type { HomeAccount } from '../../../src/shared/domain/account.ts'
import { instant, type ShanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import type { Case } from '../../../src/shared/domain/case.ts'
import { progressOf } from '../../../src/shared/domain/case-progress.ts'
import type { CaseRules } from '../../../src/shared/domain/case-rules.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import type { Msisdn } from '../../../src/shared/domain/msisdn.ts'
import type { TaskRecord } from '../../../src/shared/domain/task.ts'
import { shippedPacks } from '../../support/shipped-rules.ts'

const rules: CaseRules = { packs: shippedPacks }
const named = ['cn', 'cn-cmcc', 'cn-cmcc-14'].map((name) => {
  const { id, version } = shippedPacks.find((pack) => pack.id === name)!
  return { id, version }
})
const today = '2026-11-21' as ShanghaiDate
const now = instant(startOfDay(today) + 10 * 3_600_000)
const msisdn = '13903510001' as Msisdn
const id = (n: number) => `00000000-0000-7000-8000-00000000000${n}`

function draft(changes: Partial<Case> = {}): Case {
  return {
    caseId: id(1),
    caseNumber: 'SZ2611-00001',
    msisdn,
    segment: { segment: '1390351', homeProvince: '14', prefixCarrier: 'CMCC', resale: false },
    state: 'draft',
    createdAt: now,
    updatedAt: now,
    createdBy: '100217',
    clerkName: 'L',
    acknowledgements: [],
    choices: [],
    approvals: [],
    payments: [],
    refundsPaid: [],
    invoices: [],
    attachments: [],
    receiptPrints: 0,
    ...changes,
  }
}

function home(changes: Partial<HomeAccount> = {}): HomeAccount {
  return {
    number: {
      msisdn,
      carrier: 'CMCC',
      homeProvince: '14',
      state: 'active',
      maskedName: '**明',
      premium: false,
      realNamed: true,
      cardType: 'SIM',
    },
    city: '太原',
    productName: 'P',
    monthlyFeeFen: fen(5900),
    openedOn: today,
    agreements: [],
    bills: [],
    unbilledFen: fen(0),
    buckets: [],
    depositFen: fen(0),
    points: 0,
    bundleMembers: [],
    asOf: now,
    ...changes,
  }
}

/** A case with everything in order but for what a test takes away. */
function ready(
  account: HomeAccount = home(),
  blockers: { code: string; params: Record<string, string | number> }[] = [],
): Case {
  const paper = (kind: 'documentFront' | 'documentBack' | 'portrait', n: number) => ({
    attachmentId: id(n),
    kind,
    mediaType: 'image/png' as const,
    sha256: 'a'.repeat(64),
    takenAt: now,
  })
  return draft({
    document: {
      identificationType: 'RESIDENT_ID',
      identificationId: '11010519491231002X',
      name: '王小明',
      issuingAuthority: '',
      validTo: null,
      entry: 'manual',
    },
    proof: {
      proofId: id(2),
      caseId: id(1),
      msisdn,
      methods: ['document', 'servicePassword', 'face'],
      holderName: '王小明',
      asker: 'holder',
      provedAt: now,
      expiresAt: instant(now + 1_800_000),
      face: { vendor: 'v', modelVersion: '1', score: 90, threshold: 60, outcome: 'match' },
    },
    preCheck: { preCheckId: id(3), account, blockers, checkedAt: now },
    contact: { name: '王小明', phone: '13800000000' as Msisdn },
    disconnectReason: 'moved',
    attachments: [paper('documentFront', 4), paper('documentBack', 5), paper('portrait', 6)],
    signature: {
      attachmentId: id(7),
      documentSha256: 'b'.repeat(64),
      strokesSha256: 'c'.repeat(64),
      signedAt: now,
      signedTotalFen: fen(0),
      rulePacks: named,
      boundUntil: instant(now + 24 * 3_600_000),
    },
  })
}
const missing = (case_: Case, at = now) => progressOf(case_, rules, at).missing.map((item) => item.code)
const premium = home({
  number: { ...home().number, premium: true },
  agreements: [
    {
      id: 'A1',
      agreementType: 'PREMIUM_NUMBER',
      name: '吉祥号码协议',
      agreementPeriod: { startDate: '2023-12-01' as ShanghaiDate, endDate: '2043-12-31' as ShanghaiDate },
      terms: { monthlyGuaranteeFen: 29900 },
      devices: [],
    },
  ],
})

describe('what is still missing', () => {
  test('a fresh draft needs the identity first', () => {
    const progress = progressOf(draft(), rules, now)
    expect(progress.steps).toMatchObject({ number: 'done', identity: 'current', preCheck: 'open', signature: 'open' })
    expect(progress.missing[0]).toMatchObject({ code: 'document', step: 'identity', severity: 'waits' })
  })
  test('a clean case with everything lacks nothing', () => {
    expect(missing(ready())).toEqual([])
    expect(new Set(Object.values(progressOf(ready(), rules, now).steps))).toEqual(new Set(['done']))
  })
  test('after 1,800 seconds the proof must be renewed', () => {
    expect(missing(ready(), instant(now + 1_799_999))).toEqual([])
    expect(missing(ready(), instant(now + 1_800_000))).toEqual(['proofExpired'])
  })
  test('a loss report stops the case; points only need to be told', () => {
    const stopped = ready(home(), [
      { code: 'STATE_LOST', params: {} },
      { code: 'POINTS_LOST', params: {} },
    ])
    expect(progressOf(stopped, rules, now).missing).toMatchObject([
      { code: 'blocker', severity: 'stops', params: { blocker: 'STATE_LOST' } },
      { code: 'acknowledge', severity: 'waits' },
    ])
    expect(progressOf(stopped, rules, now).steps.preCheck).toBe('blocked')
    expect(
      missing({ ...stopped, acknowledgements: [{ code: 'POINTS_LOST', reason: '已告知', staffId: '1', at: now }] }),
    ).toEqual(['blocker'])
  })
  test('a secondary card is a task of the case, done once it is ordered with the cancellation', () => {
    const bundle = ready(home(), [{ code: 'MAIN_CARD_HAS_SUB', params: { msisdn: '13903510002' } }])
    expect(progressOf(bundle, rules, now).missing).toMatchObject([
      { code: 'task', step: 'preCheck', params: { action: 'releaseSecondaryCard', subject: '13903510002' } },
    ])
    const ordered = { action: 'releaseSecondaryCard', subject: '13903510002', way: 'withOrder', staffId: '1', at: now }
    expect(missing({ ...bundle, tasks: [ordered as TaskRecord] })).toEqual([])
  })
  test('an open dispute is decided by a supervisor, not by the clerk', () => {
    const disputed = ready(home(), [{ code: 'DISPUTE_OPEN', params: {} }])
    expect(missing(disputed)).toEqual(['override'])
    const said = { code: 'DISPUTE_OPEN', reason: '客户放弃', staffId: '1', at: now }
    expect(missing({ ...disputed, acknowledgements: [{ ...said, level: 'clerk' }] })).toEqual(['override'])
    expect(missing({ ...disputed, acknowledgements: [{ ...said, level: 'supervisor' }] })).toEqual([])
  })
  test('arrears are settled in the case, not a reason to send the customer away', () => {
    const arrears = home({
      bills: [
        {
          id: 'B',
          billingPeriod: '2026-09',
          amountFen: fen(8640),
          unpaidFen: fen(8640),
          paymentDueDate: '2026-10-11' as ShanghaiDate,
          invoiced: false,
        },
      ],
    })
    const progress = progressOf(
      ready(arrears, [
        { code: 'ARREARS', params: {} },
        { code: 'STATE_STOP', params: { cause: 'arrears' } },
      ]),
      rules,
      now,
    )
    expect(progress.missing.map((item) => item.code)).toEqual(['payment', 'signature'])
    expect(progress.missing[0]?.params.amountFen).toBe(8640 + 1063)
  })
  test('a premium number needs a choice, a second person, the money and a fresh signature', () => {
    const codes = missing(ready(premium))
    expect(codes).toEqual(['choice', 'approval', 'payment', 'signature'])
  })
  test('a waiver counts only once a supervisor has granted it, and for the granted sum', () => {
    const choice = {
      agreementId: 'A1',
      option: 'waiver' as const,
      devicesReturned: 0,
      requestedWaiverFen: fen(1_000_000),
      chosenAt: now,
    }
    const asked = { ...ready(premium), choices: [choice] }
    expect(progressOf(asked, rules, now).settlement?.totalFen).toBe(1838850)
    expect(progressOf(asked, rules, now).approvalsNeeded).toEqual([
      { subject: 'premiumNumber', granted: false },
      { subject: 'waiver', agreementId: 'A1', amountFen: 1_000_000, granted: false },
    ])
    const approval = {
      approvalId: id(8),
      caseId: id(1),
      subject: 'waiver' as const,
      agreementId: 'A1',
      waivedFen: fen(900_000),
      reason: 'r',
      approverId: '2',
      approverName: 'Z',
      approvedAt: now,
    }
    expect(progressOf({ ...asked, approvals: [approval] }, rules, now).settlement?.totalFen).toBe(938850)
    expect(
      progressOf({ ...asked, choices: [{ ...choice, option: 'terminate' }], approvals: [approval] }, rules, now)
        .settlement?.totalFen,
    ).toBe(1838850)
  })
  test('a refund needs a route, and a signature over other figures is void', () => {
    expect(
      missing(ready(home({ buckets: [{ id: 'C', kind: 'cash', name: '现金', remainingFen: fen(1855) }] }))),
    ).toEqual(['refund', 'signature'])
  })
  test('nobody’s portrait on file means two people look', () => {
    const case_ = ready()
    case_.proof = { ...case_.proof!, face: { ...case_.proof!.face, outcome: 'noReference' } }
    expect(progressOf(case_, rules, now).approvalsNeeded).toEqual([{ subject: 'faceByEye', granted: false }])
  })
})

describe('what was signed', () => {
  const overdue = home({
    bills: [
      {
        id: 'B-1',
        billingPeriod: '2026-09',
        amountFen: fen(10_000),
        unpaidFen: fen(10_000),
        paymentDueDate: '2026-10-21' as ShanghaiDate,
        invoiced: false,
      },
    ],
  })
  const nation = shippedPacks.find((pack) => pack.id === 'cn')!
  const { lateFee, ...sections } = nation.sections as Record<string, object>
  const dearer = {
    ...nation,
    version: 'next',
    sections: { ...sections, lateFee: { ...lateFee, ratePerDay: '0.01' } },
  }
  const later: CaseRules = { packs: [...shippedPacks, dearer] }
  const lateFeeOf = (case_: Case, under: CaseRules, at = now) =>
    progressOf(case_, under, at).settlement!.lines.find((line) => line.kind === 'lateFee')!.amountFen
  const { signature: _, ...unsigned } = ready(overdue)

  test('counts under the rules it was signed by, whatever is published afterwards', () => {
    expect(lateFeeOf(ready(overdue), rules)).toBe(930)
    expect(lateFeeOf(ready(overdue), later)).toBe(930)
    expect(lateFeeOf(unsigned, later)).toBe(3100)
  })

  test('counts with the figures of that day until its quotes expire, and is then computed anew', () => {
    const end = now + 24 * 3_600_000
    expect(lateFeeOf(ready(overdue), later, instant(end - 1))).toBe(930)
    expect(lateFeeOf(ready(overdue), later, instant(end))).toBe(3200)
    expect(missing(ready(overdue), instant(end))).toContain('signature')
  })

  test('an agreement chosen at another price tells the old one and why', () => {
    const agreement = {
      id: 'A-1',
      agreementType: 'PREMIUM_NUMBER' as const,
      name: 'A',
      agreementPeriod: { startDate: '2026-01-01' as ShanghaiDate, endDate: '2027-12-31' as ShanghaiDate },
      terms: { monthlySpendFen: fen(29_900), monthlyGuaranteeFen: fen(29_900), percent: 30 },
      devices: [],
    }
    const chosen = (amountFen: number, packs = named) => ({
      ...draft(unsigned),
      preCheck: { ...unsigned.preCheck!, account: home({ agreements: [agreement] }) },
      choices: [
        {
          agreementId: 'A-1',
          option: 'terminate' as const,
          devicesReturned: 0,
          chosenAt: now,
          quoted: { amountFen: fen(amountFen), packs },
        },
      ],
    })
    const quoteOf = (case_: Case) => progressOf(case_, rules, now).quotes[0]!
    const { amountFen } = quoteOf(chosen(1)).quote!
    expect(quoteOf(chosen(amountFen)).changed).toBeUndefined()
    expect(quoteOf(chosen(amountFen + 1)).changed).toEqual({ fromFen: amountFen + 1, because: 'time' })
    const other = named.map((pack) => ({ ...pack, version: 'earlier' }))
    expect(quoteOf(chosen(amountFen + 1, other)).changed).toEqual({ fromFen: amountFen + 1, because: 'rules' })
    // Shown, not chosen: only other rules are news.
    const shown = (packs: typeof named) => ({
      ...chosen(1),
      choices: [],
      shownQuotes: [{ agreementId: 'A-1', amountFen: fen(amountFen + 1), packs }],
    })
    expect(quoteOf(shown(named)).changed).toBeUndefined()
    expect(quoteOf(shown(other)).changed).toEqual({ fromFen: amountFen + 1, because: 'rulesBeforeChoice' })
  })
})
