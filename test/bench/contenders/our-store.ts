import { migrations } from '../../../src/main/core/schema/migrations.ts'
import type { Write } from '../../../src/main/core/storage/statement-codec.ts'
import { openStore, type SnapshotPolicy, type Store } from '../../../src/main/core/storage/store.ts'
import type { Contender } from './contender.ts'

const worker = new URL('../../../src/main/core/storage/store-worker.ts', import.meta.url)
const key = Buffer.alloc(32, 7)

/** Opens the product's store in its own thread, with the product's schema. */
export async function openOurs(folder: string, snapshotAfter: Partial<SnapshotPolicy> = {}): Promise<Store> {
  const store = await openStore({ folder, key, migrations, worker, now: Date.now, snapshotAfter })
  if (!store.ok) throw new Error(`the store did not open: ${store.error.code}`)
  return store.value
}

/** The product's store. Calls go the whole way: to the thread, to the disk and back. */
export async function ourStore(name: string, folder: string): Promise<Contender & { store: Store }> {
  const store = await openOurs(folder)
  const commit = (writes: readonly Write[]) =>
    store.transaction(async (tx) => {
      for (const { sql, params } of writes) tx.run(sql, params)
    })
  return {
    name,
    store,
    durability: 'encrypted and authenticated; on disk (fdatasync) before the answer',
    commit,
    async fill(transactions) {
      let together: Promise<void>[] = []
      for (const writes of transactions) {
        together.push(commit(writes))
        if (together.length < 500) continue
        await Promise.all(together)
        together = []
      }
      await Promise.all(together)
      await store.snapshotNow()
    },
    close: () => store.close(),
  }
}
