import type { IdentificationType } from '../../../shared/domain/identity-document.ts'
import type { InvoiceWay } from '../../../shared/domain/invoice-policy.ts'
import type { Refund } from '../../../shared/protocol/jobs.ts'
import type { Stroke } from '../../ui/pen.ts'

export type PaymentMethod = 'cash' | 'card' | 'code'
export type DisconnectReason = 'moved' | 'tooExpensive' | 'changedCarrier' | 'unusedNumber' | 'other'

/** The document as typed so far: everything is text until it is valid. */
export interface DocumentDraft {
  identificationType: IdentificationType
  identificationId: string
  name: string
  issuingAuthority: string
  validFrom: string
  validTo: string
  noEnd: boolean
  /** The machine-readable zone as it came in; empty where there is none. */
  mrz: string
  /** Why it is typed, and in words; empty until chosen. */
  manualReason: string
  manualNote: string
}

export interface ProofDraft {
  factor: 'servicePassword' | 'oneTimeCode'
  servicePassword: string
  oneTimeCode: string
  oftenCalled: string[]
}

export interface WaiverDraft {
  open: boolean
  amount: string
  reason: string
}

/** An invoice as the clerk copies it from the paper. */
export interface InvoiceDraft {
  way: InvoiceWay
  number: string
}

export interface SettlementDraft {
  route: Refund['route']
  account: string
  holderName: string
  contactName: string
  contactPhone: string
  disconnectReason: DisconnectReason | undefined
  method: PaymentMethod
  authorizationCode: string
  tendered: string
  /** A part of what is due; empty for all of it. */
  amount: string
  /** By bill. */
  invoices: Record<string, InvoiceDraft>
}

/**
 * Half-typed values of one case. They outlive a look at another step or at the desk, so that Escape never costs work;
 * they are gone when the program ends, because secrets among them must not reach the disk.
 */
export interface CaseDrafts {
  document: DocumentDraft
  /** True while the clerk corrects a document that is already saved. */
  editingDocument: boolean
  /** The same for the document of who asks for the holder, and how they are related. */
  second: DocumentDraft
  relation: string
  editingSecond: boolean
  proof: ProofDraft
  reasons: Record<string, string>
  /** Findings the clerk folded or unfolded by hand. */
  unfolded: Record<string, boolean>
  waivers: Record<string, WaiverDraft>
  /** Only what was touched: the rest is what is saved, or the holder's own name. */
  settlement: Partial<SettlementDraft>
  strokes: Stroke[]
  approvalReason: string | undefined
  abandonReason: string
}

export const emptyDocument: DocumentDraft = {
  identificationType: 'RESIDENT_ID',
  identificationId: '',
  name: '',
  issuingAuthority: '',
  validFrom: '',
  validTo: '',
  noEnd: false,
  mrz: '',
  manualReason: '',
  manualNote: '',
}

export const emptyWaiver: WaiverDraft = { open: false, amount: '', reason: '' }

/** The drafts a case starts with when it is opened on this screen. */
export const emptyDrafts: CaseDrafts = {
  document: emptyDocument,
  editingDocument: false,
  second: emptyDocument,
  relation: '',
  editingSecond: false,
  proof: { factor: 'servicePassword', servicePassword: '', oneTimeCode: '', oftenCalled: ['', '', ''] },
  reasons: {},
  unfolded: {},
  waivers: {},
  settlement: {},
  strokes: [],
  approvalReason: undefined,
  abandonReason: '',
}
