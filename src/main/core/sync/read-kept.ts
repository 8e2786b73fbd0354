import { readMeta } from '../meta.ts'
import type { Ports } from '../ports.ts'
import type { Store } from '../storage/store.ts'
import { applyKept } from './apply-changes.ts'
import { askAgainFrom, countNewer } from './newer-changes.ts'

/**
 * At every start: what was kept because only a newer program could read it is read by this one, as far as it knows the words. Nothing has
 * to be asked of the service, so it also works offline and whatever the service remembers by then. Only what an older version had no
 * room for is asked for again.
 */
export async function readKept(
  store: Store,
  ports: Pick<Ports, 'clock' | 'resources' | 'log' | 'version'>,
): Promise<void> {
  const letGo = await readMeta(store, 'newerLetGo')
  if (letGo && letGo.version !== ports.version) {
    await store.transaction((tx) => askAgainFrom(tx, letGo.from))
    ports.log.info('sync.askedAgain', { from: letGo.from })
  }
  const { all } = await countNewer(store)
  if (all === 0) return
  const { read } = await store.transaction((tx) => applyKept(tx, ports))
  ports.log.info('sync.readKept', { read, kept: all - read })
}
