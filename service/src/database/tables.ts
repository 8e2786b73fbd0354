import type { Generated } from 'kysely'
import type { Change } from '../../../src/shared/protocol/changes.ts'
import type {
  DeviceTable,
  EnrolmentCodeTable,
  LockoutTable,
  OneTimeCodeTable,
  StaffSessionTable,
  StaffTable,
  StoreTable,
} from './tables/access.ts'
import type {
  ApprovalRequestTable,
  ApprovalTable,
  BlockerOverrideTable,
  EvidenceTable,
  IdentityProofTable,
  PreCheckTable,
} from './tables/cases.ts'
import type { AttachmentTable, JobGapTable, JobRefusalTable, JobTable, UploadTable } from './tables/jobs.ts'
import type {
  LedgerPostingTable,
  LedgerStatementTable,
  PaymentTable,
  RefundOutTable,
  RefundTable,
} from './tables/money.ts'
import type {
  OrderEventTable,
  OrderRepairTable,
  OrderRequestTable,
  ProductOrderTable,
  SmsInboundTable,
  SmsMessageTable,
  TroubleTicketTable,
} from './tables/orders.ts'
import type {
  AuditAnchorTable,
  AuditEntryTable,
  OutsideCallTable,
  RuleKeyReserveTable,
  RuleKeyTable,
  RulePackResignedTable,
  RulePackTable,
} from './tables/records.ts'
import type { NumberResourceTable, RenewalBatchTable } from './tables/renewal.ts'

/*
 * Rows as Kysely sees them, an area in each file beside. Instants are UTC milliseconds, money is fen; columns called document, account,
 * params … hold JSON as text, so that what is read back is byte for byte what was written on both engines.
 */

export type * from './tables/access.ts'
export type * from './tables/cases.ts'
export type * from './tables/jobs.ts'
export type * from './tables/money.ts'
export type * from './tables/orders.ts'
export type * from './tables/records.ts'
export type * from './tables/renewal.ts'

/** Every table of the service. */
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
  refund_out: RefundOutTable
  ledger_posting: LedgerPostingTable
  ledger_closing: { day: string; closed_at: number; sha256: string }
  ledger_fence: { only_row: boolean; day: string }
  ledger_statement: LedgerStatementTable
  order_event: OrderEventTable
  order_request: OrderRequestTable
  order_repair: OrderRepairTable
  sms_message: SmsMessageTable
  number_resource: NumberResourceTable
  renewal_batch: RenewalBatchTable
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
  purge_mark: { kind: string; at: number; id: string }
  schema_floor: { only_row: Generated<boolean>; oldest: string }
  service_identity: { only_row: boolean; service_id: string; seal_key: string | null; paper_key: string | null }
}
