import type { SqlJsStatic } from 'sql.js'
import { type Database, loadSqlite } from './database.ts'
import { defaultSegmentBytes, type EngineOptions } from './engine-options.ts'
import type { StoreOpenError, StoreOpenResult } from './errors.ts'
import { fileErrorCode } from './file-system.ts'
import { continueJournal, type Journal } from './journal.ts'
import { segmentNumber } from './journal-format.ts'
import { createKeyring, readKeyring, writeKeyring } from './keyring.ts'
import { applyMigrations, assertNumbered, schemaVersion } from './migrations.ts'
import { removeLeftovers, setAside, settleTail } from './repair.ts'
import { type Replay, replayFolder } from './replay.ts'
import type { OpeningFacts, OpeningReport, SetAsideFile } from './reports.ts'
import { currentKey, type SealedFolder, sealedFolder } from './sealed-folder.ts'
import { type Incident, type Snapshot, snapshotGeneration, writeSnapshot } from './snapshot.ts'

/** A folder that is open: the database in memory and the journal it is backed by. Replaced parts after a disk failure. */
export interface LiveStore {
  place: SealedFolder
  /** Wrapping key; changes with a rotation. */
  key: Uint8Array
  sqlite: SqlJsStatic
  database: Database
  journal: Journal
  /** Newest snapshot: its generation (0: none yet) and the first segment after it. */
  generation: number
  firstSegment: number
  /** Journal since that snapshot. */
  framesSince: number
  bytesSince: number
  segmentBytes: number
}

/** Opens the folder: keys, replay, repair, migrations. Expected failures are values. */
export async function openLiveStore(
  options: EngineOptions,
): Promise<StoreOpenResult<{ live: LiveStore; report: OpeningReport }>> {
  assertNumbered(options.migrations)
  try {
    return await openFolder(options)
  } catch (error) {
    const code = fileErrorCode(error)
    if (code === 'ENOSPC' || code === 'EDQUOT') return refuse('store.diskFull')
    if (/^E[A-Z0-9]+$/.test(code)) return refuse('store.unreadable', { reason: code })
    throw error
  }
}

function refuse(code: StoreOpenError['code'], params?: StoreOpenError['params']): { ok: false; error: StoreOpenError } {
  return { ok: false, error: params ? { code, params } : { code } }
}

async function openFolder(
  options: EngineOptions,
): Promise<StoreOpenResult<{ live: LiveStore; report: OpeningReport }>> {
  const { files, folder, key } = options
  files.makeFolder(folder)
  const names = files.list(folder)
  const hasContent = names.some((name) => segmentNumber(name) !== undefined || snapshotGeneration(name) !== undefined)
  const reading = readKeyring(files, folder, key)
  if (reading.state === 'wrongKey') return refuse('store.wrongKey')
  if (reading.state === 'unreadable') return refuse('store.unreadable', { reason: 'keys damaged' })
  if (reading.state === 'absent' && hasContent) return refuse('store.unreadable', { reason: 'keys missing' })
  const keyring = reading.state === 'open' ? reading.keyring : createKeyring()
  if (reading.state === 'absent' || !reading.bothCopiesGood) writeKeyring(files, folder, keyring, key)
  const place = sealedFolder(files, folder, keyring)
  removeLeftovers(place)

  const sqlite = await loadSqlite()
  const replay = replayFolder(place, sqlite)
  if (!replay) return refuse('store.unreadable', { reason: 'no whole snapshot' })
  const found = schemaVersion(replay.database)
  if (found > options.migrations.length) {
    replay.database.close()
    return refuse('store.newerSchema', { found, known: options.migrations.length })
  }
  const live = liveFrom(options, place, sqlite, replay)
  const moved = await settle(live, replay)
  const before = live.journal.sequence
  const version = applyMigrations(live.database, live.journal, options.migrations)
  live.framesSince += live.journal.sequence - before
  const facts = { generation: live.generation, framesReplayed: replay.framesReplayed, schemaVersion: version }
  return { ok: true, value: { live, report: describe(replay, moved, hasContent, facts) } }
}

