import { withFreshDataKey, withOnlyCurrentDataKey, writeKeyring } from './keyring.ts'
import { type LiveStore, takeSnapshot } from './live-store.ts'
import { setAsideFolder } from './repair.ts'
import { currentKey, sealedFolder } from './sealed-folder.ts'
import { readSnapshot, writeSnapshot } from './snapshot.ts'
import { removeOlder } from './snapshots.ts'

/**
 * Re-encrypts the store under a fresh data key and wraps it with `newKey`. A crash at any point leaves a store that
 * opens with the old key until the last step begins, with either key during it, with the new key after it:
 * 1. the fresh data key joins the old one, still wrapped by the old key;
 * 2. a new segment and a new snapshot are sealed with it, and the snapshot is read back;
 * 3. everything sealed with the old data key is removed;
 * 4. the keyring, now with the fresh data key only, is wrapped by `newKey`, one copy after the other.
 */
export async function rotateKey(live: LiveStore, newKey: Uint8Array, startSegment: () => void): Promise<void> {
  const { files, folder } = live.place
  const both = withFreshDataKey(live.place.keyring)
  writeKeyring(files, folder, both, live.key)
  live.place = sealedFolder(files, folder, both)
  startSegment()

  const snapshot = takeSnapshot(live, live.generation + 1)
  const { generation, firstSegment } = snapshot.header
  await writeSnapshot(files, folder, snapshot, currentKey(live.place).key, async () => {})
  if (!readSnapshot(files, folder, generation, live.place.keyOf))
    throw new Error('the new snapshot cannot be read back')
  live.generation = generation
  live.firstSegment = firstSegment
  live.framesSince = 0
  live.bytesSince = 0

  removeOlder(live, generation, firstSegment)
  // What was set aside stays readable for whoever examines it, with the new key.
  const setAside = files.list(`${folder}/${setAsideFolder}`).length > 0
  const only = withOnlyCurrentDataKey(both, setAside)
  writeKeyring(files, folder, only, newKey)
  live.place = sealedFolder(files, folder, only)
  live.key = newKey
}
