import canonicalize from 'canonicalize'
import type { OrderSubmit } from '../../../src/shared/protocol/jobs.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { sha256Hex } from '../auth/secrets.ts'
import type { IdentityProofTable, PreCheckTable } from '../database/tables.ts'
import type { JobScene } from '../intake/job-scene.ts'

/**
 * Keeps the evidence of a number that its holder never opened, in the transaction that accepts the order and so before anything is
 * closed: the line as its home province described it, how the person was proved, and every paper by hash. The row is never changed; its
 * hash goes into the audit chain and to the home province.
 */
export async function keepEvidence(
  { tx, device, staff, now }: JobScene,
  order: OrderSubmit,
  proof: IdentityProofTable,
  preCheck: PreCheckTable,
): Promise<void> {
  const [{ msisdn }] = order.productOrderItem
  const manifest = canonicalize({
    orderId: order.orderId,
    msisdn,
    account: JSON.parse(preCheck.account),
    blockers: JSON.parse(preCheck.blockers),
    checkedAt: preCheck.checked_at,
    document: JSON.parse(proof.document),
    methods: JSON.parse(proof.methods),
    face: JSON.parse(proof.face),
    provedAt: proof.proved_at,
    papers: order.attachments.map(({ kind, sha256, attachmentId }) => ({ kind, sha256, attachmentId })),
  })!
  const sha256 = sha256Hex(manifest)
  await tx
    .insertInto('evidence')
    .values({ order_id: order.orderId, case_id: order.caseId, msisdn, sha256, manifest, kept_at: now })
    .execute()
  await appendAudit(tx, {
    storeId: device.storeId,
    at: now,
    actor: staff.staffId,
    deviceId: device.deviceId,
    action: 'evidence.kept',
    subject: order.orderId,
    details: { caseId: order.caseId, sha256, papers: order.attachments.length },
  })
}
