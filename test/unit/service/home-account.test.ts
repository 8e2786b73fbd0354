import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WireAccount } from '../../../service/src/connectors/wire/home-bss.ts'
import { mapAccount, mapBlockers } from '../../../service/src/pre-checks/map-account.ts'

function account(li: number): WireAccount {
  return {
    number: {
      msisdn: '13900000000',
      carrier: 'CMCC',
      homeProvince: '14',
      state: 'active',
      maskedName: '*明',
      premium: false,
      realNamed: true,
      cardType: 'usim',
    },
    city: '太原',
    productName: '套餐',
    monthlyFeeLi: li,
    openedOn: '2020-01-01',
    agreements: [
      {
        id: 'A1',
        agreementType: 'PREMIUM_NUMBER',
        name: '靓号协议',
        agreementPeriod: { startDate: '2020-01-01', endDate: '2040-01-01' },
        terms: { monthlyGuaranteeLi: li, monthsTotal: 240 },
        devices: [],
      },
    ],
    bills: [
      { id: 'B1', billingPeriod: '2026-10', amountLi: li, unpaidLi: li, paymentDueDate: '2026-11-01', invoiced: false },
    ],
    unbilledLi: li,
    buckets: [{ id: 'K1', kind: 'cash', name: '余额', remainingLi: li }],
    depositLi: li,
    points: 0,
    bundleMembers: [],
    asOf: 0,
  } as unknown as WireAccount
}

describe('the home account', () => {
  it('changes li into fen exactly, in every place', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), (amount) => {
        const mapped = mapAccount(account(amount * 10))!
        expect([
          mapped.monthlyFeeFen,
          mapped.unbilledFen,
          mapped.depositFen,
          mapped.bills[0]!.unpaidFen,
          mapped.buckets[0]!.remainingFen,
          mapped.agreements[0]!.terms.monthlyGuaranteeFen,
        ]).toEqual(Array(6).fill(amount))
        expect(mapped.agreements[0]!.terms.monthsTotal).toBe(240)
      }),
    )
  })

  it('takes no account with a fraction of a fen: no rounding may hide in between', () => {
    expect(mapAccount(account(12_345))).toBeUndefined()
  })

  it('loses no blocker: one that no catalogue knows is kept under its own code', () => {
    expect(mapBlockers([{ code: 'ARREARS', params: { unpaidLi: 1_000, bills: 1 } }])).toEqual([
      { code: 'ARREARS', params: { unpaidFen: 100, bills: 1 } },
    ])
    expect(
      mapBlockers([
        { code: 'ARREARS', params: {} },
        { code: 'NEVER_HEARD_OF', params: {} },
      ]),
    ).toEqual([
      { code: 'ARREARS', params: {} },
      { code: 'NEVER_HEARD_OF', params: {} },
    ])
  })

  it('takes no answer with a blocker that cannot be read', () => {
    expect(mapBlockers([{ code: '<script>', params: {} }])).toBeUndefined()
  })
})
