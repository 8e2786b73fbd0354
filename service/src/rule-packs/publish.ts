import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { carriers, provinces } from '../../../src/shared/domain/geography.ts'
import { resolveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import { packIdsFor, type RulePack, rulePackSchema } from '../../../src/shared/domain/rules/rule-pack.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { sha256Hex } from '../auth/secrets.ts'
import { appendChange } from '../changes/append-change.ts'
import type { Clock, Database, Log, Tx } from '../service-context.ts'
import { loadRulePacks } from './load-rules.ts'
import { holdPublication, publicRuleKeys, rulesChain, signingKey } from './rule-keys.ts'
import { canonicalPack, contentOf, type NamedPack, openSignedPack, signPack } from './signed-pack.ts'

/** Writes packs that are not there yet and tells every store; the caller holds the publication. */
async function addPacks(
  tx: Tx,
  last: { number: number },
  packs: readonly (NamedPack & { jws: string; publishedAt: number })[],
  now: number,
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
      })
      .execute()
  const rows = await tx.selectFrom('rule_pack').select('digest').orderBy('digest').execute()
  const setDigest = sha256Hex(rows.map((row) => row.digest).join('\n'))
  await tx
    .updateTable('rule_publication')
    .set({ number: last.number + 1, set_digest: setDigest })
    .execute()
  const stores = await tx.selectFrom('store').select('store_id').orderBy('store_id').execute()
  for (const { store_id } of stores) await appendChange(tx, store_id, { at: now, kind: 'rules', rules: { setDigest } })
}

/** Every published pack together with the set about to join it, as the rules will see them. */
async function joined(tx: Tx, packs: readonly RulePack[]): Promise<RulePack[]> {
  const rows = await tx.selectFrom('rule_pack').select(['pack_id', 'version', 'jws']).execute()
  const names = new Set(packs.map(({ id, version }) => `${id} ${version}`))
  const earlier = rows
    .filter((row) => !names.has(`${row.pack_id} ${row.version}`))
    .flatMap((row) => rulePackSchema.safeParse(contentOf(row.jws)).data ?? [])
  return [...earlier, ...packs]
}

/** Each place that a new pack speaks for still has whole rules on the day the pack begins. Throws, naming pack and entry. */
function checkPlaces(all: readonly RulePack[], fresh: readonly NamedPack[]): void {
  for (const { id, version, validFrom } of fresh)
    for (const carrier of carriers)
      for (const province of provinces) {
        if (!packIdsFor({ carrier, province }).includes(id)) continue
        const rules = resolveRules(all, { carrier, province }, validFrom as ShanghaiDate)
        if (rules.ok) continue
        const { pack, version: broken, entry } = rules.error.params ?? {}
        throw new Error(
          `${id} ${version}: ${carrier} ${province} would have no whole rules: ${pack} ${broken} ${entry}`,
        )
      }
}

/**
 * Publishes a set of packs as a whole: signs those that are new and tells every store's counters, in one transaction. What was
 * published before stays as it is. Throws, naming the pack and what is wrong, and publishes nothing, when a version was published
 * with another content or a place would be left without whole rules. Returns the names of the packs that are new.
 */
export async function publishPacks(
  db: Database,
  clock: Clock,
  packs: readonly RulePack[],
  by: string,
): Promise<string[]> {
  const named = packs.map(canonicalPack)
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
    const key = await signingKey(tx, now)
    if (fresh.length === 0) return []
    checkPlaces(await joined(tx, packs), fresh)
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
    await addPacks(tx, last, signed, now)
    return names
  })
}

/**
 * Publishes what is new in a folder when the service starts. A folder that cannot be published does not keep a service from
 * working by the rules that are published already; a service without any does not start.
 */
export async function publishAtStart(db: Database, clock: Clock, log: Log, folder: string): Promise<void> {
  try {
    const fresh = await publishPacks(db, clock, await loadRulePacks(folder), 'service')
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
    await addPacks(tx, last, back, now)
    return back.length
  })
}
