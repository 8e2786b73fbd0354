import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Migration } from '../../../src/main/core/storage/migrations.ts'
import { type OpenStoreOptions, openStore, type Store } from '../../../src/main/core/storage/store.ts'
import { createFaultDisk } from '../../support/fault-file-system.ts'

const worker = new URL('../../../src/main/core/storage/store-worker.ts', import.meta.url)
const key = new Uint8Array(32).fill(7)
const otherKey = new Uint8Array(32).fill(8)
const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'cases and their jobs',
    statements: [
      'CREATE TABLE case_file (id INTEGER PRIMARY KEY, number TEXT NOT NULL, opened INTEGER NOT NULL, photo BLOB) STRICT',
      'CREATE TABLE job (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES case_file (id)) STRICT',
    ],
  },
]

let folder = ''
const opened: Store[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-store-'))
})
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close().catch(() => {})
  rmSync(folder, { recursive: true, force: true })
})

async function tryOpen(changes: Partial<OpenStoreOptions> = {}) {
  const result = await openStore({ folder, key, migrations, worker, now: Date.now, ...changes })
  if (result.ok) opened.push(result.value)
  return result
}

async function open(changes: Partial<OpenStoreOptions> = {}): Promise<Store> {
  const result = await tryOpen(changes)
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

const newCase = 'INSERT INTO case_file (id, number, opened) VALUES (?, ?, ?)'
const count = 'SELECT count(*) AS n FROM case_file'

/** The same behaviour in the product's worker thread and in the thread of a test. */
const places: [string, () => Partial<OpenStoreOptions>][] = [
  ['in its own thread, on the real disk', () => ({})],
  ['in this thread, on a disk in memory', () => ({ files: createFaultDisk().files })],
]

describe.each(places)('a store %s', (_, place) => {
  test('keeps what a transaction wrote, exactly', async () => {
    const store = await open(place())
    const photo = new Uint8Array([0, 255, 1, 0])
    await store.transaction(async (tx) => {
      tx.run('INSERT INTO case_file (id, number, opened, photo) VALUES (?, ?, ?, ?)', [
        1,
        '139\u00001234 销号 📱',
        1763700000123,
        photo,
      ])
      tx.run('INSERT INTO case_file (id, number, opened, photo) VALUES (?, ?, ?, ?)', [2, '', -1, null])
    })
    expect(await store.query('SELECT * FROM case_file ORDER BY id')).toEqual([
      { id: 1, number: '139\u00001234 销号 📱', opened: 1763700000123, photo },
      { id: 2, number: '', opened: -1, photo: null },
    ])
    expect(await store.get('SELECT id FROM case_file WHERE id = ?', [3])).toBeUndefined()
  })

  test('a transaction reads its own writes; nobody else does before it is answered', async () => {
    const store = await open(place())
    await store
      .transaction(async (tx) => {
        tx.run(newCase, [1, 'a', 0])
        expect(await tx.get(count)).toEqual({ n: 1 })
        expect(
          await tx.all('INSERT INTO case_file (id, number, opened) VALUES (2, ?, 0) RETURNING number', ['b']),
        ).toEqual([{ number: 'b' }])
        tx.run('DELETE FROM case_file WHERE id = 1')
        expect(await tx.all('SELECT id FROM case_file')).toEqual([{ id: 2 }])
        return 'the answer'
      })
      .then((answer) => expect(answer).toBe('the answer'))
    const work = store.transaction(async (tx) => {
      tx.run(newCase, [3, 'c', 0])
      await tx.get(count)
      await new Promise((resolve) => setTimeout(resolve, 30))
    })
    await new Promise((resolve) => setTimeout(resolve, 10))
    const outside = store.get(count)
    const order: string[] = []
    await Promise.all([work.then(() => order.push('work')), outside.then(() => order.push('outside'))])
    expect(order).toEqual(['work', 'outside'])
    expect(await outside).toEqual({ n: 2 })
  })

  test('whatever is thrown inside rolls everything back and comes out', async () => {
    const store = await open(place())
    const failure = new Error('the printer is on fire')
    const work = store.transaction(async (tx) => {
      tx.run(newCase, [1, 'a', 0])
      await tx.get(count)
      tx.run(newCase, [2, 'b', 0])
      throw failure
    })
    await expect(work).rejects.toBe(failure)
    expect(await store.get(count)).toEqual({ n: 0 })
  })

  test('a refused statement fails its transaction only, even among many at once', async () => {
    const store = await open(place())
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        store.transaction(async (tx) => {
          tx.run(newCase, [index, 'n', 0])
          if (index % 5 === 3) tx.run(newCase, [0, 'taken', 0])
          if (index % 5 === 4) tx.run('INSERT INTO job (id, case_id) VALUES (?, 999)', [index])
        }),
      ),
    )
    const failed = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? index : []))
    expect(failed).toEqual([3, 4, 8, 9, 13, 14, 18, 19])
    expect(outcomes[3]).toMatchObject({ reason: { code: 'store.statement', message: /UNIQUE/ } })
    expect(await store.get(count)).toEqual({ n: 12 })
  })

  test('a failed read dooms the transaction even if the work goes on', async () => {
    const store = await open(place())
    const work = store.transaction(async (tx) => {
      tx.run(newCase, [1, 'a', 0])
      await tx.get('SELECT * FROM nowhere').catch(() => {})
      tx.run(newCase, [2, 'b', 0])
    })
    await expect(work).rejects.toMatchObject({ code: 'store.statement' })
    expect(await store.get(count)).toEqual({ n: 0 })
  })

  test('refuses what does not belong: writes outside, two statements at once, calls that would wait for themselves', async () => {
    const store = await open(place())
    await expect(store.query('DELETE FROM case_file')).rejects.toMatchObject({ code: 'store.forbiddenSql' })
    await expect(
      store.transaction(async (tx) => tx.run('DELETE FROM job; DELETE FROM case_file')),
    ).rejects.toMatchObject({ code: 'store.statement' })
    await expect(store.transaction(() => store.query(count))).rejects.toMatchObject({ code: 'store.nested' })
    await expect(store.transaction(async () => store.transaction(async () => 1))).rejects.toMatchObject({
      code: 'store.nested',
    })
    await expect(store.transaction(async (tx) => tx.run(newCase, [1, undefined as never, 0]))).rejects.toBeInstanceOf(
      TypeError,
    )
    expect(await store.get(count)).toEqual({ n: 0 })
  })

  test('a value changed by its owner after the call does not change the store', async () => {
    const store = await open(place())
    const photo = new Uint8Array([1, 2, 3])
    await store.transaction(async (tx) => {
      tx.run('INSERT INTO case_file (id, number, opened, photo) VALUES (1, ?, 0, ?)', ['a', photo])
      photo[0] = 9
    })
    expect(await store.get('SELECT photo FROM case_file')).toEqual({ photo: new Uint8Array([1, 2, 3]) })
  })

  test('after closing, calls are refused; closing twice is fine', async () => {
    const store = await open(place())
    await store.transaction(async (tx) => tx.run(newCase, [1, 'a', 0]))
    await Promise.all([store.close(), store.close()])
    await expect(store.get(count)).rejects.toMatchObject({ code: 'store.closed' })
    await expect(store.transaction(async () => 1)).rejects.toMatchObject({ code: 'store.closed' })
  })
})

