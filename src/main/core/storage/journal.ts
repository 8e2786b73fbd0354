import type { KeyObject } from 'node:crypto'
import { type FileSystem, fileErrorCode, type OpenFile, removeIfPresent } from './file-system.ts'
import {
  encodeFrame,
  encodeSegmentHeader,
  frameLength,
  type SegmentIdentity,
  segmentHeaderLength,
  segmentName,
} from './journal-format.ts'
import { isBlank } from './journal-scan.ts'

/** Where the journal goes on. */
export interface JournalEnd {
  /** Sequence of the last frame; 0 before the first. */
  sequence: number
  /** Its tag. */
  tag: Buffer
  /** Segment that is written; 0 when none exists yet. */
  segment: number
  /** Where in that segment the next frame goes. */
  offset: number
}

export interface JournalPlace {
  files: FileSystem
  folder: string
  storeId: Buffer
  /** Size new segments are preallocated to. */
  segmentBytes: number
  /** The key new segments are sealed with. */
  key(): { id: number; key: KeyObject }
}

/** The writing end of the journal. Nothing here is safe before `sync` or `syncSoon` came back. */
export interface Journal {
  /** Last sequence handed to `write`. */
  readonly sequence: number
  /** Last sequence known to be on disk. */
  readonly durable: number
  readonly tag: Buffer
  readonly segment: number
  /** Whether so many more bytes of frames have room in the current segment. */
  fits(bytes: number): boolean
  /** Makes room on the disk for the next segment (at least so many bytes of frames). Failing changes nothing. */
  prepareSegment(bytes?: number): void
  /** The same without blocking the thread until the room is on disk, so that the switch costs little when it comes. */
  prepareSegmentSoon(): Promise<void>
  /** Starts the prepared segment. Everything written must be on disk already. When it fails, the folder must be read again. */
  startSegment(): void
  /** Seals and writes one frame per content, in one write. */
  write(contents: readonly Uint8Array[]): void
  sync(): void
  syncSoon(): Promise<void>
  /** Whether the current segment is more than half full and the next one is not prepared yet. */
  wantsNextSegment(): boolean
  /** Whether the current segment holds no frame. */
  isSegmentEmpty(): boolean
  close(): void
}

const spareName = 'journal.spare'
const aheadName = `${spareName}.new`

/**
 * Continues the journal at `end`. `segmentKey` is the key its segment is sealed with; without one (no segment yet, or a
 * damaged one) nothing can be written before `startSegment`.
 */
