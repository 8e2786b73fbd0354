import type { Generated } from 'kysely'
import type { ChainedEntry } from '../../../../src/shared/domain/audit-chain.ts'

/* What the service remembers of itself: calls to outside systems, the audit chain, rule packs. */

export interface OutsideCallTable {
  call_id: string
  order_id: string | null
  target: string
  operation: string
  idempotency_key: string
  /** Of the last call, where several ended alike. */
  started_at: number
  duration_ms: number
  outcome: 'ok' | 'refused' | 'unavailable' | 'unexpected'
  detail: string | null
  times: Generated<number>
  /** Of the first call, where several ended alike. */
  first_at: number | null
}

export interface AuditEntryTable extends ChainedEntry {
  hash: string
}

export interface AuditAnchorTable {
  anchor: number
  at: number
  previous_root: string
  root: string
  heads: string
}

/** A key that signs rule packs; `d` is the private part, kept in the database so that every process signs alike. */
export interface RuleKeyTable {
  key_id: string
  x: string
  d: string
  endorsement: string | null
  created_at: number
  /** The next key's signature that this one is not to be believed any more. */
  revocation: string | null
}

/** The key that comes after the signing one, known to counters beforehand; without `d` it is kept outside the database. */
export interface RuleKeyReserveTable {
  key_id: string
  x: string
  d: string | null
  endorsement: string
  created_at: number
}

export interface RulePackTable {
  pack_id: string
  version: string
  valid_from: string
  digest: string
  jws: string
  published_at: number
  publication: number
  /** The counter that brought it back to a service which had forgotten it. */
  returned_by: string | null
}

/** A pack signed again, because the key that had signed it was revoked. */
export interface RulePackResignedTable {
  digest: string
  jws: string
  signed_at: number
}
