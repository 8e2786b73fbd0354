import { fail, ok } from '../../../src/shared/domain/result.ts'
import { decodePicture } from '../identity/pictures.ts'
import type { JobHandler } from './job-kinds.ts'

/** `attachment.store`: keeps one paper of a case. Errors: those of `decodePicture`, `job.invalidReference` (the id is taken). */
export const storeAttachment: JobHandler<'attachment.store'> = async ({ tx, device, now }, payload) => {
  const content = decodePicture(payload, 'contentBase64')
  if (!content.ok) return content
  const stored = await tx
    .insertInto('attachment')
    .values({
      attachment_id: payload.attachmentId,
      case_id: payload.caseId,
      kind: payload.kind,
      media_type: payload.mediaType,
      sha256: payload.sha256,
      content: content.value,
      device_id: device.deviceId,
      stored_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('attachment_id')
    .executeTakeFirst()
  return stored ? ok({ attachmentId: payload.attachmentId }) : fail('job.invalidReference', { field: 'attachmentId' })
}
