import type { Asker } from '../../../../src/shared/domain/asker.ts'
import type { Carrier, Province } from '../../../../src/shared/domain/geography.ts'
import type { ApprovalSubject } from '../../../../src/shared/domain/risk-policy.ts'
import type { ApprovalRequestView } from '../../../../src/shared/protocol/changes.ts'

/* What is proved, found and approved before an order is handed in. */

export interface IdentityProofTable {
  proof_id: string
  case_id: string
  device_id: string
  staff_id: string
  msisdn: string
  carrier: Carrier
  home_province: Province
  document: string
  asker: Asker
  second_document: string | null
  holder_name: string
  methods: string
  face: string
  proved_at: number
  expires_at: number
  /** How the document came in; null for proofs before this was kept. */
  entry: string | null
}

/** What was known of a number its holder never opened, and every paper by hash, before the line was closed. */
export interface EvidenceTable {
  order_id: string
  case_id: string
  msisdn: string
  sha256: string
  /** Canonical JSON; its hash stands beside it and goes to the home province. */
  manifest: string
  kept_at: number
}

export interface PreCheckTable {
  pre_check_id: string
  case_id: string
  device_id: string
  proof_id: string
  msisdn: string
  account: string
  blockers: string
  checked_at: number
}

export interface ApprovalTable {
  approval_id: string
  case_id: string
  subject: ApprovalSubject
  agreement_id: string | null
  waived_fen: number | null
  reason: string
  approver_id: string
  clerk_id: string
  device_id: string
  approved_at: number
  /** The sum it is for, where it is for one; a waiver has its own column. */
  amount_fen: number | null
  /** The request of another counter it answers. */
  request_id: string | null
}

export interface ApprovalRequestTable {
  request_id: string
  case_id: string
  case_number: string
  pre_check_id: string | null
  store_id: string
  device_id: string
  clerk_id: string
  subject: ApprovalSubject
  agreement_id: string | null
  amount_fen: number | null
  reason: string
  facts: string
  state: ApprovalRequestView['state']
  requested_at: number
  expires_at: number
  decided_by: string | null
  decided_at: number | null
  decided_reason: string | null
  approval_id: string | null
}

/** A supervisor decided to go on in spite of one soft finding of one case. `finding` is the finding as one text. */
export interface BlockerOverrideTable {
  override_id: string
  case_id: string
  pre_check_id: string
  code: string
  finding: string
  reason: string
  level: 'clerk' | 'supervisor'
  approver_id: string
  clerk_id: string
  device_id: string
  decided_at: number
}
