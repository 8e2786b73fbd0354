import { type HomeAccount, homeAccountSchema } from '../../../../src/shared/domain/account.ts'
import { secondRole } from '../../../../src/shared/domain/asker.ts'
import { addDays, type ShanghaiDate, startOfDay } from '../../../../src/shared/domain/calendar.ts'
import type { IdentityDocument } from '../../../../src/shared/domain/identity-document.ts'
import { documentOfRole, holderOf } from '../../../../src/shared/domain/related-party.ts'
import { devicesScanned } from '../../../../src/shared/domain/task.ts'
import { attachmentViews } from '../../../../src/shared/protocol/attachment-views.ts'
import type { AttachmentKind, AttachmentRef } from '../../../../src/shared/protocol/jobs.ts'
import { liFromFen } from '../../connectors/wire/li.ts'
import type { ServiceOrderRequest, WireAttachment } from '../../connectors/wire/service-order.ts'
import type { ProductOrderTable } from '../../database/tables.ts'
import type { ServiceContext } from '../../service-context.ts'
import { submissionOf } from '../submission-of.ts'

const wireKinds: Record<AttachmentKind, WireAttachment['kind']> = attachmentViews
const ownKinds = new Map<string, AttachmentKind>(
  Object.entries(wireKinds).map(([own, wire]) => [wire, own as AttachmentKind]),
)

/** Papers by reference, as the home province names them. */
export function wireAttachments(attachments: readonly AttachmentRef[]): WireAttachment[] {
  return attachments.map(({ kind, sha256, mediaType }) => ({ kind: wireKinds[kind], sha256, mediaType }))
}

/** Names the papers in the home province's remarks as counters do. */
export function ownParams(params: Record<string, string | number>): Record<string, string | number> {
  const kind = ownKinds.get(String(params.kind))
  return kind ? { ...params, kind } : params
}

type Submission = ReturnType<typeof submissionOf>

/** Ids of the devices handed in: those that were scanned first, then as many more as the clerk counted. */
function devicesReturned(
  submission: Submission,
  account: HomeAccount,
  { agreementId, devicesReturned }: Submission['agreements'][number],
): string[] {
  const ids = (account.agreements.find((one) => one.id === agreementId)?.devices ?? []).map((device) => device.id)
  const scanned = devicesScanned(submission.tasks ?? [], ids)
  return [...scanned, ...ids.filter((id) => !scanned.includes(id))].slice(0, devicesReturned)
}

/** What the home province is to do to the bundle together with the cancellation. */
function remediesOf(submission: Submission): Pick<ServiceOrderRequest, 'remedies'> {
  const ordered = (submission.tasks ?? []).filter((task) => task.way === 'withOrder')
  return ordered.length > 0 ? { remedies: ordered.map(({ action, subject }) => ({ action, subject })) } : {}
}

/** A document as the home province takes it; how it came in is the counter's matter. */
function wireDocument({
  entry: _entry,
  manualReason: _reason,
  manualNote: _note,
  mrz: _mrz,
  ...document
}: IdentityDocument) {
  return document
}

/** The service order as the home province takes it. Built from what is stored only, so that a repetition is the same to the byte. */
export async function dispatchRequest(context: ServiceContext, order: ProductOrderTable): Promise<ServiceOrderRequest> {
  const submission = submissionOf(order)
  const store = await context.db
    .selectFrom('store')
    .selectAll()
    .where('store_id', '=', order.store_id)
    .executeTakeFirstOrThrow()
  const preCheck = await context.db
    .selectFrom('pre_check')
    .select('account')
    .where('pre_check_id', '=', submission.preCheckId)
    .executeTakeFirstOrThrow()
  const account = homeAccountSchema.parse(JSON.parse(preCheck.account))
  const evidence = await context.db
    .selectFrom('evidence')
    .select('sha256')
    .where('order_id', '=', order.order_id)
    .executeTakeFirst()
  const role = secondRole(submission.asker)
  const second = role && documentOfRole(submission.relatedParty, role)
  const { refund } = submission
  return {
    orderId: order.order_id,
    msisdn: submission.productOrderItem[0].msisdn,
    holder: wireDocument(holderOf(submission)),
    ...(submission.asker === 'holder'
      ? {}
      : { asker: { kind: submission.asker, ...(second ? { document: wireDocument(second) } : {}) } }),
    ...(evidence ? { evidenceSha256: evidence.sha256 } : {}),
    contact: submission.contact,
    agreements: submission.agreements.map((entry) => ({
      agreementId: entry.agreementId,
      penaltyLi: liFromFen(entry.quote.amountFen),
      waivedLi: liFromFen(entry.waivedFen),
      devicesReturned: devicesReturned(submission, account, entry),
    })),
    ...(refund
      ? { refund: { route: refund.route, account: refund.account ?? '', holderName: refund.holderName } }
      : {}),
    attachments: wireAttachments(submission.attachments),
    ...remediesOf(submission),
    // The last day ends when the next one begins.
    deadlineAt: startOfDay(addDays(order.deadline as ShanghaiDate, 1)) - 1,
    handlingProvince: store.province,
    store: store.name,
    clerk: order.staff_id,
    expectedDueLi: liFromFen(submission.settlement.payableFen),
    lateFees: submission.settlement.lines
      .filter((line) => line.kind === 'lateFee')
      .map((line) => ({ billId: line.ref ?? '', amountLi: liFromFen(line.amountFen) })),
  }
}
