import { join, resolve } from 'node:path'
import { loadSegments } from '../../../service/src/numbers/load-segments.ts'
import { publishedRules, type RuleBook } from '../../../service/src/rule-packs/rule-book.ts'
import type { Resources } from '../../../src/main/core/ports.ts'
import { loadSqlite } from '../../../src/main/core/storage/database.ts'
import type { RulePack } from '../../../src/shared/domain/rules/rule-pack.ts'
import { fewPacks, type SignedPack, signer } from '../signed-rules.ts'

/** Reference data that counters and service share; the book is the service's way to the same packs. */
export interface Rules extends Resources {
  book: RuleBook
  /** The same as counters keep them. */
  signed: readonly SignedPack[]
}

/** A book of these packs as if they had been published at the beginning of time. */
function bookOf(packs: Resources['packs']): RuleBook {
  const rules = publishedRules(packs.map((pack) => ({ pack, publishedAt: 0 })))
  const notHere = () => Promise.reject(new Error('these worlds hand out no packs'))
  return { published: async () => rules, setDigest: async () => undefined, list: notHere, contents: notHere }
}

/**
 * The nation's rules, the only ones here, without what no customer of these worlds has: agreements with a price, and most of what
 * makes a case suspicious. Each life verifies and merges what it keeps, and thousands of lives are lived.
 */
function withoutCustomers(nation: RulePack): RulePack {
  const riskRules = (nation.sections.riskRules as unknown[]).slice(0, 2)
  return { ...nation, sections: { ...nation.sections, penaltyRules: [], riskRules } } as RulePack
}

/**
 * Reads the product's own rules; every world uses them. Compiles SQLite as well, so that no world is the first one, in which
 * opening a store would take real time.
 */
export async function loadRules(): Promise<Rules> {
  const folder = resolve(import.meta.dirname, '../../../resources')
  await loadSqlite()
  const segments = await loadSegments({
    prefixes: join(folder, 'segments/prefixes.json'),
    provinces: join(folder, 'segments/provinces.csv'),
  })
  const packs = fewPacks.filter(({ id }) => id === 'cn').map(withoutCustomers)
  return { segments, packs, book: bookOf(packs), signed: await Promise.all(packs.map((pack) => signer.sign(pack))) }
}

/** First seven digits that belong to another province than the counters', in the order of the table. */
export function remoteSegments(rules: Rules, province: string): string[] {
  return [...rules.segments.provinces].filter(([, home]) => home !== province).map(([segment]) => segment)
}
