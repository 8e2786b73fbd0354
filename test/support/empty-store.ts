import { migrations } from '../../src/main/core/schema/migrations.ts'
import { openStore, type Store } from '../../src/main/core/storage/store.ts'
import type { Instant } from '../../src/shared/domain/calendar.ts'
import { createFaultDisk } from './fault-file-system.ts'

/** A counter's own store without anything in it, on a disk in memory that does nothing wrong, at one instant. */
export async function emptyStore(at: Instant): Promise<Store> {
  const opened = await openStore({
    folder: '/data',
    key: new Uint8Array(32).fill(3),
    migrations,
    worker: new URL('file:///none'),
    files: createFaultDisk().files,
    now: () => at,
  })
  if (!opened.ok) throw new Error(opened.error.code)
  return opened.value
}
