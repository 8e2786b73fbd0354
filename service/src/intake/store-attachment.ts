import { fail } from '../../../src/shared/domain/result.ts'
import { decodePicture } from '../identity/pictures.ts'
import type { SetHandler } from './set-kinds.ts'

/** `attachment.store`: keeps papers of cases. Errors: those of `decodePicture`, `job.invalidReference` (the id is taken). */
export const storeAttachments: SetHandler<'attachment.store', Uint8Array> = {
  check: (_context, payload) => decodePicture(payload, 'contentBase64'),
  effect: (payload) => ({ attachmentId: payload.attachmentId }),
  taken: () => fail('job.invalidReference', { field: 'attachmentId' }),
  rows: ({ payload, prepared, device, now }) => ({
    attachment: {
      attachment_id: payload.attachmentId,
      case_id: payload.caseId,
      kind: payload.kind,
      media_type: payload.mediaType,
      sha256: payload.sha256,
      content: prepared,
      device_id: device.deviceId,
      stored_at: now,
    },
  }),
}
