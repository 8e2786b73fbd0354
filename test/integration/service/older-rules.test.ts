import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../../service/src/database/open-database.ts'
import { createRuleBook } from '../../../service/src/rule-packs/rule-book.ts'
import { holdPublication, signingKey } from '../../../service/src/rule-packs/rule-keys.ts'
import { canonicalPack, signPack } from '../../../service/src/rule-packs/signed-pack.ts'
import { tellStores } from '../../../service/src/rule-packs/standing-packs.ts'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { resolveNamedRules, resolveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import type { RulePack } from '../../../src/shared/domain/rules/rule-pack.ts'
import { preparePgliteFolder } from '../../support/pglite.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'
import { shippedPacks } from '../../support/shipped-rules.ts'

/*
 * A service whose data folder is from before the shipped packs had grown: what it published then stays as it is, and may even lack
 * sections that rules must have by now. It starts, takes the new versions, and goes on by them.
 */
let world: OutsideWorld
let folder: string
const database = () => ({ kind: 'pglite' as const, folder })
const silent = { info() {}, warn() {}, error() {} } as never
const publishedAt = Date.UTC(2026, 6, 1)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'older-rules-'))
  await preparePgliteFolder(folder)
  world = await startOutsideWorld()
})
afterAll(async () => {
  await world?.close()
  await rm(folder, { recursive: true, force: true })
})

/** The shipped packs as they may have been: the nation's without its papers, everything of one version. */
const older = shippedPacks.map((pack): RulePack => {
  const { papers: _, ...sections } = pack.sections as Record<string, unknown>
  return { ...pack, version: '2026-07', sections: pack.id === 'cn' ? sections : pack.sections } as RulePack
})

/** Published before those, in a form that nobody reads any more: the nation's, and one that nothing has followed. */
const outdated = [
  { id: 'cn', version: '2026-05', validFrom: '2026-05-01', penalties: 'by the clerk' },
  { id: 'cn-cbn-99', version: '2026-05', validFrom: '2026-05-01', penalties: 'by the clerk' },
]

async function look<T>(work: (db: Awaited<ReturnType<typeof openDatabase>>['db']) => Promise<T>): Promise<T> {
  const opened = await openDatabase(database() as never)
  try {
    return await work(opened.db)
  } finally {
    await opened.close()
  }
}

it('takes the new versions at its start, prices by them, and keeps the old ones for who named them', async () => {
  await look((db) =>
    db.transaction().execute(async (tx) => {
      const last = await holdPublication(tx)
      const { key } = await signingKey(tx, publishedAt)
      for (const pack of [...outdated, ...older]) {
        const named = canonicalPack(pack)
        const at = 'penalties' in pack ? publishedAt - 1 : publishedAt
        await tx
          .insertInto('rule_pack')
          .values({
            pack_id: named.id,
            version: named.version,
            valid_from: named.validFrom,
            digest: named.digest,
            jws: await signPack(named, key, at),
            published_at: at,
            publication: last.number + 1,
            returned_by: null,
          })
          .execute()
      }
      await tellStores(tx, last, publishedAt)
    }),
  )
  const place = { carrier: 'CTCC', province: '14' } as const
  const today = '2026-11-21' as ShanghaiDate
  expect(resolveRules(older, place, today)).toMatchObject({ ok: false, error: { code: 'rules.broken' } })

  await (await startServiceOn(world, database())).close()
  const { packs } = await look((db) => createRuleBook(silent).published(db))
  const fresh = shippedPacks.filter(({ version }) => version !== '2026-07')
  expect(fresh.length).toBeGreaterThan(0)
  expect(packs).toHaveLength(older.length + fresh.length)
  const rules = resolveRules(packs, place, today)
  expect(rules.ok && rules.value.packs.map(({ id, version }) => `${id} ${version}`)).toEqual(
    ['cn', 'cn-ctcc', 'cn-ctcc-14'].map((id) => `${id} ${shippedPacks.find((pack) => pack.id === id)!.version}`),
  )
  expect(resolveNamedRules(packs, place, [{ id: 'cn', version: '2026-07' }])).toMatchObject({ ok: false })
  // A counter refuses a set with a pack that it cannot read: what is behind the times is not offered, but for what nothing followed.
  const { packs: listed } = await look((db) => createRuleBook(silent).list(db))
  expect(listed.filter(({ version }) => version === '2026-05').map(({ id }) => id)).toEqual(['cn-cbn-99'])
  expect(listed).toHaveLength(packs.length + 1)
  expect(packs.filter(({ id }) => id === 'cn').map(({ version }) => version)).toEqual([
    '2026-07',
    shippedPacks.find(({ id }) => id === 'cn')!.version,
  ])
})
