import type { KeyObject } from 'node:crypto'
import type { SqlJsStatic } from 'sql.js'
import { type Database, openDatabase } from './database.ts'
import { readWholeFile } from './file-system.ts'
import type { JournalEnd } from './journal.ts'
import {
  chainStart,
  decodeSegmentHeader,
  type Frame,
  type SegmentHeader,
  segmentHeaderLength,
  segmentName,
  segmentNumber,
} from './journal-format.ts'
import { type Finding, scanSegment } from './journal-scan.ts'
import { createRepeater } from './repeater.ts'
import type { SealedFolder } from './sealed-folder.ts'
import {
  type Incident,
  type ReadSnapshot,
  readSnapshot,
  type Snapshot,
  snapshotGeneration,
  snapshotName,
} from './snapshot.ts'

/** What reading a folder gave. Nothing was written yet; `repair` does that. */
export interface Replay {
  database: Database
  end: JournalEnd
  /** Key the last segment is sealed with; `undefined` when there is none to go on with. */
  segmentKey: { id: number; key: KeyObject } | undefined
  /** Snapshot it started from (0: none), the highest generation number in use, and the first segment replayed. */
  generation: number
  highestGeneration: number
  firstSegment: number
  framesReplayed: number
  /** A write that never finished, at the end of the last segment. */
  torn: { from: number; to: number } | undefined
  /** Frames at the end that may be readable without being on disk; they are written again before anything is answered. */
  unproven: { from: number; to: number } | undefined
  damage: Incident | undefined
  /** Found in the snapshot: files of an earlier incident that may still have to be set aside. */
  earlierIncident: Incident | undefined
}

/**
 * Reads the newest whole snapshot and the frames after it. Frames above `trustUpTo` are cut: after a failed sync they
 * were never answered and may sit in the system's memory only. Returns `undefined` when there is nothing to start
 * from: no whole snapshot, and the journal does not reach back to the first frame.
 */
export function replayFolder(
  place: SealedFolder,
  sqlite: SqlJsStatic,
  trustUpTo = Number.POSITIVE_INFINITY,
): Replay | undefined {
  const names = place.files.list(place.folder)
  const generations = numbersOf(names, snapshotGeneration).reverse()
  const segments = numbersOf(names, segmentNumber)
  const damagedFiles = new Set<string>()
  let base: ReadSnapshot | undefined
  for (const generation of generations) {
    base = readSnapshot(place.files, place.folder, generation, place.keyOf)
    if (base) break
    damagedFiles.add(snapshotName(generation))
  }
  if (!base && (generations.length > 0 || segments.length > 0) && segments[0] !== 1) return undefined

  const walk = walkJournal(place, openDatabase(sqlite, base?.database), base, segments, trustUpTo, damagedFiles)
  const damaged = damagedFiles.size > 0 || walk.lostFrames > 0
  return {
    ...walk,
    generation: base?.header.generation ?? 0,
    highestGeneration: generations[0] ?? 0,
    firstSegment: base?.header.firstSegment ?? 1,
    damage: damaged
      ? { files: [...damagedFiles], salvagedFrames: walk.framesReplayed, lostFrames: walk.lostFrames }
      : undefined,
    earlierIncident: base?.incident,
  }
}

function numbersOf(names: string[], parse: (name: string) => number | undefined): number[] {
  return names
    .map(parse)
    .filter((number) => number !== undefined)
    .sort((a, b) => a - b)
}

