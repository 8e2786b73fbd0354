import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { JobPayload } from '../../../src/shared/protocol/jobs.ts'
import { insertRows } from '../database/insert-rows.ts'
import type { AttachmentTable } from '../database/tables.ts'
import { decodePicture } from '../identity/pictures.ts'
import { paperName, type SealedContent } from '../papers/paper-keys.ts'
import { takeUpload } from '../papers/receive-upload.ts'
import type { ServiceContext } from '../service-context.ts'
import type { JobHandler } from './job-scene.ts'
import type { SetHandler } from './set-handler.ts'

type Payload = JobPayload<'attachment.store'>

const taken = () => fail('job.invalidReference', { field: 'attachmentId' })
const effect = (payload: Payload) => ({ attachmentId: payload.attachmentId })

function seal(context: ServiceContext, payload: Payload, content: Uint8Array): SealedContent {
  return context.papers.seal(content, paperName(payload.attachmentId))
}

function rowOf(payload: Payload, { keyId, sealed }: SealedContent, deviceId: string, now: number): AttachmentTable {
  return {
    attachment_id: payload.attachmentId,
    case_id: payload.caseId,
    kind: payload.kind,
    media_type: payload.mediaType,
    sha256: payload.sha256,
    content: sealed,
    key_id: keyId,
    device_id: deviceId,
    stored_at: now,
  }
}

function check(context: ServiceContext, payload: Payload): Result<SealedContent> {
  const { contentBase64 } = payload
  if (contentBase64 === undefined) return fail('job.malformed', { field: 'payload.contentBase64' })
  const content = decodePicture({ ...payload, contentBase64 }, 'contentBase64')
  return content.ok ? ok(seal(context, payload, content.value)) : content
}

/** `attachment.store`: keeps papers of cases. Errors: those of `decodePicture`, `job.invalidReference` (the id is taken). */
export const storeAttachments: SetHandler<'attachment.store', SealedContent> = {
  check,
  effect,
  taken,
  rows: ({ payload, prepared, device, now }) => ({ attachment: rowOf(payload, prepared, device.deviceId, now) }),
}

/**
 * The same for a paper that was uploaded in parts before: it was checked when its last part came. Error: `job.invalidReference` (no
 * complete upload of this device under this id and hash, or the id is taken).
 */
export const storeUploaded: JobHandler<'attachment.store'> = async ({ tx, context, device, now }, payload) => {
  const content = await takeUpload(tx, context, device.deviceId, payload)
  if (!content.ok) return content
  const row = rowOf(payload, seal(context, payload, content.value), device.deviceId, now)
  return (await insertRows(tx, 'attachment', [row])) === 1 ? ok(effect(payload)) : taken()
}
