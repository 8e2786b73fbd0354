import type { KeyObject } from 'node:crypto'
import { DatabaseImage } from './database-image.ts'
import { type FileSystem, fileErrorCode, type OpenFile, removeIfPresent } from './file-system.ts'
import { readSequence, writeSequence } from './journal-format.ts'
import { isSealedHeader, sealHeader } from './sealed-header.ts'
import { freshNonce, nonceLength, type Sealed, seal, tagLength, unseal, unsealInto } from './sealing.ts'

/** What a snapshot says about itself; FORMAT.md describes the file in words. */
export interface SnapshotHeader {
  storeId: Buffer
  generation: number
  dataKeyId: number
  /** Last frame it contains, and that frame's tag, so that the chain goes on from here. */
  sequence: number
  tag: Buffer
  /** First segment to replay on top of it. */
  firstSegment: number
  /** Bytes of the database. */
  length: number
}

/** Kept inside a snapshot that was written because damage had been found, until the files are set aside. */
export interface Incident {
  files: string[]
  salvagedFrames: number
  lostFrames: number
}

export interface Snapshot {
  header: SnapshotHeader
  incident: Incident | undefined
  database: Uint8Array
}

/** A snapshot that was read back whole. */
export type ReadSnapshot = Snapshot & { database: DatabaseImage }

const magic = Buffer.from('CFSTSNAP')
const version = 1
const headerLength = 4096
const headerTagAt = 96
const chunkLength = 1 << 20
const chunkOverhead = nonceLength + tagLength + 4
/** Chunks between two syncs: spreads the load so that a commit never waits behind the whole snapshot. */
const chunksPerSync = 4

/** Name of the snapshot of `generation` in the data folder. */
export function snapshotName(generation: number): string {
  return `snapshot-${String(generation).padStart(8, '0')}.cfs`
}

/** Generation of a file name, or `undefined` for other files. */
export function snapshotGeneration(name: string): number | undefined {
  const match = /^snapshot-(\d{8,})\.cfs$/.exec(name)
  return match ? Number(match[1]) : undefined
}

/**
 * Writes a snapshot beside the old ones: temporary file, sync, rename, folder sync. `pause` is awaited between chunks,
 * so that transactions are answered meanwhile. Throws what the disk throws; the temporary file is then removed.
 */
export async function writeSnapshot(
  files: FileSystem,
  folder: string,
  snapshot: Snapshot,
  key: KeyObject,
  pause: () => Promise<void>,
): Promise<void> {
  const { header, database } = snapshot
  const name = snapshotName(header.generation)
  const temporary = `${folder}/${name}.new`
  removeIfPresent(files, temporary)
  const file = files.open(temporary, 'create')
  try {
    const head = encodeHeader(header, key)
    file.write(head, 0)
    const about = Buffer.from(JSON.stringify({ incident: snapshot.incident }))
    let at = headerLength + writeChunk(file, headerLength, 0, about, head, key)
    for (let from = 0, index = 1; from < database.length; from += chunkLength, index += 1) {
      await pause()
      at += writeChunk(file, at, index, database.subarray(from, from + chunkLength), head, key)
      if (index % chunksPerSync === 0) await file.syncSoon()
    }
    await file.syncSoon()
    file.close()
    files.rename(temporary, `${folder}/${name}`)
    files.syncFolder(folder)
  } catch (error) {
    discard(files, file, temporary)
    throw error
  }
}

function discard(files: FileSystem, file: OpenFile, path: string): void {
  try {
    file.close()
  } catch {
    // Already closed: the rename failed.
  }
  try {
    removeIfPresent(files, path)
  } catch {
    // Opening removes leftovers.
  }
}

function writeChunk(
  file: OpenFile,
  at: number,
  index: number,
  plain: Uint8Array,
  head: Buffer,
  key: KeyObject,
): number {
  const sealed = seal(key, freshNonce(), chunkAssociated(head, index), plain)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(plain.length)
  file.write(Buffer.concat([sealed.nonce, sealed.tag, length, sealed.ciphertext]), at)
  return chunkOverhead + plain.length
}

