import { setTimeout as pause } from 'node:timers/promises'
import { appendChange } from '../../service/src/changes/append-change.ts'
import type { Tx } from '../../service/src/database/handle.ts'
import { openDatabase } from '../../service/src/database/open-database.ts'
import { instant } from '../../src/shared/domain/calendar.ts'
import { seeded } from './seeded.ts'

/**
 * Writes changes to the feeds of stores in a process of its own, many transactions at a time, each committed after a delay by chance or
 * given up: `node feed-writer.ts <database url> <seed> <changes> <product | early> <store>…`. Says in one line of JSON how
 * many changes of each store were committed. `early` is a feed as it must not be: numbers are given before the transaction, as by a
 * database sequence, so that a later number may be seen before an earlier one.
 */
const [url = '', seed = '0', count = '0', kind, ...stores] = process.argv.slice(2)
const chance = seeded(Number(seed))
const writers = 6
const database = await openDatabase({ kind: 'postgres', url, poolSize: writers + 1 })
const written: Record<string, number> = Object.fromEntries(stores.map((store) => [store, 0]))

async function appendEarly(storeId: string) {
  const { last_sequence } = await database.db
    .insertInto('change_cursor')
    .values({ store_id: storeId, last_sequence: 1 })
    .onConflict((conflict) =>
      conflict.column('store_id').doUpdateSet((eb) => ({ last_sequence: eb('change_cursor.last_sequence', '+', 1) })),
    )
    .returning('last_sequence')
    .executeTakeFirstOrThrow()
  return (tx: Tx) =>
    tx
      .insertInto('change_feed')
      .values({
        store_id: storeId,
        sequence: last_sequence,
        at: Date.now(),
        kind: 'rules',
        subject_id: 'f'.repeat(64),
        order_id: null,
        body: JSON.stringify({ setDigest: 'f'.repeat(64) }),
      })
      .execute()
}

const appendAsProduct = async (storeId: string) => (tx: Tx) =>
  appendChange(tx, storeId, { at: instant(Date.now()), kind: 'rules', rules: { setDigest: 'f'.repeat(64) } })

async function writeOne() {
  const storeId = stores[Math.floor(chance() * stores.length)]!
  const [before, after, givesUp] = [chance() * 4, chance() ** 3 * 30, kind === 'product' && chance() < 0.15]
  const append = await (kind === 'product' ? appendAsProduct : appendEarly)(storeId)
  await database.db
    .transaction()
    .execute(async (tx) => {
      await pause(before)
      await append(tx)
      // Others wait for the number meanwhile, or get a later one, if the feed lets them.
      await pause(after)
      if (givesUp) throw new Error('thought better of it')
      written[storeId]! += 1
    })
    .catch((error: Error) => {
      if (error.message !== 'thought better of it') throw error
    })
}

let left = Number(count)
await Promise.all(
  Array.from({ length: writers }, async () => {
    while (left > 0) {
      left -= 1
      await writeOne()
    }
  }),
)
await database.close()
console.log(JSON.stringify(written))
