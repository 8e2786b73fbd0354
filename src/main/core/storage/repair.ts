import { fileErrorCode } from './file-system.ts'
import { segmentName } from './journal-format.ts'
import type { Replay } from './replay.ts'
import type { SetAsideFile } from './reports.ts'
import type { SealedFolder } from './sealed-folder.ts'

/** Where damaged files go; never read again by the store, never deleted by it. */
export const setAsideFolder = 'set-aside'

/**
 * Makes what was read durable: cuts an unfinished write (zeros), writes unproven frames once more and syncs, the folder
 * too. What is readable may be in the system's memory only, names of files included, and nothing may be answered from
 * there.
 */
export function settleTail(place: SealedFolder, replay: Replay): void {
  const { torn, unproven } = replay
  if (torn || unproven) {
    const file = place.files.open(`${place.folder}/${segmentName(replay.end.segment)}`, 'readWrite')
    try {
      if (unproven) file.write(file.read(unproven.from, unproven.to - unproven.from), unproven.from)
      if (torn) file.write(Buffer.alloc(torn.to - torn.from), torn.from)
      file.sync()
    } finally {
      file.close()
    }
  }
  place.files.syncFolder(place.folder)
}

/** Moves damaged files out of the way, so that they can be examined and are never taken for good ones again. */
export function setAside(place: SealedFolder, names: readonly string[]): SetAsideFile[] {
  const { files, folder } = place
  const present = new Set(files.list(folder))
  const moved: SetAsideFile[] = []
  files.makeFolder(`${folder}/${setAsideFolder}`)
  for (const name of names) {
    const movedTo = `${setAsideFolder}/${freeName(place, name)}`
    if (!present.has(name)) continue
    files.rename(`${folder}/${name}`, `${folder}/${movedTo}`)
    moved.push({ file: name, movedTo })
  }
  files.syncFolder(`${folder}/${setAsideFolder}`)
  files.syncFolder(folder)
  return moved
}

function freeName(place: SealedFolder, name: string): string {
  const taken = new Set(place.files.list(`${place.folder}/${setAsideFolder}`))
  if (!taken.has(name)) return name
  let count = 2
  while (taken.has(`${name}.${count}`)) count += 1
  return `${name}.${count}`
}

/** Removes temporary files a crash left behind. */
export function removeLeftovers(place: SealedFolder): void {
  for (const name of place.files.list(place.folder)) {
    if (!name.endsWith('.new')) continue
    try {
      place.files.remove(`${place.folder}/${name}`)
    } catch (error) {
      if (fileErrorCode(error) !== 'ENOENT') throw error
    }
  }
}
