import { createHash } from 'node:crypto'
import type { HomeAccount } from '../../../src/shared/domain/account.ts'
import { instant, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type { Case } from '../../../src/shared/domain/case.ts'
import { progressOf } from '../../../src/shared/domain/case-progress.ts'
import { rulesOfCase } from '../../../src/shared/domain/case-rules.ts'
import { residentIdCheckCharacter } from '../../../src/shared/domain/identity-document.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import { parseMsisdn } from '../../../src/shared/domain/msisdn.ts'
import { usualProofSeconds } from '../../../src/shared/domain/papers.ts'
import { quotesBindUntil } from '../../../src/shared/domain/penalty-quote.ts'
import { lookUpSegment } from '../../../src/shared/domain/segments.ts'
import type { Staff } from '../../../src/shared/protocol/device.ts'
import { type AttachmentKind, attachmentKinds } from '../../../src/shared/protocol/jobs.ts'
import { type Chance, virtualUuid } from './chance.ts'
import type { Rules } from './rules.ts'

/** A case that lacks nothing but the money and the submission, and the papers that lie beside it. */
export interface Draft {
  case: Case
  papers: { attachmentId: string; kind: string; mediaType: string; sha256: string; content: Uint8Array }[]
  /** What the customer has to pay here, in fen. */
  payableFen: number
}

const sha256 = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex')
const pngStart = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** What a holder who comes in person brings. */
const usualPapers: readonly AttachmentKind[] = ['documentFront', 'documentBack', 'portrait', 'signedForm']

function papersOf(chance: Chance, uuid: () => string, thick: boolean): Draft['papers'] {
  return (thick ? attachmentKinds : usualPapers).map((kind) => {
    const isForm = kind === 'signedForm'
    const content = isForm
      ? new TextEncoder().encode(`<!doctype html><p>${chance.between(1, 1e9)}`)
      : Uint8Array.from([...pngStart, ...chance.bytes(chance.between(20, 400))])
    const mediaType = isForm ? 'text/html' : 'image/png'
    return { attachmentId: uuid(), kind, mediaType, sha256: sha256(content), content }
  })
}

function accountOf(chance: Chance, msisdn: Case['msisdn'], segment: Case['segment'], now: number): HomeAccount {
  const credit = chance.happens(0.2)
  return {
    number: {
      msisdn,
      carrier: segment.prefixCarrier,
      homeProvince: segment.homeProvince,
      state: 'active',
      maskedName: '张*',
      premium: false,
      realNamed: true,
      cardType: 'SIM',
    },
    city: '北京',
    productName: '畅享套餐',
    monthlyFeeFen: fen(5900),
    openedOn: '2019-03-01' as HomeAccount['openedOn'],
    agreements: [],
    bills: [],
    unbilledFen: fen(credit || chance.happens(0.15) ? 0 : chance.between(1, 9000)),
    buckets: [],
    depositFen: fen(credit ? chance.between(1, 20000) : 0),
    points: 0,
    bundleMembers: [],
    asOf: instant(now),
  }
}

/**
 * Draws a case. `serviceNow` is the instant of proof and pre-check, which the service made; `counterNow` is what the counter's own
 * clock says.
 */
export function drawDraft(
  chance: Chance,
  rules: Rules,
  about: {
    msisdn: string
    caseNumber: string
    staff: Staff
    serviceNow: number
    counterNow: number
    thick: boolean
  },
): Draft {
  const uuid = () => virtualUuid(chance, about.serviceNow)
  const msisdn = parseMsisdn(about.msisdn)
  const segment = msisdn.ok ? lookUpSegment(msisdn.value, rules.segments) : msisdn
  if (!msisdn.ok || !segment.ok) throw new Error(`the number ${about.msisdn} has no segment`)
  const [caseId, proofId] = [uuid(), uuid()]
  const at = instant(about.counterNow)
  const provedAt = instant(about.serviceNow)
  const first17 = `1101011980010${chance.between(1000, 9999)}`
  const name = '张三'
  const account = accountOf(chance, msisdn.value, segment.value, about.serviceNow)
  const papers = papersOf(chance, uuid, about.thick)
  const form = papers.find((paper) => paper.kind === 'signedForm')!
  const unsigned: Case = {
    caseId,
    caseNumber: about.caseNumber,
    msisdn: msisdn.value,
    segment: segment.value,
    state: 'draft',
    createdAt: at,
    updatedAt: at,
    createdBy: about.staff.staffId,
    clerkName: about.staff.name,
    number: account.number,
    document: {
      identificationType: 'RESIDENT_ID',
      identificationId: first17 + residentIdCheckCharacter(first17),
      name,
      issuingAuthority: '',
      validTo: null,
      entry: 'manual',
      manualReason: 'noReader',
    },
    proof: {
      proofId,
      caseId,
      msisdn: msisdn.value,
      methods: ['document', 'oneTimeCode', 'face'],
      asker: 'holder',
      face: { vendor: 'simulation', modelVersion: '1', score: 0.99, threshold: 0.8, outcome: 'match' },
      holderName: name,
      provedAt,
      expiresAt: instant(provedAt + usualProofSeconds * 1000),
    },
    preCheck: { preCheckId: uuid(), account, blockers: [], checkedAt: provedAt },
    acknowledgements: [],
    choices: [],
    approvals: [],
    payments: [],
    refundsPaid: [],
    invoices: [],
    ...(account.depositFen > 0 ? { refund: { route: 'cash', holderName: name } as const } : {}),
    contact: { name: '李四', phone: '13912345678' as Case['msisdn'] },
    disconnectReason: 'moved',
    attachments: papers.map(({ content: _, ...paper }) => ({ ...paper, takenAt: at })) as Case['attachments'],
    receiptPrints: 0,
  }
  const { settlement } = progressOf(unsigned, rules, provedAt)
  const under = rulesOfCase(unsigned, rules, provedAt)
  if (!under.ok) throw new Error(under.error.code)
  if (!settlement) throw new Error(`no rule pack on ${shanghaiDate(provedAt)}`)
  const signature: Case['signature'] = {
    attachmentId: form.attachmentId,
    documentSha256: form.sha256,
    strokesSha256: sha256('strokes'),
    signedAt: at,
    signedTotalFen: settlement.totalFen,
    rulePacks: [...under.value.packs],
    boundUntil: quotesBindUntil(under.value, at),
  }
  return { case: { ...unsigned, signature }, papers, payableFen: settlement.payableFen }
}
