import type { Failure, Result } from '../../../shared/domain/result.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { type ListedPack, mostPacksAtOnce, type RuleKey, type RuleList } from '../../../shared/protocol/rules.ts'
import { writeAudit } from '../audit/audit.ts'
import type { Emitter } from '../emitter.ts'
import { readMeta } from '../meta.ts'
import type { Ports } from '../ports.ts'
import type { ServiceClient } from '../service-client/service-client.ts'
import type { Store } from '../storage/store.ts'
import type { RuleCache } from './rule-cache.ts'
import { believedKeys, type VerifiedPack, verifyPack } from './verify-rules.ts'

/** A set that was refused is asked for again after this long; somebody may have put it right. */
const refusedPauseMs = 5 * 60_000

/** Keeps the counter's rules at what the service has published. */
export interface RuleSync {
  /** The service has named its set; fetches it when it is another one than was dealt with. */
  told(setDigest: string): Promise<void>
  /** Fetches now. True when the counter has dealt with everything the service has published. */
  fetch(): Promise<boolean>
}

interface Refused {
  failure: Failure
  jws?: string
}

/** Cuts a list into parts of at most as many as one request takes. */
function partsOf<T>(list: readonly T[]): T[][] {
  const parts: T[][] = []
  for (let at = 0; at < list.length; at += mostPacksAtOnce) parts.push(list.slice(at, at + mostPacksAtOnce))
  return parts
}

/** A pack is what the list says it is. Error: `rules.differs`. */
function asListed(listed: ListedPack, verified: VerifiedPack): Result<VerifiedPack> {
  const { pack, digest, publishedAt } = verified
  const fits =
    digest === listed.digest &&
    pack.id === listed.id &&
    pack.version === listed.version &&
    pack.validFrom === listed.validFrom &&
    publishedAt === listed.publishedAt
  return fits ? ok(verified) : fail('rules.differs', { params: { pack: listed.id, version: listed.version } })
}

/** Creates the sync. A set with one wrong pack is refused as a whole: rules that belong together come into force together. */
export function createRuleSync(parts: {
  ports: Pick<Ports, 'clock' | 'sha256' | 'log'>
  store: Store
  service: ServiceClient
  events: Emitter
  cache: RuleCache
  /** Ends what is under way. */
  signal: AbortSignal
}): RuleSync {
  const { ports, store, service, events, cache, signal } = parts
  let underWay: Promise<boolean> | undefined
  let notBefore = { setDigest: '', at: 0 }

  async function contentsOf(
    missing: readonly ListedPack[],
    keys: readonly RuleKey[],
  ): Promise<{ packs: VerifiedPack[] } | { refused: Refused } | undefined> {
    const packs: VerifiedPack[] = []
    for (const part of partsOf(missing)) {
      const answer = await service.exchange('packContents', {
        body: { digests: part.map((one) => one.digest) },
        signal,
      })
      if (answer.kind !== 'answered') return undefined
      const opened: VerifiedPack[] = []
      for (const jws of answer.value.packs) {
        const verified = await verifyPack(jws, keys, ports.sha256)
        if (!verified.ok) return { refused: { failure: verified.error, jws } }
        opened.push(verified.value)
      }
      for (const listed of part) {
        const { id: pack, version } = listed
        const found = opened.find((one) => one.digest === listed.digest)
        const differs: Result<VerifiedPack> = fail('rules.differs', { params: { pack, version } })
        const fits = found ? asListed(listed, found) : differs
        if (!fits.ok) return { refused: { failure: fits.error, ...(found ? { jws: found.jws } : {}) } }
        packs.push(fits.value)
      }
    }
    return { packs }
  }

  async function refuse({ failure, jws }: Refused, setDigest: string): Promise<boolean> {
    ports.log.error('rules.refused', { code: failure.code, pack: String(failure.params?.pack) })
    const again = notBefore.setDigest === setDigest && cache.refused()?.code === failure.code
    notBefore = { setDigest, at: ports.clock.now() + refusedPauseMs }
    // The same set refused for the same reason is one story, however often it is asked for.
    if (!again) await cache.refuse(failure, jws)
    events.emit({ name: 'rules.changed', payload: {} })
    return false
  }

  /** What this counter holds and the service does not list: it was restored from a backup, and is given back its own. */
  async function giveBack(list: RuleList): Promise<void> {
    const listed = new Set(list.packs.map((one) => one.digest))
    const forgotten = cache.held().filter((one) => !listed.has(one.digest))
    for (const part of partsOf(forgotten)) {
      const answer = await service.exchange('returnPacks', { body: { packs: part.map((one) => one.jws) }, signal })
      if (answer.kind !== 'answered') return
      ports.log.warn('rules.returned', { packs: part.length, taken: answer.value.restored })
    }
  }

  async function fetch(): Promise<boolean> {
    const answer = await service.exchange('ruleList', { signal })
    if (answer.kind !== 'answered') return false
    const list = answer.value
    const { setDigest } = list
    const keys = await believedKeys(cache.keys(), list.keys)
    const revoked = keys.filter(({ revocation }) => revocation).map(({ keyId }) => keyId)
    // What a revoked key signed counts as not held: the service has signed again what it stands for.
    const standing = cache.held().filter(({ keyId }) => !revoked.includes(keyId))
    const known = new Map(standing.map((one) => [`${one.pack.id} ${one.pack.version}`, one.digest]))
    for (const { id, version, digest } of list.packs) {
      const held = known.get(`${id} ${version}`)
      if (held !== undefined && held !== digest)
        return refuse({ failure: { code: 'rules.differs', params: { pack: id, version } } }, setDigest)
    }
    const missing = list.packs.filter(({ id, version }) => !known.has(`${id} ${version}`))
    const contents = await contentsOf(missing, keys)
    if (!contents) return false
    if ('refused' in contents) return refuse(contents.refused, setDigest)
    const { packs } = contents
    const written = await store.transaction(async (tx) => {
      const before = new Set(cache.keys().flatMap(({ keyId, revocation }) => (revocation ? [keyId] : [])))
      for (const keyId of revoked)
        if (!before.has(keyId))
          await writeAudit(tx, ports, { staffId: 'counter', action: 'rules.keyRevoked', details: { keyId } })
      if (packs.length > 0)
        await writeAudit(tx, ports, {
          staffId: 'counter',
          action: 'rules.adopted',
          details: { packs: packs.length, setDigest },
        })
      return cache.add(tx, keys, packs, setDigest)
    })
    written()
    events.emit({ name: 'rules.changed', payload: {} })
    await giveBack(list)
    return true
  }

  return {
    fetch() {
      underWay ??= fetch().finally(() => {
        underWay = undefined
      })
      return underWay
    },
    async told(setDigest) {
      // What is being fetched may be the set before this one.
      await underWay?.catch(() => false)
      if (notBefore.setDigest === setDigest && ports.clock.now() < notBefore.at) return
      if ((await readMeta(store, 'rulesSetDigest')) === setDigest) return
      await this.fetch()
    },
  }
}