function walkJournal(
  place: SealedFolder,
  database: Database,
  base: Snapshot | undefined,
  allSegments: number[],
  trustUpTo: number,
  damagedFiles: Set<string>,
) {
  const firstSegment = base?.header.firstSegment ?? 1
  const segments = allSegments.filter((number) => number >= firstSegment)
  let sequence = base?.header.sequence ?? 0
  let tag = base?.header.tag ?? chainStart
  let framesReplayed = 0
  let lostFrames = 0
  let offset = segmentHeaderLength
  let segmentKey: { id: number; key: KeyObject } | undefined
  let torn: Replay['torn']
  let unproven: Replay['unproven']
  // A snapshot names a segment that existed before it: without it the newest transactions are gone, number unknown.
  if (base && segments[0] !== firstSegment) lostFrames += 1

  const repeater = createRepeater(database)

  function accept(frame: Frame) {
    lostFrames += frame.sequence - sequence - 1
    if (repeater.repeat(frame)) framesReplayed += 1
    else lostFrames += 1
    sequence = frame.sequence
    tag = frame.tag
  }

  for (const [index, number] of segments.entries()) {
    const isLast = index === segments.length - 1
    const name = segmentName(number)
    const bytes = readWholeFile(place.files, `${place.folder}/${name}`) ?? Buffer.alloc(0)
    const read = readSegment(place, bytes, number)
    const follows = read.header?.firstSequence === sequence + 1 && read.header.previousTag.equals(tag)
    if (!follows) damagedFiles.add(name)
    if (read.header && read.header.firstSequence > sequence + 1) {
      lostFrames += read.header.firstSequence - sequence - 1
      sequence = read.header.firstSequence - 1
      tag = read.header.previousTag
    }
    segmentKey = read.key
    offset = segmentHeaderLength
    const contentEnd = read.findings.length === 0 ? offset : endOf(read.findings.at(-1)!)
    const proven = Math.max(
      sequence,
      ...read.findings.map((found) => (found.kind === 'frame' ? found.frame.durable : 0)),
    )
    let unprovenFrom: number | undefined
    unproven = undefined
    for (const [at, found] of read.findings.entries()) {
      if (found.kind === 'frame') {
        const { frame } = found
        if (frame.sequence > trustUpTo) {
          torn = { from: frame.start, to: contentEnd }
          break
        }
        if (frame.sequence <= sequence || (frame.sequence === sequence + 1 && !frame.previousTag.equals(tag))) {
          damagedFiles.add(name)
        }
        if (frame.sequence <= sequence) continue
        if (frame.sequence > sequence + 1) damagedFiles.add(name)
        accept(frame)
        offset = frame.end
        if (frame.sequence > proven) {
          const from: number = unprovenFrom ?? frame.start
          unprovenFrom = from
          unproven = { from, to: frame.end }
        }
        continue
      }
      const answered = !isLast || read.findings.slice(at).some((later) => provesDurable(later, sequence + 1))
      if (sequence >= trustUpTo || (!answered && found.gap.unfinished)) {
        torn = { from: found.gap.from, to: contentEnd }
        break
      }
      damagedFiles.add(name)
      if (at === read.findings.length - 1) {
        lostFrames += 1
        // The number of what is gone at the end is not used again, so that it can never be taken for something else.
        sequence += 1
      }
    }
  }
  repeater.finish()
  const end: JournalEnd = { sequence, tag, segment: segments.at(-1) ?? firstSegment - 1, offset }
  return { database, end, segmentKey, framesReplayed, lostFrames, torn, unproven }
}

function provesDurable(found: Finding, sequence: number): boolean {
  return found.kind === 'frame' && found.frame.durable >= sequence
}

function endOf(found: Finding): number {
  return found.kind === 'frame' ? found.frame.end : found.gap.to
}

interface SegmentReading {
  header: SegmentHeader | undefined
  findings: Finding[]
  key: { id: number; key: KeyObject } | undefined
}

/** Reads a segment; when its first block is damaged, the frames are tried with every key the store has. */
export function readSegment(place: SealedFolder, bytes: Buffer, number: number): SegmentReading {
  const header = decodeSegmentHeader(bytes, place.keyOf)
  const fits = header?.segment === number && header.storeId.equals(place.keyring.storeId)
  const candidates = header && fits ? [header.dataKeyId] : [...place.keyring.dataKeys.keys()].reverse()
  let best: SegmentReading = { header: undefined, findings: [], key: undefined }
  for (const id of candidates) {
    const key = place.keyOf(id)!
    const findings = scanSegment(bytes, { storeId: place.keyring.storeId, segment: number, dataKeyId: id }, key)
    if (fits || best.key === undefined || findings.some((found) => found.kind === 'frame')) {
      best = { header: fits ? header : undefined, findings, key: { id, key } }
    }
  }
  return best
}
