import { type Database, loadSqlite } from '../../src/main/core/storage/database.ts'
import { segmentNumber } from '../../src/main/core/storage/journal-format.ts'
import { readKeyring } from '../../src/main/core/storage/keyring.ts'
import { schemaVersion } from '../../src/main/core/storage/migrations.ts'
import { createNodeFileSystem } from '../../src/main/core/storage/node-file-system.ts'
import { type Replay, replayFolder } from '../../src/main/core/storage/replay.ts'
import type { VerifyReport } from '../../src/main/core/storage/reports.ts'
import { type SealedFolder, sealedFolder } from '../../src/main/core/storage/sealed-folder.ts'
import { snapshotGeneration } from '../../src/main/core/storage/snapshot.ts'
import type { SqlValue } from '../../src/main/core/storage/store.ts'
import { verifyStore } from '../../src/main/core/storage/verify.ts'

/** What `inspect` shows: the shape of a folder, never its content. */
export interface FolderInspection {
  generation: number
  framesReplayed: number
  lastSequence: number
  schemaVersion: number
  unfinishedBytes: number
  damage: { files: string[]; lostFrames: number } | undefined
  files: { name: string; bytes: number }[]
  tables: { name: string; rows: number }[]
}

/** Opens a folder for reading only. Throws a sentence when the key is wrong or nothing can be read. */
async function read(folder: string, key: Uint8Array): Promise<{ place: SealedFolder; replay: Replay }> {
  const files = createNodeFileSystem()
  const reading = readKeyring(files, folder, key)
  switch (reading.state) {
    case 'absent':
      throw new Error('there is no store in this folder')
    case 'wrongKey':
      throw new Error('this key does not belong to this store')
    case 'unreadable':
      throw new Error('both copies of the keys are damaged')
    case 'open': {
      const place = sealedFolder(files, folder, reading.keyring)
      const replay = replayFolder(place, await loadSqlite())
      if (!replay) throw new Error('no snapshot is whole, and the journal does not reach back to the beginning')
      return { place, replay }
    }
  }
}

/** Reads the whole folder and describes it. */
export async function inspectFolder(folder: string, key: Uint8Array): Promise<FolderInspection> {
  const { place, replay } = await read(folder, key)
  const names = place.files.list(folder).filter((name) => segmentNumber(name) ?? snapshotGeneration(name))
  return {
    generation: replay.generation,
    framesReplayed: replay.framesReplayed,
    lastSequence: replay.end.sequence,
    schemaVersion: schemaVersion(replay.database),
    unfinishedBytes: replay.torn ? replay.torn.to - replay.torn.from : 0,
    damage: replay.damage && { files: replay.damage.files, lostFrames: replay.damage.lostFrames },
    files: names.map((name) => ({ name, bytes: sizeOf(place, name) })),
    tables: tableNames(replay.database).map((name) => ({ name, rows: countRows(replay.database, name) })),
  }
}

/** Authenticates every file and lets SQLite check the database. */
export async function verifyFolder(folder: string, key: Uint8Array): Promise<VerifyReport> {
  const { place, replay } = await read(folder, key)
  return verifyStore({ place, database: replay.database, generation: replay.generation })
}

/** All rows of all tables as JSON lines; bytes as `{"base64": …}`. */
export async function exportLines(folder: string, key: Uint8Array): Promise<Iterable<string>> {
  const { replay } = await read(folder, key)
  return lines(replay.database)
}

function* lines(database: Database): Generator<string> {
  for (const table of tableNames(database)) {
    for (const row of database.all(`SELECT * FROM ${quoted(table)}`, [])) {
      yield JSON.stringify({
        table,
        row: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])),
      })
    }
  }
}

function plain(value: SqlValue): unknown {
  return value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value
}

function tableNames(database: Database): string[] {
  const rows = database.all(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    [],
  )
  return rows.map((row) => String(row.name))
}

function countRows(database: Database, table: string): number {
  return Number(database.all(`SELECT count(*) AS n FROM ${quoted(table)}`, [])[0]?.n)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function sizeOf(place: SealedFolder, name: string): number {
  const file = place.files.open(`${place.folder}/${name}`, 'read')
  try {
    return file.size()
  } finally {
    file.close()
  }
}
