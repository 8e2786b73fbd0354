import { fileTypeFromBuffer } from 'file-type'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { UploadRequest, UploadState } from '../../../src/shared/protocol/uploads.ts'
import { sha256Hex } from '../auth/secrets.ts'
import type { Database, Tx } from '../database/handle.ts'
import type { UploadTable } from '../database/tables.ts'
import { looksLike } from '../identity/pictures.ts'
import type { ServiceContext } from '../service-context.ts'

/** Uploads one device may have open at the same time. */
const mostOpen = 32
/** An upload nobody has gone on with for this long is forgotten; the counter begins it anew. */
export const uploadLifeMs = 24 * 3_600_000

function stateOf(row: UploadTable): UploadState {
  return {
    attachmentId: row.upload_id,
    offset: row.received_bytes,
    bytes: row.total_bytes,
    complete: row.complete,
  }
}

const partName = (uploadId: string, offset: number) => `upload ${uploadId} ${offset}`

function holdUpload(tx: Tx, uploadId: string, deviceId: string): Promise<UploadTable | undefined> {
  return tx
    .selectFrom('upload')
    .selectAll()
    .where('upload_id', '=', uploadId)
    .where('device_id', '=', deviceId)
    .forUpdate()
    .executeTakeFirst()
}

/**
 * Begins an upload or finds the one that was begun. Errors: `job.invalidReference` (the id is another paper's or another device's),
 * `upload.tooMany`.
 */
export async function beginUpload(
  context: ServiceContext,
  deviceId: string,
  request: UploadRequest,
): Promise<Result<UploadState>> {
  const now = context.clock.now()
  const { attachmentId, mediaType, sha256, bytes } = request
  return context.db.transaction().execute(async (tx): Promise<Result<UploadState>> => {
    const { open } = await tx
      .selectFrom('upload')
      .select((eb) => eb.fn.countAll<number>().as('open'))
      .where('device_id', '=', deviceId)
      .where('upload_id', '<>', attachmentId)
      .executeTakeFirstOrThrow()
    if (Number(open) >= mostOpen) return fail('upload.tooMany')
    await tx
      .insertInto('upload')
      .values({
        upload_id: attachmentId,
        device_id: deviceId,
        media_type: mediaType,
        sha256,
        total_bytes: bytes,
        received_bytes: 0,
        complete: false,
        created_at: now,
        touched_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const upload = await holdUpload(tx, attachmentId, deviceId)
    const same =
      upload?.media_type === mediaType && upload.sha256 === sha256 && upload.total_bytes === bytes ? upload : undefined
    return same ? ok(stateOf(same)) : fail('job.invalidReference', { field: 'attachmentId' })
  })
}

/** How far an upload is. Error: `upload.notFound`. */
export async function findUpload(db: Database, deviceId: string, uploadId: string): Promise<Result<UploadState>> {
  const upload = await db
    .selectFrom('upload')
    .selectAll()
    .where('upload_id', '=', uploadId)
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  return upload ? ok(stateOf(upload)) : fail('upload.notFound')
}

/** The whole content of an upload, its parts opened in order. */
async function contentOf(tx: Tx, context: ServiceContext, uploadId: string): Promise<Uint8Array> {
  const parts = await tx
    .selectFrom('upload_part')
    .selectAll()
    .where('upload_id', '=', uploadId)
    .orderBy('at_offset')
    .execute()
  return Buffer.concat(
    parts.map((part) =>
      context.papers.open({ keyId: part.key_id, sealed: part.content }, partName(uploadId, part.at_offset)),
    ),
  )
}

/** Whether content is what was announced: the hash, and the type by its first bytes. */
async function checkContent(upload: UploadTable, content: Uint8Array): Promise<Result<undefined>> {
  if (content.byteLength !== upload.total_bytes || sha256Hex(content) !== upload.sha256)
    return fail('picture.hashMismatch', { field: 'sha256' })
  const recognised = (await fileTypeFromBuffer(content))?.mime
  const fits =
    upload.media_type === 'text/html'
      ? recognised === undefined && looksLike(content, 'text/html')
      : recognised === upload.media_type
  return fits ? ok(undefined) : fail('picture.unreadable', { field: 'mediaType' })
}

/**
 * Takes in the next part. Everything up to the answered offset is on disk, sealed, and any process can go on from there. A part that
 * does not begin where the last one ended changes nothing. With the last part the whole is checked; what is not as announced is
 * removed. Errors: `upload.notFound`, `upload.offsetDiffers` with `offset`, `request.tooLarge`, `picture.hashMismatch`,
 * `picture.unreadable`.
 */
export async function receivePart(
  context: ServiceContext,
  deviceId: string,
  part: { uploadId: string; offset: number; content: Uint8Array },
): Promise<Result<UploadState>> {
  const { uploadId, offset, content } = part
  return context.db.transaction().execute(async (tx): Promise<Result<UploadState>> => {
    const upload = await holdUpload(tx, uploadId, deviceId)
    if (!upload) return fail('upload.notFound')
    if (offset !== upload.received_bytes)
      return fail('upload.offsetDiffers', { field: 'offset', params: { offset: upload.received_bytes } })
    const received = offset + content.byteLength
    if (content.byteLength === 0 || received > upload.total_bytes) return fail('request.tooLarge')
    const { keyId, sealed } = context.papers.seal(content, partName(uploadId, offset))
    await tx
      .insertInto('upload_part')
      .values({ upload_id: uploadId, at_offset: offset, key_id: keyId, content: sealed })
      .execute()
    const complete = received === upload.total_bytes
    if (complete) {
      const checked = await checkContent(upload, await contentOf(tx, context, uploadId))
      if (!checked.ok) {
        await tx.deleteFrom('upload').where('upload_id', '=', uploadId).execute()
        return checked
      }
    }
    const now = context.clock.now()
    await tx
      .updateTable('upload')
      .set({ received_bytes: received, complete, touched_at: now })
      .where('upload_id', '=', uploadId)
      .execute()
    return ok(stateOf({ ...upload, received_bytes: received, complete }))
  })
}

/**
 * Takes a complete upload out, for the paper it becomes: its content and nothing left behind. Error: `job.invalidReference` when there
 * is none of this device with this hash and type.
 */
export async function takeUpload(
  tx: Tx,
  context: ServiceContext,
  deviceId: string,
  paper: { attachmentId: string; sha256: string; mediaType: string },
): Promise<Result<Uint8Array>> {
  const upload = await holdUpload(tx, paper.attachmentId, deviceId)
  if (!upload?.complete || upload.sha256 !== paper.sha256 || upload.media_type !== paper.mediaType)
    return fail('job.invalidReference', { field: 'payload.sha256' })
  const content = await contentOf(tx, context, paper.attachmentId)
  await tx.deleteFrom('upload').where('upload_id', '=', paper.attachmentId).execute()
  return ok(content)
}

/** Forgets uploads nobody goes on with; returns how many. */
export async function forgetUploads(db: Database, now: number): Promise<number> {
  const gone = await db
    .deleteFrom('upload')
    .where('touched_at', '<', now - uploadLifeMs)
    .executeTakeFirst()
  return Number(gone.numDeletedRows)
}
