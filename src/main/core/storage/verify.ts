import type { Database } from './database.ts'
import { readWholeFile } from './file-system.ts'
import { segmentName, segmentNumber } from './journal-format.ts'
import type { LiveStore } from './live-store.ts'
import { readSegment } from './replay.ts'
import type { VerifyReport } from './reports.ts'
import type { SealedFolder } from './sealed-folder.ts'
import { readSnapshot, snapshotGeneration } from './snapshot.ts'

/** Reads every file of an open, quiet store again and lets SQLite check the database. Changes nothing. */
export function verifyStore(live: Pick<LiveStore, 'place' | 'database' | 'generation'>): VerifyReport {
  const folder = verifyFiles(live.place)
  const problems = [...folder.problems, ...verifyDatabase(live.database)]
  return {
    ok: problems.length === 0,
    generation: live.generation,
    files: folder.files,
    frames: folder.frames,
    problems,
  }
}

function verifyDatabase(database: Database): string[] {
  const integrity = database.all('PRAGMA integrity_check', []).map((row) => String(Object.values(row)[0]))
  const orphans = database.all('PRAGMA foreign_key_check', []).length
  return [
    ...integrity.filter((line) => line !== 'ok').map((line) => `database: ${line}`),
    ...(orphans > 0 ? [`database: ${orphans} rows point to rows that do not exist`] : []),
  ]
}

/** Authenticates all snapshots and segments in the folder and follows the chain through them. */
function verifyFiles(place: SealedFolder): Omit<VerifyReport, 'ok' | 'generation'> {
  const names = place.files.list(place.folder)
  const problems: string[] = []
  let files = 0
  let frames = 0
  let firstSegment: number | undefined
  for (const name of names) {
    const generation = snapshotGeneration(name)
    if (generation === undefined) continue
    files += 1
    const snapshot = readSnapshot(place.files, place.folder, generation, place.keyOf)
    if (snapshot) firstSegment ??= snapshot.header.firstSegment
    else problems.push(`${name}: cannot be authenticated`)
  }
  let chain: { sequence: number; tag: Buffer } | undefined
  for (const number of names.map(segmentNumber)) {
    // Segments before the oldest snapshot wait to be removed, and a crash may have removed some of them.
    if (number === undefined || number < (firstSegment ?? 1)) continue
    const name = segmentName(number)
    files += 1
    const { header, findings } = readSegment(place, readWholeFile(place.files, `${place.folder}/${name}`)!, number)
    if (!header) problems.push(`${name}: first block cannot be authenticated`)
    else if (chain && (header.firstSequence !== chain.sequence + 1 || !header.previousTag.equals(chain.tag))) {
      problems.push(`${name}: does not follow the segment before it`)
    }
    if (header) chain = { sequence: header.firstSequence - 1, tag: header.previousTag }
    for (const found of findings) {
      if (found.kind === 'gap') {
        problems.push(`${name}: bytes ${found.gap.from} to ${found.gap.to} are not a frame`)
        continue
      }
      const { sequence, previousTag, tag } = found.frame
      if (chain && (sequence !== chain.sequence + 1 || !previousTag.equals(chain.tag))) {
        problems.push(`${name}: frame ${sequence} does not follow the frame before it`)
      }
      chain = { sequence, tag }
      frames += 1
    }
  }
  return { files, frames, problems }
}
