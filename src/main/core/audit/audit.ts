import type { Ports } from '../ports.ts'
import type { Transaction } from '../storage/store.ts'

/** What somebody did, without personal data: who, what, in which case, with which figures. */
export interface AuditEntry {
  staffId: string
  /** Command name, or `enrol`. */
  action: string
  caseId?: string
  details?: Record<string, string | number | boolean | undefined>
}

/** What the hash of the first entry is chained to. */
export const auditGenesis = '0'.repeat(64)

/**
 * The hash of an entry: SHA-256 over its columns as a JSON array, in this order, beginning with the hash before it.
 * A removed, changed or reordered entry breaks the chain from there on.
 */
export function auditHash(
  sha256: Ports['sha256'],
  entry: {
    previousHash: string
    sequence: number
    at: number
    staffId: string
    action: string
    caseId: string | null
    details: string
  },
): string {
  const { previousHash, sequence, at, staffId, action, caseId, details } = entry
  return sha256(JSON.stringify([previousHash, sequence, at, staffId, action, caseId, details]))
}

/** Adds an entry to the chain within the caller's transaction, so that no act is without its entry. */
export async function writeAudit(tx: Transaction, ports: Pick<Ports, 'clock' | 'sha256'>, entry: AuditEntry) {
  const last = await tx.get<{ sequence: number; hash: string }>(
    'SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1',
  )
  const row = {
    previousHash: last?.hash ?? auditGenesis,
    sequence: (last?.sequence ?? 0) + 1,
    at: ports.clock.now(),
    staffId: entry.staffId,
    action: entry.action,
    caseId: entry.caseId ?? null,
    details: JSON.stringify(entry.details ?? {}),
  }
  tx.run(
    'INSERT INTO audit (sequence, at, staff_id, action, case_id, details, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    [
      row.sequence,
      row.at,
      row.staffId,
      row.action,
      row.caseId,
      row.details,
      row.previousHash,
      auditHash(ports.sha256, row),
    ],
  )
}
