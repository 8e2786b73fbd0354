import type { HomeAccount } from '../../src/shared/domain/account.ts'
import { instant, type ShanghaiDate, startOfDay } from '../../src/shared/domain/calendar.ts'
import type { Case } from '../../src/shared/domain/case.ts'
import { progressOf } from '../../src/shared/domain/case-progress.ts'
import type { CaseRules } from '../../src/shared/domain/case-rules.ts'
import { fen } from '../../src/shared/domain/money.ts'
import type { Msisdn } from '../../src/shared/domain/msisdn.ts'
import { shippedPacks } from './shipped-rules.ts'

/** The rules as they are shipped. */
export const rules: CaseRules = { packs: shippedPacks }
/** The packs a case of this line is priced by. */
export const named = ['cn', 'cn-cmcc', 'cn-cmcc-14'].map((name) => {
  const { id, version } = shippedPacks.find((pack) => pack.id === name)!
  return { id, version }
})
export const today = '2026-11-21' as ShanghaiDate
export const now = instant(startOfDay(today) + 10 * 3_600_000)
export const msisdn = '13903510001' as Msisdn
export const id = (n: number) => `00000000-0000-7000-8000-00000000000${n}`

/** A draft just opened. */
export function draft(changes: Partial<Case> = {}): Case {
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

/** What the home province knows of a line without any trouble. */
export function home(changes: Partial<HomeAccount> = {}): HomeAccount {
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
export function ready(
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

/** Codes of what is missing in a case, by the shipped rules. */
export const missing = (case_: Case, at = now) => progressOf(case_, rules, at).missing.map((item) => item.code)
