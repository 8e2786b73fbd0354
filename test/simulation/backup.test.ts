import { expect, onTestFinished, test } from 'vitest'
import { openServiceDatabase } from '../support/simulation/service-database.ts'

test('a backup holds the database of one moment, however much is written while it is taken', async () => {
  const database = await openServiceDatabase()
  onTestFinished(() => database.pglite.close())
  await database.empty()
  let stores = 0
  const openStore = () =>
    database.transaction(async () => {
      stores += 1
      const id = `store-${String(stores).padStart(4, '0')}`
      await database.queryInside('insert into store values ($1, $2, $3, true)', [id, 'Store', '44'])
      await database.queryInside('insert into change_cursor (store_id, last_sequence) values ($1, 0)', [id])
    })
  await openStore()

  let taken = false
  const backUp = database.backUp().finally(() => {
    taken = true
  })
  // Read one table after the other, those that come later would hold more of these.
  while (!taken) await openStore()
  const backup = await backUp
  await database.restore(backup)

  const storesOf = async (table: string) =>
    (await database.rows<{ store_id: string }>(`select store_id from ${table} order by store_id`)).map(
      (row) => row.store_id,
    )
  expect(await storesOf('store')).toContain('store-0001')
  expect(await storesOf('change_cursor')).toEqual(await storesOf('store'))
})