describe('opening', () => {
  test('says what was found', async () => {
    const first = await open()
    expect(first.opening).toEqual({ state: 'created', generation: 0, framesReplayed: 0, schemaVersion: 1 })
    await first.transaction(async (tx) => tx.run(newCase, [1, 'a', 0]))
    await first.close()
    const second = await open()
    expect(second.opening).toEqual({ state: 'clean', generation: 0, framesReplayed: 2, schemaVersion: 1 })
    await second.snapshotNow()
    await second.transaction(async (tx) => tx.run(newCase, [2, 'b', 0]))
    await second.close()
    const third = await open()
    expect(third.opening).toEqual({ state: 'clean', generation: 1, framesReplayed: 1, schemaVersion: 1 })
    expect(await third.get(count)).toEqual({ n: 2 })
    expect(await third.verify()).toMatchObject({ ok: true, generation: 1, problems: [] })
  })

  test('one process per folder', async () => {
    const first = await open()
    expect(await tryOpen()).toMatchObject({ ok: false, error: { code: 'store.locked' } })
    await first.close()
    expect((await tryOpen()).ok).toBe(true)
  })

  test('a wrong key is told apart from damage, and changes nothing', async () => {
    await (await open()).close()
    const before = readdirSync(folder)
    expect(await tryOpen({ key: otherKey })).toEqual({ ok: false, error: { code: 'store.wrongKey' } })
    expect(readdirSync(folder)).toEqual(before)
    expect((await tryOpen()).ok).toBe(true)
  })

  test('nothing in the folder shows what the store holds', async () => {
    const store = await open()
    await store.transaction(async (tx) => tx.run(newCase, [1, 'THE-CUSTOMER', 0]))
    await store.snapshotNow()
    await store.transaction(async (tx) => tx.run(newCase, [2, 'THE-CUSTOMER', 0]))
    await store.close()
    for (const name of readdirSync(folder)) {
      const content = readFileSync(join(folder, name)).toString('latin1')
      expect(content).not.toMatch(/THE-CUSTOMER|case_file|SQLite format/)
    }
  })

  test('migrations that are missing are applied; a newer schema is refused', async () => {
    const newer: Migration = { version: 2, name: 'notes', statements: ['ALTER TABLE case_file ADD COLUMN note TEXT'] }
    const store = await open()
    await store.transaction(async (tx) => tx.run(newCase, [1, 'a', 0]))
    await store.close()
    const next = await open({ migrations: [...migrations, newer] })
    expect(next.opening.schemaVersion).toBe(2)
    expect(await next.get('SELECT number, note FROM case_file')).toEqual({ number: 'a', note: null })
    await next.close()
    expect(await tryOpen()).toEqual({ ok: false, error: { code: 'store.newerSchema', params: { found: 2, known: 1 } } })
    expect((await tryOpen({ migrations: [...migrations, newer] })).ok).toBe(true)
  })

  test('a migration SQLite refuses is a bug and is thrown, and leaves the store as it was', async () => {
    await (await open()).close()
    const broken: Migration = {
      version: 2,
      name: 'broken',
      statements: ['CREATE TABLE half (id INTEGER)', 'CREATE TABLE half (id INTEGER)'],
    }
    await expect(tryOpen({ migrations: [...migrations, broken] })).rejects.toThrow(/broken/)
    expect((await open()).opening.schemaVersion).toBe(1)
  })

  test('a folder whose keys are gone is refused, never started afresh', async () => {
    await (await open()).close()
    rmSync(join(folder, 'store.keys'))
    rmSync(join(folder, 'store.keys.spare'))
    expect(await tryOpen()).toMatchObject({ ok: false, error: { code: 'store.unreadable' } })
  })
})

