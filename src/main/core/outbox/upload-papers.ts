import type { AttachmentRef } from '../../../shared/protocol/jobs.ts'
import { largestPartBytes, type UploadState } from '../../../shared/protocol/uploads.ts'
import type { ServiceClient, ServiceOutcome } from '../service-client/service-client.ts'
import type { Store } from '../storage/store.ts'

/**
 * Papers larger than this travel in parts before their job and not within it: on a bad line a request of megabytes never arrives
 * whole. What a job holds must be the same every time it is sent, so this depends on the paper alone.
 */
export const uploadAboveBytes = 512 * 1024

/** Half of what the service takes at once, so that a slow line has something to show for each minute. */
const partBytes = largestPartBytes / 2
const partTimeoutMs = 60_000
/** How often one paper may turn out to be elsewhere than thought before it is left for the next round. */
const mostStarts = 5

/** A paper that has to be at the service before the job that names it. */
export type PaperToUpload = Pick<AttachmentRef, 'attachmentId' | 'mediaType' | 'sha256'> & { bytes: number }

export type UploadOutcome = ServiceOutcome<UploadState>

/** The service has another part than the counter thought, or forgot the upload: it says how things stand when it is asked again. */
function isElsewhere(outcome: UploadOutcome): boolean {
  return (
    outcome.kind === 'refused' &&
    (outcome.error.code === 'upload.offsetDiffers' || outcome.error.code === 'upload.notFound')
  )
}

/**
 * Brings a paper to the service, from where an earlier attempt of this or an earlier run of the counter ended: the service knows how
 * far it came. Returns the last answer; anything but a complete upload is for the pump to deal with like any other outcome.
 */
export async function uploadPaper(
  parts: { store: Pick<Store, 'get'>; service: Pick<ServiceClient, 'exchange'>; signal: AbortSignal },
  paper: PaperToUpload,
): Promise<UploadOutcome> {
  const { store, service, signal } = parts
  const { attachmentId, mediaType, sha256, bytes } = paper
  let last: UploadOutcome = { kind: 'aborted' }
  for (let starts = 0; starts < mostStarts; starts += 1) {
    last = await service.exchange('beginUpload', { body: { attachmentId, mediaType, sha256, bytes }, signal })
    while (last.kind === 'answered' && !last.value.complete) {
      const { offset } = last.value
      const row = await store.get<{ part: Uint8Array | null }>(
        'SELECT substr(content, ?, ?) AS part FROM attachment WHERE attachment_id = ?',
        [offset + 1, partBytes, attachmentId],
      )
      if (!row?.part) return { kind: 'aborted' }
      last = await service.exchange('uploadPart', {
        params: { attachmentId },
        query: { offset },
        bytes: Uint8Array.from(row.part),
        timeoutMs: partTimeoutMs,
        signal,
      })
    }
    if (!isElsewhere(last)) return last
  }
  return { kind: 'broken', status: 409 }
}
