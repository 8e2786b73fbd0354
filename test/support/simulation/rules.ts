import { join, resolve } from 'node:path'
import { loadSegments } from '../../../service/src/numbers/load-segments.ts'
import { loadRulePacks } from '../../../service/src/rule-packs/load-rules.ts'
import { publishedRules, type RuleBook } from '../../../service/src/rule-packs/rule-book.ts'
import type { Resources } from '../../../src/main/core/ports.ts'
import { loadSqlite } from '../../../src/main/core/storage/database.ts'

/** Reference data that counters and service share; the book is the service's way to the same packs. */
export interface Rules extends Resources {
  book: RuleBook
}

/** A book of these packs as if they had been published at the beginning of time. */
function bookOf(packs: Resources['packs']): RuleBook {
  const rules = publishedRules(packs.map((pack) => ({ pack, publishedAt: 0 })))
  const notHere = () => Promise.reject(new Error('these worlds hand out no packs'))
  return { published: async () => rules, setDigest: async () => undefined, list: notHere, contents: notHere }
}

/**
 * Reads the product's own rules; every world uses them. Compiles SQLite as well, so that no world is the first one, in which
 * opening a store would take real time.
 */
export async function loadRules(): Promise<Rules> {
  const folder = resolve(import.meta.dirname, '../../../resources')
  await loadSqlite()
  const [segments, packs] = await Promise.all([
    loadSegments({
      prefixes: join(folder, 'segments/prefixes.json'),
      provinces: join(folder, 'segments/provinces.csv'),
    }),
    loadRulePacks(join(folder, 'rule-packs')),
  ])
  return { segments, packs, book: bookOf(packs) }
}

/** First seven digits that belong to another province than the counters', in the order of the table. */
export function remoteSegments(rules: Rules, province: string): string[] {
  return [...rules.segments.provinces].filter(([, home]) => home !== province).map(([segment]) => segment)
}