describe('keys and threads', () => {
  test('after a rotation only the new key opens, and old ciphertext is gone', async () => {
    const store = await open()
    await store.transaction(async (tx) => tx.run(newCase, [1, 'a', 0]))
    await store.snapshotNow()
    const before = new Set(readdirSync(folder).filter((name) => /^(journal|snapshot)-/.test(name)))
    await store.rotateKey(otherKey)
    await store.transaction(async (tx) => tx.run(newCase, [2, 'b', 0]))
    expect((await store.verify()).problems).toEqual([])
    await store.close()
    expect(readdirSync(folder).filter((name) => before.has(name))).toEqual([])
    expect(await tryOpen()).toEqual({ ok: false, error: { code: 'store.wrongKey' } })
    const again = await open({ key: otherKey })
    expect(again.opening.state).toBe('clean')
    expect(await again.get(count)).toEqual({ n: 2 })
  })

  test('snapshots are written by themselves when the journal is long and the counter quiet', async () => {
    const store = await open({ snapshotAfter: { frames: 10, idleMs: 20 } })
    for (let id = 1; id <= 12; id += 1) await store.transaction(async (tx) => tx.run(newCase, [id, 'a', 0]))
    const deadline = Date.now() + 5000
    while (!readdirSync(folder).includes('snapshot-00000001.cfs')) {
      if (Date.now() > deadline) throw new Error('no snapshot appeared')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await store.close()
    expect((await open()).opening).toMatchObject({ generation: 1, framesReplayed: 0 })
  })

  test('when the thread dies, everything pending is rejected, and the folder can be opened again', async () => {
    const suicide = new URL('./dying-worker.ts', import.meta.url)
    const store = await open({ worker: suicide })
    await store.transaction(async (tx) => tx.run(newCase, [1, 'a', 0]))
    const doomed = store.transaction(async (tx) => {
      tx.run(newCase, [2, 'b', 0])
      await tx.get("SELECT 'die now' AS word")
    })
    const behind = store.transaction(async (tx) => tx.run(newCase, [3, 'c', 0]))
    await expect(doomed).rejects.toMatchObject({ code: 'store.workerLost' })
    await expect(behind).rejects.toMatchObject({ code: 'store.workerLost' })
    await expect(store.get(count)).rejects.toMatchObject({ code: 'store.workerLost' })
    await store.close()
    expect(await (await open()).get(count)).toEqual({ n: 1 })
  })
})
