/** Staff the double knows; every password is `right`. */
export const doubleStaff = [
  { staffId: '100', name: '陈嘉', role: 'clerk', storeId: 'SZ-T' },
  { staffId: '200', name: '周启', role: 'supervisor', storeId: 'SZ-T' },
  { staffId: '300', name: '何佩', role: 'trainer', storeId: 'SZ-T' },
  { staffId: '400', name: '罗建', role: 'auditor', storeId: 'SZ-T' },
] as const

/** The premium number of the reported case: 205 months left at 299.00 and 30 % make 18,388.50 in November 2026. */
export const premiumAgreement = {
  id: 'A-1',
  agreementType: 'PREMIUM_NUMBER',
  name: '吉祥号码入网协议',
  agreementPeriod: { startDate: '2023-12-01', endDate: '2043-12-31' },
  terms: { monthlySpendFen: 29_900, monthlyGuaranteeFen: 29_900, percent: 30 },
  devices: [],
}

/** An account without anything that binds it. */
export function doubleAccount(msisdn: string) {
  return {
    number: {
      msisdn,
      carrier: 'CTCC',
      homeProvince: '14',
      state: 'active',
      maskedName: '**明',
      premium: false,
      realNamed: true,
      cardType: 'USIM',
    },
    city: '太原',
    productName: '畅享 59',
    monthlyFeeFen: 5900,
    openedOn: '2019-03-01',
    agreements: [] as object[],
    bills: [] as object[],
    unbilledFen: 0,
    buckets: [] as object[],
    depositFen: 0,
    points: 0,
    bundleMembers: [],
    asOf: Date.now(),
  }
}

/** A valid document of a grown-up holder. */
export const holderDocument = {
  identificationType: 'RESIDENT_ID',
  identificationId: '11010519491231002X',
  name: '王小明',
  issuingAuthority: '太原市公安局',
  validFrom: '2015-01-01',
  validTo: null,
  entry: 'manual',
  manualReason: 'noReader',
} as const

/** The smallest PNG: one transparent pixel. */
export const tinyPng =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
