import type { Failure } from '../../../shared/domain/result.ts'
import type { RulePack } from '../../../shared/domain/rules/rule-pack.ts'
import type { RuleKey } from '../../../shared/protocol/rules.ts'
import { writeAudit } from '../audit/audit.ts'
import { deleteMeta, readMeta, writeMeta } from '../meta.ts'
import type { Ports } from '../ports.ts'
import type { Store, Transaction } from '../storage/store.ts'
import { type VerifiedPack, verifyPack } from './verify-rules.ts'

/** The rules this counter may use: verified, and kept in its store. */
export interface RuleCache {
  /** The same array until packs are added: rules are merged once per array. */
  packs(): readonly RulePack[]
  keys(): readonly RuleKey[]
  held(): readonly VerifiedPack[]
  /** When the newest pack was published; undefined while there is none. */
  newestAt(): number | undefined
  /** What was refused last and not put right since. */
  refused(): Failure | undefined
  /** Writes the keys a service gave at enrolment; call the function it answers with once they are on disk. */
  learn(tx: Transaction, keys: readonly RuleKey[]): () => void
  /**
   * Writes keys and packs within the caller's transaction, and sets aside what revoked keys had signed and nobody signed again; call the
   * function it answers with once they are on disk.
   */
  add(tx: Transaction, keys: readonly RuleKey[], packs: readonly VerifiedPack[], setDigest: string): Promise<() => void>
  /** Sets a refused pack aside and remembers why; in force stays what was in force. */
  refuse(failure: Failure, jws: string | undefined): Promise<void>
}

type CachePorts = Pick<Ports, 'clock' | 'sha256' | 'log'>

const mostSetAside = 20

async function setAside(tx: Transaction, ports: CachePorts, failure: Failure, jws: string | undefined) {
  const { pack = '?', version = '?' } = failure.params ?? {}
  tx.run('INSERT INTO rule_refusal (at, pack_id, version, code, jws) VALUES (?, ?, ?, ?, ?)', [
    ports.clock.now(),
    String(pack),
    String(version),
    failure.code,
    jws ?? null,
  ])
  tx.run('DELETE FROM rule_refusal WHERE position <= (SELECT max(position) FROM rule_refusal) - ?', [mostSetAside])
  await writeAudit(tx, ports, {
    staffId: 'counter',
    action: 'rules.refused',
    details: { pack: String(pack), version: String(version), code: failure.code },
  })
  writeMeta(tx, 'rulesRefused', { code: failure.code, params: { pack, version } })
}

/** Writes keys that are not known yet, in the order in which they vouch for each other, and which are revoked. */
function writeKeys(tx: Transaction, keys: readonly RuleKey[], now: number): void {
  for (const { keyId, x, endorsement, revocation } of keys) {
    tx.run('INSERT INTO rule_key (key_id, x, endorsement, learned_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', [
      keyId,
      x,
      endorsement ?? null,
      now,
    ])
    if (revocation)
      tx.run('UPDATE rule_key SET revocation = ? WHERE key_id = ? AND revocation IS NULL', [revocation, keyId])
  }
}

/** Those that a revoked key signed. */
function ofRevoked(held: readonly VerifiedPack[], keys: readonly RuleKey[]): VerifiedPack[] {
  const revoked = new Set(keys.filter(({ revocation }) => revocation).map(({ keyId }) => keyId))
  return held.filter(({ keyId }) => revoked.has(keyId))
}

/**
 * Reads the packs of the store and verifies each again: what does not fit any more is set aside, and the service is asked for it
 * anew.
 */
export async function openRuleCache(store: Store, ports: CachePorts): Promise<RuleCache> {
  const keyRows = await store.query<{
    key_id: string
    x: string
    endorsement: string | null
    revocation: string | null
  }>('SELECT key_id, x, endorsement, revocation FROM rule_key ORDER BY position')
  let keys: RuleKey[] = keyRows.map(({ key_id, x, endorsement, revocation }) => ({
    keyId: key_id,
    x,
    ...(endorsement ? { endorsement } : {}),
    ...(revocation ? { revocation } : {}),
  }))
  const rows = await store.query<{ digest: string; jws: string }>(
    'SELECT digest, jws FROM rule_pack ORDER BY published_at, pack_id, version',
  )
  let held: VerifiedPack[] = []
  for (const { digest, jws } of rows) {
    const verified = await verifyPack(jws, keys, ports.sha256)
    if (verified.ok && verified.value.digest === digest) {
      held.push(verified.value)
      continue
    }
    const failure: Failure = verified.ok
      ? { code: 'rules.differs', params: { pack: verified.value.pack.id, version: verified.value.pack.version } }
      : verified.error
    ports.log.error('rules.setAside', { code: failure.code, pack: failure.params?.pack?.toString() })
    await store.transaction(async (tx) => {
      tx.run('DELETE FROM rule_pack WHERE digest = ?', [digest])
      deleteMeta(tx, 'rulesSetDigest')
      await setAside(tx, ports, failure, jws)
    })
  }
  let packs: readonly RulePack[] = held.map(({ pack }) => pack)
  let refused = (await readMeta(store, 'rulesRefused')) as Failure | undefined

  return {
    packs: () => packs,
    keys: () => keys,
    held: () => held,
    newestAt: () => held.reduce<number | undefined>((newest, one) => Math.max(newest ?? 0, one.publishedAt), undefined),
    refused: () => refused,
    learn(tx, given) {
      writeKeys(tx, given, ports.clock.now())
      return () => {
        keys = [...keys, ...given.filter((key) => keys.every((one) => one.keyId !== key.keyId))]
      }
    },
    async add(tx, nextKeys, fresh, setDigest) {
      const now = ports.clock.now()
      writeKeys(tx, nextKeys, now)
      const dropped = ofRevoked(held, nextKeys)
      for (const { digest } of dropped) tx.run('DELETE FROM rule_pack WHERE digest = ?', [digest])
      for (const { digest, pack, publishedAt, jws } of fresh)
        tx.run(
          `INSERT INTO rule_pack (digest, pack_id, version, published_at, received_at, jws)
           VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
          [digest, pack.id, pack.version, publishedAt, now, jws],
        )
      writeMeta(tx, 'rulesSetDigest', setDigest)
      // What was signed again is there anew; the rest nobody stands for.
      const disowned = dropped.filter(({ digest }) => fresh.every((one) => one.digest !== digest))
      for (const { pack, jws } of disowned)
        await setAside(tx, ports, { code: 'rules.revoked', params: { pack: pack.id, version: pack.version } }, jws)
      deleteMeta(tx, 'rulesRefused')
      return () => {
        keys = [...nextKeys]
        refused = undefined
        if (fresh.length === 0 && dropped.length === 0) return
        held = [...held.filter((one) => !dropped.includes(one)), ...fresh]
        packs = held.map(({ pack }) => pack)
      }
    },
    async refuse(failure, jws) {
      await store.transaction((tx) => setAside(tx, ports, failure, jws))
      refused = failure
    },
  }
}
