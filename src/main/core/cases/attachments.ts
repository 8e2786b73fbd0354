import { type Instant, instant } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { AttachmentKind } from '../../../shared/protocol/jobs.ts'
import type { Ports } from '../ports.ts'
import type { Transaction } from '../storage/store.ts'

export type CaseAttachment = Case['attachments'][number]

/** Largest picture the service takes, in bytes after decoding. */
const largestPictureBytes = 2_000_000

const endsWith = (bytes: Uint8Array, end: readonly number[]) =>
  end.every((byte, index) => bytes[bytes.length - end.length + index] === byte)
const startsWith = (bytes: Uint8Array, start: readonly number[]) => start.every((byte, index) => bytes[index] === byte)

/** The picture format by its first and last bytes; undefined when it is neither, or was cut short. */
function pictureType(bytes: Uint8Array): 'image/png' | 'image/jpeg' | undefined {
  const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  const pngEnd = [0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]
  if (startsWith(bytes, png) && endsWith(bytes, pngEnd)) return 'image/png'
  if (startsWith(bytes, [0xff, 0xd8, 0xff]) && endsWith(bytes, [0xff, 0xd9])) return 'image/jpeg'
  return undefined
}

/** Checks a picture. Errors: `picture.tooLarge`, `picture.unreadable`. */
export function checkPicture(content: Uint8Array): Result<'image/png' | 'image/jpeg'> {
  if (content.length > largestPictureBytes) return fail('picture.tooLarge')
  const type = pictureType(content)
  return type ? ok(type) : fail('picture.unreadable')
}

/** Keeps a paper's content beside the case within the caller's transaction and answers the reference to it. */
export function storeAttachment(
  tx: Transaction,
  ports: Pick<Ports, 'ids' | 'sha256'>,
  paper: {
    caseId: string
    kind: AttachmentKind
    mediaType: CaseAttachment['mediaType']
    content: Uint8Array
    at: Instant
  },
): CaseAttachment {
  const { caseId, kind, mediaType, content, at } = paper
  const attachmentId = ports.ids.uuid()
  const sha256 = ports.sha256(content)
  tx.run(
    'INSERT INTO attachment (attachment_id, case_id, kind, media_type, sha256, content, taken_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [attachmentId, caseId, kind, mediaType, sha256, content, at],
  )
  return { attachmentId, kind, mediaType, sha256, takenAt: instant(at) }
}

/** Erases papers of a kind that were not handed in yet, and their references. */
export function dropAttachments(tx: Transaction, case_: Case, kind: AttachmentKind): Case {
  tx.run('DELETE FROM attachment WHERE case_id = ? AND kind = ? AND job_id IS NULL', [case_.caseId, kind])
  return { ...case_, attachments: case_.attachments.filter((attachment) => attachment.kind !== kind) }
}
