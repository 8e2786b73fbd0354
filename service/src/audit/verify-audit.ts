import { z } from 'zod'
import type { Database } from '../database/handle.ts'
import { type AnchorLine, rootOf } from './anchor.ts'
import { type ChainHead, genesis, verifyAuditChain } from './append-audit.ts'

/** Where the audit does not hold: a chain, an anchor, or an anchor kept outside that the database does not have so. */
export type AuditFault =
  | { kind: 'chain'; chain: string; sequence: number }
  | { kind: 'anchor'; anchor: number; chain?: string }
  | { kind: 'outside'; anchor: number }

export interface AuditReport {
  chains: number
  entries: number
  anchors: number
  outside: number
  faults: AuditFault[]
}

const lineSchema = z.object({ anchor: z.int().positive(), at: z.int(), root: z.string().regex(/^[0-9a-f]{64}$/) })

/** Reads the lines of an anchor file. Throws with the number of a line that is none. */
export function readAnchorLines(text: string): AnchorLine[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      try {
        return lineSchema.parse(JSON.parse(line))
      } catch {
        throw new Error(`line ${index + 1} of the anchor file is no anchor`)
      }
    })
}

/** Looks at every chain from its first entry, at every anchor, and holds both against the anchors kept outside. Changes nothing. */
export async function verifyAudit(db: Database, outside: readonly AnchorLine[]): Promise<AuditReport> {
  const faults: AuditFault[] = []
  const chains = await db.selectFrom('audit_chain').select('chain').orderBy('chain').execute()
  let entries = 0
  for (const { chain } of chains) {
    const verified = await verifyAuditChain(db, chain)
    entries += verified.entries
    if (verified.brokenAt !== undefined) faults.push({ kind: 'chain', chain, sequence: verified.brokenAt })
  }
  const anchors = await db.selectFrom('audit_anchor').selectAll().orderBy('anchor').execute()
  let previousRoot = genesis
  for (const [index, row] of anchors.entries()) {
    const heads = JSON.parse(row.heads) as ChainHead[]
    const { anchor, at, root } = row
    if (
      anchor !== index + 1 ||
      row.previous_root !== previousRoot ||
      rootOf({ anchor, at, previousRoot, heads }) !== root
    )
      faults.push({ kind: 'anchor', anchor })
    for (const { chain, sequence, hash } of heads) {
      const entry = await db
        .selectFrom('audit_entry')
        .select('hash')
        .where('chain', '=', chain)
        .where('sequence', '=', sequence)
        .executeTakeFirst()
      if (entry?.hash !== hash) faults.push({ kind: 'anchor', anchor, chain })
    }
    previousRoot = root
  }
  const roots = new Map(anchors.map((row) => [row.anchor, row.root]))
  for (const { anchor, root } of outside) if (roots.get(anchor) !== root) faults.push({ kind: 'outside', anchor })
  return { chains: chains.length, entries, anchors: anchors.length, outside: outside.length, faults }
}

function sentenceOf(fault: AuditFault): string {
  if (fault.kind === 'chain')
    return `chain ${fault.chain}: entry ${fault.sequence} was changed, removed or put elsewhere`
  if (fault.kind === 'outside')
    return `anchor ${fault.anchor} of the file is not the database's: its history was rewritten, or an older backup was restored`
  return fault.chain
    ? `anchor ${fault.anchor}: chain ${fault.chain} has been rewritten since`
    : `anchor ${fault.anchor} itself was changed`
}

/** The report as sentences for whoever runs the check. */
export function auditSentences(report: AuditReport): string[] {
  const { chains, entries, anchors, outside, faults } = report
  const seen = `${chains} chains with ${entries} entries, ${anchors} anchors, ${outside} of them held against the file`
  return faults.length > 0 ? [...faults.map(sentenceOf), `BROKEN: ${seen}`] : [`whole: ${seen}`]
}
