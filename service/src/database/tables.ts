import type { Generated } from 'kysely'
import type { Asker } from '../../../src/shared/domain/asker.ts'
import type { Carrier, Province } from '../../../src/shared/domain/geography.ts'
import type { LedgerAccount, LedgerBook, PostingKind } from '../../../src/shared/domain/ledger.ts'
import type { OrderStage } from '../../../src/shared/domain/order.ts'
import type { ApprovalSubject } from '../../../src/shared/domain/risk-policy.ts'
import type { ApprovalRequestView, Change, OrderEvent, TicketView } from '../../../src/shared/protocol/changes.ts'
import type { StaffRole } from '../../../src/shared/protocol/device.ts'
import type { AttachmentKind, JobKind } from '../../../src/shared/protocol/jobs.ts'

/*
 * Rows as Kysely sees them. Instants are UTC milliseconds, money is fen; columns called document, account, params … hold
 * JSON as text, so that what is read back is byte for byte what was written on both engines.
 */

export interface StoreTable {
  store_id: string
  name: string
  province: Province
  may_accept: boolean
}
export interface DeviceTable {
  device_id: string
  name: string
  store_id: string
  thumbprint: string | null
  enrolled_at: number | null
  revoked_at: number | null
  highest_sequence: number
  /** Jobs of this device that were accepted; the counter holds as many receipts, or fewer while answers are lost. */
  accepted_jobs: number
}
export interface EnrolmentCodeTable {
  code_hash: string
  device_id: string
  used_at: number | null
  used_by: string | null
}
export interface StaffTable {
  staff_id: string
  name: string
  role: StaffRole
  store_id: string
  password_hash: string
  active: boolean
}
export interface StaffSessionTable {
  token_hash: string
  staff_id: string
  device_id: string
  thumbprint: string
  created_at: number
  expires_at: number
  revoked_at: number | null
}
export interface LockoutTable {
  subject: string
  failures: number
  locked_until: number | null
}
export interface OneTimeCodeTable {
  msisdn: string
  code_id: string
  case_id: string
  code_hash: string
  sent_at: number
  expires_at: number
  used_at: number | null
}
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
export interface TroubleTicketTable {
  ticket_id: string
  store_id: string
  order_id: string | null
  case_id: string | null
  kind: TicketView['kind']
  severity: TicketView['severity']
  params: string
  state: TicketView['state']
  opened_at: number
  closed_at: number | null
  closed_by: string | null
  closed_note: string | null
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
export interface JobTable {
  id: string
  device_id: string
  sequence: number
  lane: string
  kind: JobKind
  staff_id: string
  body_sha256: string
  receipt: string
  received_at: number
}
export interface JobRefusalTable {
  id: string
  device_id: string
  sequence: number
  kind: string
  code: string
  body_sha256: string
  refused_at: number
}
export interface JobGapTable {
  device_id: string
  sequence: number
  noticed_at: number
  filled_at: number | null
}
export interface UploadTable {
  upload_id: string
  device_id: string
  media_type: string
  sha256: string
  total_bytes: number
  received_bytes: number
  complete: boolean
  created_at: number
  touched_at: number
}
export interface AttachmentTable {
  attachment_id: string
  case_id: string
  kind: AttachmentKind
  media_type: string
  sha256: string
  /** Sealed with the key `key_id` names; without one from before papers were sealed. */
  content: Uint8Array
  key_id: string | null
  device_id: string
  stored_at: number
}
export interface ProductOrderTable {
  order_id: string
  case_id: string
  case_number: string
  msisdn: string
  carrier: Carrier
  home_province: Province
  store_id: string
  device_id: string
  staff_id: string
  stage: OrderStage
  submission: string
  /** Contact or refund corrected since; lies over the submission. */
  corrections: string | null
  deadline: string
  /** Goes up with every write: a step that began before it has been overtaken. */
  step_token: number
  next_step_at: number | null
  attempts: number
  retry_noted_stage: string | null
  /** Set before the first outside call: from here on the home province may know of the order. */
  home_contacted_at: number | null
  service_order_id: string | null
  /** Set before the first irrevocable call: the point of no return. */
  approved_at: number | null
  /** The account was read anew after the approval and costs no more than signed. */
  rechecked_at: number | null
  /** New figures that wait for the customer (`NewFigures`). */
  figures: string | null
  /** How often a final bill above the limit was asked for again. */
  bill_asked: number | null
  withdraw_requested_at: number | null
  withdraw_reason: string | null
  resupply_by: number | null
  returned_for: string | null
  refused_for: string | null
  effective_at: number | null
  aging_until: string | null
  refund_fen: number | null
  /** What the store still has to hand to the customer: reversed payments, and a refund in cash at the counter. */
  owed_here_fen: number
  urge_count: number
  created_at: number
  updated_at: number
  /** What the risk policy said at acceptance, with its version. */
  risk: string | null
  /** The holder's document as a keyed hash, so that their numbers can be counted without keeping the document here. */
  document_key: string | null
  waived_fen: number
  promised_refund_fen: number
  cooling_until: number | null
  warned_again_at: number | null
  stop_code: string | null
  wrong_stop_codes: number
  /** The true holder stopped it by SMS; decided like a withdrawal, and shown as what it is. */
  stop_requested_at: number | null
}
export interface PaymentTable {
  payment_id: string
  case_id: string
  msisdn: string
  carrier: Carrier
  home_province: Province
  method: string
  amount_fen: number
  authorization_code: string | null
  receipt_number: string
  allocations: string
  taken_at: number
  device_id: string
  staff_id: string
  order_id: string | null
  posted_at: number | null
  posted_reference: string | null
  reversed_at: number | null
  reversed_fen: number | null
  /** Handed back at the counter because its case was never submitted. */
  given_back_at: number | null
}
export interface RefundTable {
  refund_id: string
  case_id: string
  order_id: string | null
  payment_id: string | null
  method: 'cash' | 'card' | 'code'
  amount_fen: number
  authorization_code: string | null
  receipt_number: string
  reason: string
  paid_at: number
  device_id: string
  staff_id: string
}
export interface LedgerPostingTable {
  cause: string
  position: number
  handling_province: Province
  home_province: Province
  carrier: Carrier
  /** Shanghai day it counts for; the database moves it to the first open day. */
  day: string
  kind: PostingKind
  book: LedgerBook
  debit: LedgerAccount
  credit: LedgerAccount
  amount_fen: number
  case_id: string
  order_id: string | null
  payment_id: string | null
  refund_id: string | null
  reference: string | null
  occurred_at: number
  recorded_at: number
}
export interface LedgerStatementTable {
  handling_province: Province
  home_province: Province
  day: string
  summary: string
  opening: string
  closing: string
  body: string
  sha256: string
}
export interface OrderEventTable {
  event_id: string
  order_id: string
  position: number
  code: OrderEvent['code']
  at: number
  params: string
}
export interface OrderRequestTable {
  request_id: string
  order_id: string
  kind: 'urge' | 'resupply'
  payload: string
  requested_at: number
  handled_at: number | null
}
export interface SmsMessageTable {
  message_id: string
  order_id: string
  template: string
  recipient: string
  text: string
  created_at: number
  sent_at: number | null
  /** The gateway's own number of it, by which it reports. */
  gateway_id: string | null
  delivery: 'delivered' | 'undelivered' | null
  delivery_reason: string | null
  delivery_at: number | null
}
export interface SmsInboundTable {
  gateway_id: string
  sender: string
  text: string
  sent_at: number
  received_at: number
  outcome: string
  order_id: string | null
}
export interface OutsideCallTable {
  call_id: string
  order_id: string | null
  target: string
  operation: string
  idempotency_key: string
  started_at: number
  duration_ms: number
  outcome: 'ok' | 'refused' | 'unavailable' | 'unexpected'
  detail: string | null
}
export interface AuditEntryTable {
  chain: string
  sequence: number
  at: number
  actor: string
  device_id: string | null
  action: string
  subject: string
  details: string
  previous_hash: string
  hash: string
}

/** A key that signs rule packs; `d` is the private part, kept in the database so that every process signs alike. */
export interface RuleKeyTable {
  key_id: string
  x: string
  d: string
  endorsement: string | null
  created_at: number
  /** The next key's signature that this one is not to be believed any more. */
  revocation: string | null
}
/** The key that comes after the signing one, known to counters beforehand; without `d` it is kept outside the database. */
export interface RuleKeyReserveTable {
  key_id: string
  x: string
  d: string | null
  endorsement: string
  created_at: number
}
/** A pack signed again, because the key that had signed it was revoked. */
export interface RulePackResignedTable {
  digest: string
  jws: string
  signed_at: number
}
export interface RulePackTable {
  pack_id: string
  version: string
  valid_from: string
  digest: string
  jws: string
  published_at: number
  publication: number
  /** The counter that brought it back to a service which had forgotten it. */
  returned_by: string | null
}

export interface AuditAnchorTable {
  anchor: number
  at: number
  previous_root: string
  root: string
  heads: string
}

export interface Tables {
  store: StoreTable
  device: DeviceTable
  enrolment_code: EnrolmentCodeTable
  staff: StaffTable
  staff_session: StaffSessionTable
  dpop_proof: { proof_hash: string; expires_at: number }
  lockout: LockoutTable
  one_time_code: OneTimeCodeTable
  identity_proof: IdentityProofTable
  evidence: EvidenceTable
  pre_check: PreCheckTable
  blocker_override: BlockerOverrideTable
  approval: ApprovalTable
  approval_request: ApprovalRequestTable
  trouble_ticket: TroubleTicketTable
  job: JobTable
  job_refusal: JobRefusalTable
  job_gap: JobGapTable
  attachment: AttachmentTable
  upload: UploadTable
  upload_part: { upload_id: string; at_offset: number; key_id: string; content: Uint8Array }
  product_order: ProductOrderTable
  payment: PaymentTable
  refund: RefundTable
  ledger_posting: LedgerPostingTable
  ledger_closing: { day: string; closed_at: number; sha256: string }
  ledger_statement: LedgerStatementTable
  order_event: OrderEventTable
  order_request: OrderRequestTable
  sms_message: SmsMessageTable
  sms_inbound: SmsInboundTable
  outside_call: OutsideCallTable
  change_cursor: { store_id: string; last_sequence: number }
  change_feed: {
    store_id: string
    sequence: number
    at: number
    kind: Generated<Change['kind']>
    subject_id: string
    order_id: string | null
    body: string
  }
  rule_key: RuleKeyTable
  rule_key_reserve: RuleKeyReserveTable
  rule_pack: RulePackTable
  rule_pack_resigned: RulePackResignedTable
  rule_publication: { only_row: boolean; number: number; set_digest: string }
  audit_chain: { chain: string; last_sequence: number; last_hash: string }
  audit_entry: AuditEntryTable
  audit_anchor: AuditAnchorTable
  audit_anchored: { chain: string; sequence: number }
  service_identity: { only_row: boolean; service_id: string; seal_key: string | null; paper_key: string | null }
}
