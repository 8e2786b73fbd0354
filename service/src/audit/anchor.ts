import { open } from 'node:fs/promises'
import canonicalize from 'canonicalize'
import { sql } from 'kysely'
import { sha256Hex } from '../auth/secrets.ts'
import type { AuditAnchorTable } from '../database/tables.ts'
import type { ServiceContext } from '../service-context.ts'
import { type ChainHead, genesis } from './append-audit.ts'

/** An anchor as it is kept outside the database: nothing but numbers and a hash. */
export interface AnchorLine {
  anchor: number
  at: number
  root: string
}

/** The hash over the anchor before and every chain that has grown since; whoever keeps it can tell a rewritten history. */
export function rootOf(anchor: {
  anchor: number
  at: number
  previousRoot: string
  heads: readonly ChainHead[]
}): string {
  return sha256Hex(
    canonicalize({ ...anchor, heads: anchor.heads.map(({ chain, sequence, hash }) => ({ chain, sequence, hash })) })!,
  )
}

async function writeOutside(file: string, line: AnchorLine): Promise<void> {
  const handle = await open(file, 'a', 0o600)
  try {
    await handle.appendFile(`${JSON.stringify(line)}\n`)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/**
 * Binds the ends of all audit chains together, each time on top of the time before, once `everySeconds` have passed and a chain has
 * grown. The root is logged and appended to `file`, which should lie where whoever holds the database cannot write: a chain that is
 * rewritten as a whole, hashes and all, no longer fits it. Returns the line, or undefined when there was nothing to do.
 */
export async function anchorAudit(
  context: Pick<ServiceContext, 'db' | 'clock' | 'log'>,
  settings: { everySeconds: number; file?: string | undefined },
): Promise<AnchorLine | undefined> {
  const at = context.clock.now()
  const line = await context.db.transaction().execute(async (tx) => {
    const last = await tx.selectFrom('audit_anchor').selectAll().orderBy('anchor', 'desc').limit(1).executeTakeFirst()
    if (last && at - last.at < settings.everySeconds * 1000) return undefined
    const grown = await tx
      .selectFrom('audit_chain as c')
      .leftJoin('audit_anchored as a', 'a.chain', 'c.chain')
      .select(['c.chain', 'c.last_sequence as sequence', 'c.last_hash as hash'])
      .where('c.last_sequence', '>', (eb) => eb.fn.coalesce('a.sequence', sql<number>`0`))
      .orderBy('c.chain')
      .execute()
    if (grown.length === 0) return undefined
    const anchor = (last?.anchor ?? 0) + 1
    const previousRoot = last?.root ?? genesis
    const root = rootOf({ anchor, at, previousRoot, heads: grown })
    const row: AuditAnchorTable = { anchor, at, previous_root: previousRoot, root, heads: JSON.stringify(grown) }
    await tx.insertInto('audit_anchor').values(row).execute()
    for (const { chain, sequence } of grown)
      await tx
        .insertInto('audit_anchored')
        .values({ chain, sequence })
        .onConflict((conflict) => conflict.column('chain').doUpdateSet({ sequence }))
        .execute()
    return { anchor, at, root }
  })
  if (!line) return undefined
  context.log.info({ ...line }, 'audit anchor')
  if (settings.file) await writeOutside(settings.file, line)
  return line
}
