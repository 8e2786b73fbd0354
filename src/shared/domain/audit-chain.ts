/** What the hash of the first entry is chained to. */
export const auditGenesis = '0'.repeat(64)

/** An entry of a central audit chain as it is hashed and stored. `details` is JSON as text. */
export interface ChainedEntry {
  chain: string
  sequence: number
  at: number
  actor: string
  device_id: string | null
  action: string
  subject: string
  details: string
  previous_hash: string
}

/**
 * What is hashed: the entry as canonical JSON (RFC 8785, names in order; whole numbers and text only). Written out here so that a
 * counter can compute the central chain again without trusting the service that shows it.
 */
export function chainedText(entry: ChainedEntry): string {
  const { action, actor, at, chain, details, device_id, previous_hash, sequence, subject } = entry
  return JSON.stringify({ action, actor, at, chain, details, device_id, previous_hash, sequence, subject })
}

/** Where a walk along a chain stands. */
export interface ChainWalk {
  entries: number
  lastHash: string
  /** Sequence of the first entry that was changed, removed or put elsewhere. */
  brokenAt?: number
}

/** The walk before the first entry. */
export const walkStart: ChainWalk = { entries: 0, lastHash: auditGenesis }

/** Goes on along a chain with the next entry; a broken chain stays broken at its first break. */
export function walkOn(
  walk: ChainWalk,
  entry: { sequence: number; previousHash: string; hash: string },
  computed: string,
): ChainWalk {
  if (walk.brokenAt !== undefined) return { ...walk, entries: walk.entries + 1 }
  const sound = entry.sequence === walk.entries + 1 && entry.previousHash === walk.lastHash && entry.hash === computed
  const next = { entries: walk.entries + 1, lastHash: entry.hash }
  return sound ? next : { ...next, brokenAt: walk.entries + 1 }
}