export function continueJournal(
  place: JournalPlace,
  end: JournalEnd,
  segmentKey?: { id: number; key: KeyObject },
): Journal {
  const { files, folder } = place
  const path = (name: string) => `${folder}/${name}`
  let { sequence, tag, segment, offset } = end
  let durable = end.sequence
  let file: OpenFile | undefined
  let size = 0
  let seal = segmentKey ?? place.key()
  let spare: OpenFile | undefined
  /** What preparing ahead is doing: nothing, working, or refused once for this segment. */
  let ahead: 'idle' | 'working' | 'refused' = 'idle'
  let closed = false
  if (segmentKey) {
    file = files.open(path(segmentName(segment)), 'readWrite')
    size = file.size()
  }

  function identity(): SegmentIdentity {
    return { storeId: place.storeId, segment, dataKeyId: seal.id }
  }

  function prepareSegment(bytes = 0) {
    const wanted = Math.max(place.segmentBytes, segmentHeaderLength + bytes)
    if (spare && spare.size() >= wanted) return
    spare?.close()
    spare = undefined
    const next = findSpare(files, path(spareName), wanted) ?? writeBlank(files, path(spareName), wanted)
    try {
      next.sync()
    } catch (error) {
      next.close()
      removeQuietly(files, path(spareName))
      throw error
    }
    spare = next
  }

  /**
   * Under a name of its own until it is on disk: nobody may sync the same file meanwhile, because what one sync fails
   * to write, the next one calls written.
   */
  async function prepareSegmentSoon() {
    if (ahead !== 'idle' || spare) return
    ahead = 'refused'
    const next = writeBlank(files, path(aheadName), place.segmentBytes)
    ahead = 'working'
    try {
      await next.syncSoon()
      if (closed || spare) throw new Error('no longer wanted')
      files.rename(path(aheadName), path(spareName))
      spare = next
      ahead = 'idle'
    } catch (error) {
      ahead = 'refused'
      next.close()
      // Closed meanwhile: the name is gone already, and whoever opened the folder since may be using it.
      if (closed) return
      removeQuietly(files, path(aheadName))
      if (!spare) throw error
    }
  }

  function startSegment() {
    prepareSegment()
    const next = spare!
    const nextSeal = place.key()
    const header = { storeId: place.storeId, segment: segment + 1, dataKeyId: nextSeal.id, firstSequence: sequence + 1 }
    next.write(encodeSegmentHeader({ ...header, previousTag: tag }, nextSeal.key), 0)
    next.sync()
    files.rename(path(spareName), path(segmentName(segment + 1)))
    files.syncFolder(folder)
    file?.close()
    file = next
    spare = undefined
    if (ahead === 'refused') ahead = 'idle'
    size = next.size()
    segment += 1
    offset = segmentHeaderLength
    seal = nextSeal
  }

  return {
    get sequence() {
      return sequence
    },
    get durable() {
      return durable
    },
    get tag() {
      return tag
    },
    get segment() {
      return segment
    },
    fits: (bytes) => file !== undefined && offset + bytes <= size,
    prepareSegment,
    prepareSegmentSoon,
    startSegment,
    write(contents) {
      let length = 0
      for (const content of contents) length += frameLength(content.length)
      const bytes = Buffer.allocUnsafe(length)
      let at = 0
      for (const plain of contents) {
        sequence += 1
        tag = encodeFrame(bytes, at, { sequence, durable, previousTag: tag, plain }, identity(), seal.key)
        at += frameLength(plain.length)
      }
      file!.write(bytes, offset)
      offset += length
    },
    sync() {
      file!.sync()
      durable = sequence
    },
    async syncSoon() {
      const reached = sequence
      await file!.syncSoon()
      durable = reached
    },
    wantsNextSegment: () => spare === undefined && ahead !== 'working' && offset > size / 2,
    isSegmentEmpty: () => file !== undefined && offset === segmentHeaderLength,
    close() {
      if (ahead === 'working') removeQuietly(files, path(aheadName))
      file?.close()
      spare?.close()
      spare = undefined
      file = undefined
      closed = true
    },
  }
}

/**
 * The file an earlier run prepared, if it is long enough and still nothing but zeros: anything else behind the last
 * frame would be taken for damage.
 */
function findSpare(files: FileSystem, path: string, size: number): OpenFile | undefined {
  try {
    const found = files.open(path, 'readWrite')
    if (found.size() >= size && isBlank(found.read(0, found.size()), 0, found.size())) return found
    found.close()
  } catch (error) {
    if (fileErrorCode(error) !== 'ENOENT') throw error
  }
  removeIfPresent(files, path)
  return undefined
}

/** A new file with zeros all the way, because syncing a file that grows costs more. Not synced. */
function writeBlank(files: FileSystem, path: string, size: number): OpenFile {
  const file = files.open(path, 'create')
  try {
    const block = Buffer.alloc(Math.min(size, 1 << 20))
    for (let at = 0; at < size; at += block.length) file.write(block.subarray(0, Math.min(block.length, size - at)), at)
    return file
  } catch (error) {
    file.close()
    removeQuietly(files, path)
    throw error
  }
}

function removeQuietly(files: FileSystem, path: string): void {
  try {
    files.remove(path)
  } catch {
    // The first failure is the one to report; an unfinished spare is replaced the next time.
  }
}
