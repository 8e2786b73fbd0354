import type { KeyObject } from 'node:crypto'
import type { FileSystem } from './file-system.ts'
import { dataKey, type Keyring } from './keyring.ts'

/** A data folder whose keys are known. */
export interface SealedFolder {
  files: FileSystem
  folder: string
  keyring: Keyring
  /** Data key by id; `undefined` when the store has no such key. */
  keyOf(dataKeyId: number): KeyObject | undefined
}

/** Joins a folder and its keyring; key handles are made once. */
export function sealedFolder(files: FileSystem, folder: string, keyring: Keyring): SealedFolder {
  const handles = new Map<number, KeyObject | undefined>()
  return {
    files,
    folder,
    keyring,
    keyOf(id) {
      if (!handles.has(id)) handles.set(id, dataKey(keyring, id))
      return handles.get(id)
    },
  }
}

/** The key new files are sealed with. */
export function currentKey(place: SealedFolder): { id: number; key: KeyObject } {
  const id = place.keyring.current
  return { id, key: place.keyOf(id)! }
}
