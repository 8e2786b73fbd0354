import { type RulePack, rulePackSchema } from '../../../src/shared/domain/rules/rule-pack.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { Database, Tx } from '../database/handle.ts'
import type { Clock, Log } from '../ports.ts'
import { publicationErrors } from './check-publication.ts'
import { digestOfSet, filesOfPacks, type PackFolder, PacksRefused, readPackFolder } from './pack-folder.ts'
import { holdPublication, publicRuleKeys, rulesChain, signingKey } from './rule-keys.ts'
import { canonicalPack, contentOf, type NamedPack, openSignedPack, signPack } from './signed-pack.ts'
import { standingPacks, tellStores } from './standing-packs.ts'

/** Writes packs that are not there yet; the caller holds the publication. */
async function addPacks(
  tx: Tx,
  last: { number: number },
  packs: readonly (NamedPack & { jws: string; publishedAt: number })[],
  returnedBy: string | null,
): Promise<void> {
  for (const { id, version, validFrom, digest, jws, publishedAt } of packs)
    await tx
      .insertInto('rule_pack')
      .values({
        pack_id: id,
        version,
        valid_from: validFrom,
        digest,
        jws,
        published_at: publishedAt,
        publication: last.number + 1,
        returned_by: returnedBy,
      })
      .execute()
}

/** What was published and can still be read, but for the versions that are named. */
async function publishedPacks(tx: Tx, except: ReadonlySet<string>): Promise<RulePack[]> {
  const rows = await standingPacks(tx)
  return rows
    .filter((row) => !except.has(`${row.pack_id} ${row.version}`))
    .flatMap((row) => rulePackSchema.safeParse(contentOf(row.jws)).data ?? [])
}

/** Looks at what is new as the check does, unless it is the sealed set and nothing stands beside it. Throws `PacksRefused`. */
async function checkFresh(tx: Tx, folder: PackFolder, fresh: readonly NamedPack[]): Promise<void> {
  const names = new Set(fresh.map(({ id, version }) => `${id} ${version}`))
  const earlier = await publishedPacks(tx, names)
  if (earlier.length === 0 && folder.sealed?.checked === digestOfSet(fresh.map(({ digest }) => digest))) return
  const isFresh = (id: string, version: string) => names.has(`${id} ${version}`)
  const errors = publicationErrors(
    filesOfPacks(folder.files, isFresh),
    folder.packs.filter(({ id, version }) => isFresh(id, version)),
    earlier,
  )
  if (errors.length > 0) throw new PacksRefused(errors)
}

/**
 * Publishes the packs of a folder as a whole: checks those that are new beside what is published, signs them and tells every store's
 * counters, in one transaction. What was published before stays as it is. Throws and publishes nothing when a version was published
 * with another content (naming it), or when the check finds an error: `PacksRefused`, with file, line and sentence of each. Returns
 * the names of the packs that are new.
 */
export async function publishPacks(db: Database, clock: Clock, folder: PackFolder, by: string): Promise<string[]> {
  const named = folder.packs.map(canonicalPack)
  return db.transaction().execute(async (tx) => {
    const last = await holdPublication(tx)
    const rows = await tx.selectFrom('rule_pack').select(['pack_id', 'version', 'digest']).execute()
    const published = new Map(rows.map((row) => [`${row.pack_id} ${row.version}`, row.digest]))
    const fresh: NamedPack[] = []
    for (const pack of named) {
      const name = `${pack.id} ${pack.version}`
      const earlier = published.get(name)
      if (earlier !== undefined && earlier !== pack.digest)
        throw new Error(`${name} was published with another content; give the change a version of its own`)
      if (earlier === undefined) fresh.push(pack)
      published.set(name, pack.digest)
    }
    const now = clock.now()
    const { key, made } = await signingKey(tx, now)
    if (fresh.length === 0) {
      if (made) await tellStores(tx, last, now)
      return []
    }
    await checkFresh(tx, folder, fresh)
    const signed = await Promise.all(
      fresh.map(async (pack) => ({ ...pack, jws: await signPack(pack, key, now), publishedAt: now })),
    )
    const names = fresh.map(({ id, version }) => `${id} ${version}`)
    await appendAudit(tx, {
      storeId: rulesChain,
      at: now,
      actor: by,
      action: 'rules.published',
      subject: key.key_id,
      details: { packs: names.join(', '), count: names.length },
    })
    await addPacks(tx, last, signed, null)
    await tellStores(tx, last, now)
    return names
  })
}

/**
 * Publishes what is new in a folder when the service starts. A folder that cannot be published does not keep a service from
 * working by the rules that are published already; a service without any does not start.
 */
export async function publishAtStart(db: Database, clock: Clock, log: Log, folder: string): Promise<void> {
  try {
    const fresh = await publishPacks(db, clock, await readPackFolder(folder), 'service')
    if (fresh.length > 0) log.info({ packs: fresh.length }, 'rule packs published')
  } catch (error) {
    const any = await db.selectFrom('rule_pack').select('pack_id').limit(1).executeTakeFirst()
    if (!any) throw error
    log.error({ problem: (error as Error).message }, 'rule packs of the folder were not published')
  }
}

/**
 * Puts back packs that a counter still has and a restored service has forgotten: only what this service signed itself, and nothing in
 * the place of a version that is there. Returns how many.
 */
export async function takeBackPacks(
  db: Database,
  clock: Clock,
  signed: readonly string[],
  deviceId: string,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const last = await holdPublication(tx)
    const keys = await publicRuleKeys(tx)
    const rows = await tx.selectFrom('rule_pack').select(['pack_id', 'version']).execute()
    const published = new Set(rows.map((row) => `${row.pack_id} ${row.version}`))
    const back: (NamedPack & { jws: string; publishedAt: number })[] = []
    for (const jws of signed) {
      const pack = await openSignedPack(jws, keys)
      const name = pack && `${pack.id} ${pack.version}`
      if (!pack || !name || published.has(name) || !rulePackSchema.safeParse(contentOf(jws)).success) continue
      published.add(name)
      back.push({ ...pack, jws })
    }
    if (back.length === 0) return 0
    const now = clock.now()
    await appendAudit(tx, {
      storeId: rulesChain,
      at: now,
      actor: `device:${deviceId}`,
      deviceId,
      action: 'rules.restored',
      subject: deviceId,
      details: { packs: back.map(({ id, version }) => `${id} ${version}`).join(', '), count: back.length },
    })
    await addPacks(tx, last, back, deviceId)
    await tellStores(tx, last, now)
    return back.length
  })
}
