import { type RulePack, rulePackSchema } from '../../../src/shared/domain/rules/rule-pack.ts'
import type { ListedPack, RuleList } from '../../../src/shared/protocol/rules.ts'
import { packNameSchema, ruleListSchema } from '../../../src/shared/protocol/rules.ts'
import type { Database } from '../database/handle.ts'
import type { Log } from '../ports.ts'
import { publicRuleKeys } from './rule-keys.ts'
import { contentOf } from './signed-pack.ts'
import { standingPacks } from './standing-packs.ts'

/** What is published at one moment. The arrays stay the same until something is published: rules are merged once per array. */
export interface PublishedRules {
  packs: readonly RulePack[]
  /** Those that were published no later than an instant (UTC ms). */
  knownAt(at: number): readonly RulePack[]
}

/** The published packs. Whoever asks inside a transaction passes it: PGlite has one connection. */
export interface RuleBook {
  published(db: Database): Promise<PublishedRules>
  /** Names the set; undefined while nothing is published. */
  setDigest(db: Database): Promise<string | undefined>
  list(db: Database): Promise<RuleList>
  /** Signed packs by digest; unknown ones are left out. */
  contents(db: Database, digests: readonly string[]): Promise<string[]>
}

/** Packs with the instants of their publication, oldest first. */
export function publishedRules(entries: readonly { pack: RulePack; publishedAt: number }[]): PublishedRules {
  const packs = entries.map(({ pack }) => pack)
  const earlier = new Map<number, readonly RulePack[]>([[packs.length, packs]])
  return {
    packs,
    knownAt(at) {
      const count = entries.filter(({ publishedAt }) => publishedAt <= at).length
      const known = earlier.get(count) ?? packs.slice(0, count)
      earlier.set(count, known)
      return known
    },
  }
}

/**
 * Reads published packs from the database. Packs never change, so those parsed once are kept; which there are is asked every time,
 * because another process may have published.
 */
export function createRuleBook(log: Log): RuleBook {
  let known: { number: number; rules: PublishedRules; superseded: ReadonlySet<string> } | undefined

  async function publication(db: Database) {
    return db.selectFrom('rule_publication').select(['number', 'set_digest']).executeTakeFirst()
  }
  async function read(db: Database) {
    const number = (await publication(db))?.number ?? 0
    if (known?.number === number) return known
    const rows = await standingPacks(db)
    const unread: typeof rows = []
    const entries = rows.flatMap((row) => {
      const parsed = rulePackSchema.safeParse(contentOf(row.jws))
      if (parsed.success) return [{ pack: parsed.data, publishedAt: row.published_at }]
      // Written for an earlier form of the language: kept, but nothing can be quoted by it.
      log.error({ pack: row.pack_id, version: row.version }, 'a published rule pack cannot be read')
      unread.push(row)
      return []
    })
    const isSuperseded = (row: (typeof rows)[number]) =>
      entries.some(({ pack, publishedAt }) => pack.id === row.pack_id && publishedAt > row.published_at)
    const superseded = new Set(unread.filter(isSuperseded).map(({ digest }) => digest))
    known = { number, rules: publishedRules(entries), superseded }
    return known
  }
  return {
    published: async (db) => (await read(db)).rules,
    async setDigest(db) {
      return (await publication(db))?.set_digest || undefined
    },
    async list(db) {
      // A counter refuses a set with a pack it cannot read. One in words of the past, behind which a later one stands, is nobody's any
      // more; one in words that are newer than this process is not left out.
      const { superseded } = await read(db)
      const rows = (await standingPacks(db)).filter(({ digest }) => !superseded.has(digest))
      return ruleListSchema.parse({
        keys: await publicRuleKeys(db),
        setDigest: (await publication(db))?.set_digest,
        packs: rows.map(({ jws, digest, published_at }) => {
          const { id, version, validFrom } = packNameSchema.parse(contentOf(jws))
          return { id, version, validFrom, digest, publishedAt: published_at } as ListedPack
        }),
      })
    },
    async contents(db, digests) {
      return (await standingPacks(db, digests)).map(({ jws }) => jws)
    },
  }
}
