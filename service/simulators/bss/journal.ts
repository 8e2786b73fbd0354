import { existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'

/** Keeps entries; `append` resolves when the entry would survive a power cut. */
export interface Journal {
  append(entry: object): Promise<void>
  close(): Promise<void>
}

const fileName = 'state.jsonl'

/** A journal that keeps nothing beyond the process. */
export function memoryJournal(): Journal {
  return { append: async () => {}, close: async () => {} }
}

/**
 * Opens the append-only journal of a data folder and hands every kept entry to `replay`, oldest first.
 * `baseId` names the subscriber base: changes of one base mean nothing in another, so a different base is an error.
 * A torn last line was never answered and is cut; damage before it throws with the line number.
 */
export async function openJournal(folder: string, baseId: string, replay: (entry: object) => void): Promise<Journal> {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, fileName)
  const fresh = readKept(path, baseId, replay)
  const file = await open(path, 'a')
  const journal = groupCommit(file)
  if (fresh) await journal.append({ journal: 1, base: baseId })
  return journal
}

/** Replays the file; returns true when it holds nothing yet. */
function readKept(path: string, baseId: string, replay: (entry: object) => void): boolean {
  if (!existsSync(path)) return true
  const bytes = readFileSync(path)
  const end = bytes.lastIndexOf(0x0a) + 1
  if (end < bytes.length) truncateSync(path, end)
  if (end === 0) return true
  for (const [index, line] of bytes
    .toString('utf8', 0, end - 1)
    .split('\n')
    .entries()) {
    const entry = parseLine(line, path, index + 1)
    if (index > 0) replay(entry)
    else if (!('base' in entry) || entry.base !== baseId)
      throw new Error(`${path} belongs to another subscriber base (${JSON.stringify(entry)}), not to ${baseId}`)
  }
  return false
}

function parseLine(line: string, path: string, number: number): object {
  try {
    return JSON.parse(line) as object
  } catch {
    throw new Error(`${path}:${number}: damaged line; restore the file or start with an empty data folder`)
  }
}

/** Appends of the same moment share one sync. */
function groupCommit(file: FileHandle): Journal {
  let waiting: { text: string; resolve: () => void; reject: (error: unknown) => void }[] = []
  let running: Promise<void> | undefined

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        await file.appendFile(batch.map((item) => item.text).join(''))
        await file.datasync()
        for (const item of batch) item.resolve()
      } catch (error) {
        for (const item of batch) item.reject(error)
      }
    }
    running = undefined
  }

  return {
    append: (entry) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ text: `${JSON.stringify(entry)}\n`, resolve, reject })
        running ??= drain()
      }),
    close: async () => {
      await running
      await file.close()
    },
  }
}
