import { describe, expect, test } from 'vitest'
import { instant, type ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { progressOf } from '../../../src/shared/domain/case-progress.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import type { TaskRecord } from '../../../src/shared/domain/task.ts'
import { draft, home, id, missing, now, ready, rules } from '../../support/case-in-order.ts'

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
