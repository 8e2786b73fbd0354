import { z } from 'zod'
import { deviceSchema, sessionSchema } from '../../shared/protocol/device.ts'
import { failureSchema } from '../../shared/protocol/jobs.ts'
import type { Store, Transaction } from './storage/store.ts'

/** The few single values a counter remembers, each with its own shape. Parsed again whenever they are read. */
const metaSchemas = {
  device: deviceSchema,
  session: sessionSchema,
  /** Highest change of the service that was applied. */
  changesCursor: z.int().nonnegative(),
  /** Names that change beyond its number (`changeMark`). */
  changesMark: z.string(),
  /** Sequence of the last job; the next one is one higher. */
  lastJobSequence: z.int().nonnegative(),
  /** Receipts of the service held here; the service must have accepted at least as many. */
  receiptCount: z.int().nonnegative(),
  /** What this counter found out when its disk had been set back to an older state; until somebody has read it. */
  setBack: z.object({
    at: z.int().nonnegative(),
    recalled: z.int().nonnegative(),
    renumbered: z.int().nonnegative(),
    /** Payments put back into their cases. */
    payments: z.int().nonnegative().default(0),
    /** Submitted cases of which nothing was left here. */
    cases: z.int().nonnegative().default(0),
  }),
  /** Changes in words of a newer version that there was no room to keep: the first of them, and the version that had to let them go. */
  newerLetGo: z.object({ from: z.int().positive(), version: z.string() }),
  /** The set of rule packs that was dealt with last, as the service names it. */
  rulesSetDigest: z.string(),
  /** Why rules were refused, while that is not put right. */
  rulesRefused: failureSchema,
  /** When the list of statements was last fetched. */
  statementsFetchedAt: z.int().nonnegative(),
  lastCaseCounter: z.int().nonnegative(),
} as const
type MetaSchemas = typeof metaSchemas
export type MetaName = keyof MetaSchemas
export type MetaValue<N extends MetaName> = z.output<MetaSchemas[N]>

/** Reads one value; undefined when it was never written or no longer has its shape. */
export async function readMeta<N extends MetaName>(
  reader: Pick<Store, 'get'> | Transaction,
  name: N,
): Promise<MetaValue<N> | undefined> {
  const row = await reader.get<{ value: string }>('SELECT value FROM meta WHERE name = ?', [name])
  if (!row) return undefined
  const parsed = metaSchemas[name].safeParse(JSON.parse(row.value))
  return parsed.success ? (parsed.data as MetaValue<N>) : undefined
}

/** Writes one value within the caller's transaction. */
export function writeMeta<N extends MetaName>(tx: Transaction, name: N, value: MetaValue<N>): void {
  tx.run('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', [
    name,
    JSON.stringify(value),
  ])
}

/** Forgets one value within the caller's transaction. */
export function deleteMeta(tx: Transaction, name: MetaName): void {
  tx.run('DELETE FROM meta WHERE name = ?', [name])
}