/** Reads and authenticates a whole snapshot; `undefined` when any byte that matters is not as written. */
export function readSnapshot(
  files: FileSystem,
  folder: string,
  generation: number,
  keyOf: (dataKeyId: number) => KeyObject | undefined,
): ReadSnapshot | undefined {
  let file: OpenFile
  try {
    file = files.open(`${folder}/${snapshotName(generation)}`, 'read')
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const head = file.read(0, headerLength)
    const header = decodeHeader(head, keyOf)
    if (header?.generation !== generation) return undefined
    return readContent(file, head, header, keyOf(header.dataKeyId)!)
  } finally {
    file.close()
  }
}

function readContent(file: OpenFile, head: Buffer, header: SnapshotHeader, key: KeyObject): ReadSnapshot | undefined {
  const scratch = Buffer.allocUnsafeSlow(chunkOverhead + Math.min(chunkLength, Math.max(header.length, 4096)))
  const sealedAbout = readChunk(file, headerLength, scratch)
  const about = sealedAbout && unseal(key, sealedAbout, chunkAssociated(head, 0))
  if (!about) return undefined
  const database = new DatabaseImage(header.length)
  let at = headerLength + chunkOverhead + about.length
  for (let to = 0, index = 1; to < header.length; index += 1) {
    const chunk = readChunk(file, at, scratch)
    const length = Math.min(chunkLength, header.length - to)
    if (chunk?.ciphertext.length !== length) return undefined
    if (!unsealInto(database.subarray(to, to + length), key, chunk, chunkAssociated(head, index))) return undefined
    to += length
    at += chunkOverhead + length
  }
  const { incident } = JSON.parse(about.toString()) as { incident?: Incident }
  return { header, incident, database }
}

/** The chunk at a place in the file, still sealed; it may lie in `scratch`, until the next one is read. */
function readChunk(file: OpenFile, at: number, scratch: Buffer): Sealed | undefined {
  const bytes = file.read(at, scratch.length, scratch)
  if (bytes.length < chunkOverhead) return undefined
  const length = bytes.readUInt32LE(nonceLength + tagLength)
  if (chunkOverhead + length > bytes.length) return undefined
  return {
    nonce: bytes.subarray(0, nonceLength),
    tag: bytes.subarray(nonceLength, nonceLength + tagLength),
    ciphertext: bytes.subarray(chunkOverhead, chunkOverhead + length),
  }
}

function chunkAssociated(head: Buffer, index: number): Buffer {
  const bytes = Buffer.alloc(headerTagAt + 4)
  head.copy(bytes, 0, 0, headerTagAt)
  bytes.writeUInt32LE(index, headerTagAt)
  return bytes
}

function encodeHeader(header: SnapshotHeader, key: KeyObject): Buffer {
  const bytes = Buffer.alloc(headerLength)
  magic.copy(bytes, 0)
  bytes.writeUInt8(version, 8)
  header.storeId.copy(bytes, 16)
  bytes.writeUInt32LE(header.generation, 32)
  bytes.writeUInt32LE(header.dataKeyId, 36)
  writeSequence(bytes, header.sequence, 40)
  header.tag.copy(bytes, 48)
  bytes.writeUInt32LE(header.firstSegment, 64)
  bytes.writeUInt32LE(chunkLength, 68)
  writeSequence(bytes, header.length, 72)
  sealHeader(bytes, headerTagAt, key)
  return bytes
}

function decodeHeader(bytes: Buffer, keyOf: (id: number) => KeyObject | undefined): SnapshotHeader | undefined {
  if (bytes.length < headerLength || !bytes.subarray(0, 8).equals(magic) || bytes.readUInt8(8) !== version) {
    return undefined
  }
  const dataKeyId = bytes.readUInt32LE(36)
  const key = keyOf(dataKeyId)
  if (!key || !isSealedHeader(bytes, headerTagAt, key)) return undefined
  return {
    storeId: Buffer.from(bytes.subarray(16, 32)),
    generation: bytes.readUInt32LE(32),
    dataKeyId,
    sequence: readSequence(bytes, 40),
    tag: Buffer.from(bytes.subarray(48, 64)),
    firstSegment: bytes.readUInt32LE(64),
    length: readSequence(bytes, 72),
  }
}
