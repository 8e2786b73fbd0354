import { sql } from 'kysely'
import type { Tx } from '../database/handle.ts'
import type { ServiceContext } from '../service-context.ts'

/** What a case leaves behind before it becomes an order: the table, its key, and the time the row counts from. */
interface Leavings {
  table: 'attachment' | 'pre_check' | 'identity_proof'
  id: string
  time: string
  /** True of a row that has to wait for another one to go first. */
  held: ReturnType<typeof sql<boolean>>
}

const free = sql<boolean>`false`

/** In the order in which they go: a proof after the pre-checks made with it. */
const leavings: readonly Leavings[] = [
  { table: 'attachment', id: 'attachment_id', time: 'stored_at', held: free },
  { table: 'pre_check', id: 'pre_check_id', time: 'checked_at', held: free },
  {
    table: 'identity_proof',
    id: 'proof_id',
    time: 'proved_at',
    held: sql<boolean>`exists (select 1 from pre_check p where p.proof_id = t.proof_id)`,
  },
]

/** Rows one transaction looks at, and transactions of one round: a backlog is worked off in rounds, no round is long. */
const rowsAtOnce = 1000
const looksPerRound = 20

interface Mark {
  at: number
  id: string
}
const beginning: Mark = { at: 0, id: '00000000-0000-0000-0000-000000000000' }

/** Where the last look ended; taken back to `before` after a clock was set back or retention made longer, so that nothing is left out. */
async function markOf(tx: Tx, kind: string, before: number): Promise<Mark> {
  const mark = await tx
    .selectFrom('purge_mark')
    .select(['at', 'id'])
    .where('kind', '=', kind)
    .forUpdate()
    .executeTakeFirst()
  if (!mark) return beginning
  if (mark.at < before) return mark
  const back = { ...beginning, at: before }
  await setMark(tx, kind, back)
  return back
}

async function setMark(tx: Tx, kind: string, mark: Mark): Promise<void> {
  await tx
    .insertInto('purge_mark')
    .values({ kind, ...mark })
    .onConflict((conflict) => conflict.column('kind').doUpdateSet({ ...mark }))
    .execute()
}

/** One look at the rows after the mark; tells how many went, and whether more are due. */
function look(context: ServiceContext, { table, id, time, held }: Leavings, before: number) {
  return context.db.transaction().execute(async (tx) => {
    const mark = await markOf(tx, table, before)
    const { rows } = await sql<Mark & { kept: boolean; held: boolean }>`
      select t.${sql.ref(id)} as id, t.${sql.ref(time)} as at, ${held} as held,
        exists (select 1 from product_order o where o.case_id = t.case_id)
          or exists (select 1 from evidence e where e.case_id = t.case_id) as kept
      from ${sql.table(table)} t
      where (t.${sql.ref(time)}, t.${sql.ref(id)}) > (${mark.at}::bigint, ${mark.id}::uuid)
        and t.${sql.ref(time)} < ${before}
      order by t.${sql.ref(time)}, t.${sql.ref(id)} limit ${sql.lit(rowsAtOnce)}`.execute(tx)
    // What waits for another row is looked at again; until then nothing behind it is passed by.
    const stop = rows.findIndex((row) => !row.kept && row.held)
    const seen = stop < 0 ? rows : rows.slice(0, stop)
    const abandoned = seen.filter(({ kept }) => !kept).map((row) => row.id)
    // An order that came in meanwhile keeps its papers: the row of its case is there by now, or the case waits for its first one.
    const gone =
      abandoned.length === 0
        ? 0
        : Number(
            (
              await sql`delete from ${sql.table(table)} t where ${sql.ref(id)} = any(${abandoned}::uuid[])
                and not exists (select 1 from product_order o where o.case_id = t.case_id)`.execute(tx)
            ).numAffectedRows ?? 0,
          )
    const last = seen.at(-1)
    if (last) await setMark(tx, table, { at: Number(last.at), id: last.id })
    return { gone, more: stop < 0 && rows.length === rowsAtOnce }
  })
}

/**
 * Forgets papers, pre-checks and proofs from before `before` (UTC milliseconds) whose case never became an order; returns how many of each.
 * Each row is looked at once, when its time comes, and a mark remembers how far: what belongs to orders goes with its order, and a round
 * costs what has come of age since the one before, however much is kept.
 */
export async function purgeAbandoned(context: ServiceContext, before: number): Promise<Record<string, number>> {
  const gone: Record<string, number> = {}
  for (const one of leavings) {
    let count = 0
    for (let looks = 0; looks < looksPerRound; looks += 1) {
      const found = await look(context, one, before)
      count += found.gone
      if (!found.more) break
    }
    gone[one.table] = count
  }
  return gone
}