function liveFrom(options: EngineOptions, place: SealedFolder, sqlite: SqlJsStatic, replay: Replay): LiveStore {
  const live: LiveStore = {
    place,
    key: options.key,
    sqlite,
    segmentBytes: options.segmentBytes ?? defaultSegmentBytes,
    database: replay.database,
    journal: undefined as never,
    generation: replay.generation,
    firstSegment: replay.firstSegment,
    framesSince: replay.framesReplayed,
    bytesSince: 0,
  }
  live.journal = journalOf(live, replay)
  return live
}

function journalOf(live: LiveStore, replay: Replay): Journal {
  return continueJournal(
    {
      files: live.place.files,
      folder: live.place.folder,
      storeId: live.place.keyring.storeId,
      segmentBytes: live.segmentBytes,
      key: () => currentKey(live.place),
    },
    replay.end,
    replay.damage ? undefined : replay.segmentKey,
  )
}

/** Makes the folder whole: a settled tail, or after damage a fresh snapshot and the damaged files set aside. */
async function settle(live: LiveStore, replay: Replay): Promise<SetAsideFile[]> {
  if (!replay.damage) {
    settleTail(live.place, replay)
    if (!replay.segmentKey) live.journal.startSegment()
    return replay.earlierIncident ? setAside(live.place, replay.earlierIncident.files) : []
  }
  live.journal.startSegment()
  const snapshot = takeSnapshot(live, replay.highestGeneration + 1, replay.damage)
  await writeSnapshot(live.place.files, live.place.folder, snapshot, currentKey(live.place).key, async () => {})
  live.generation = snapshot.header.generation
  live.firstSegment = snapshot.header.firstSegment
  live.framesSince = 0
  return setAside(live.place, replay.damage.files)
}

/** The database as it is now, ready to be written as `generation`. The current segment must be empty. */
export function takeSnapshot(live: LiveStore, generation: number, incident?: Incident): Snapshot {
  const database = live.database.export()
  const { sequence, tag, segment } = live.journal
  const header = {
    storeId: live.place.keyring.storeId,
    generation,
    dataKeyId: live.place.keyring.current,
    sequence,
    tag,
    firstSegment: segment,
    length: database.length,
  }
  return { header, incident, database }
}

function describe(replay: Replay, moved: SetAsideFile[], existed: boolean, facts: OpeningFacts): OpeningReport {
  const incident = replay.damage ?? (moved.length > 0 ? replay.earlierIncident : undefined)
  if (incident) {
    const { salvagedFrames, lostFrames } = incident
    return { ...facts, state: 'damaged', setAside: moved, salvagedFrames, lostFrames }
  }
  if (!existed) return { ...facts, state: 'created' }
  if (replay.torn) return { ...facts, state: 'tornTailCut', cutBytes: replay.torn.to - replay.torn.from }
  return { ...facts, state: 'clean' }
}

/**
 * Goes back to what is on disk after a write or a sync failed, so that memory never runs ahead of it. Frames above the
 * last synced one were never answered and are cut. Throws when the folder cannot be read; may be tried again.
 */
export function returnToDisk(live: LiveStore): void {
  const durable = live.journal.durable
  try {
    live.journal.close()
    live.database.close()
  } catch {
    // Already closed by an earlier attempt, or closing reports the failure that is being dealt with.
  }
  const replay = replayFolder(live.place, live.sqlite, durable)
  if (!replay || replay.damage || !replay.segmentKey) {
    replay?.database.close()
    throw new Error('the folder cannot be read back')
  }
  settleTail(live.place, replay)
  live.database = replay.database
  live.generation = replay.generation
  live.firstSegment = replay.firstSegment
  live.framesSince = replay.framesReplayed
  live.journal = journalOf(live, replay)
}
