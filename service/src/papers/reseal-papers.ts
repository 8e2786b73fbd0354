import { eachInTurn } from '../each-in-turn.ts'
import type { ServiceContext } from '../service-context.ts'
import { paperName } from './paper-keys.ts'

/** Papers sealed anew in one round: each may be some megabytes. */
const atOnce = 20

/** The keys papers lie under, found by leaping from one to the next in the index. */
async function keysInUse(db: ServiceContext['db']): Promise<string[]> {
  const found: string[] = []
  for (;;) {
    const next = await db
      .selectFrom('attachment')
      .select('key_id')
      .where('key_id', '>', found.at(-1) ?? '')
      .orderBy('key_id')
      .limit(1)
      .executeTakeFirst()
    if (!next?.key_id) return found
    found.push(next.key_id)
  }
}

/**
 * Seals papers with the current key that lie under an older one (or under none, from before papers were sealed), some at a time; returns
 * how many. A paper is replaced only while it still lies under the key it was read with, so several processes, and one that dies on the
 * way, do no harm. A paper whose key is not at hand stays as it is, and is said. Throws for one that does not open, after the others.
 */
export async function resealPapers(context: Pick<ServiceContext, 'db' | 'papers' | 'log'>): Promise<number> {
  const { db, papers, log } = context
  const inUse = await keysInUse(db)
  const lost = inUse.filter((id) => !papers.ids.includes(id))
  if (lost.length > 0) log.error({ keys: lost }, 'papers lie under keys that are not at hand')
  const older = inUse.filter((id) => id !== papers.current && papers.ids.includes(id))
  const old = await db
    .selectFrom('attachment')
    .select(['attachment_id', 'content', 'key_id'])
    .where((eb) => eb.or([eb('key_id', 'is', null), ...(older.length > 0 ? [eb('key_id', 'in', older)] : [])]))
    .orderBy('attachment_id')
    .limit(atOnce)
    .execute()
  let resealed = 0
  await eachInTurn(old, async ({ attachment_id, content, key_id }) => {
    const about = paperName(attachment_id)
    const plain = key_id === null ? content : papers.open({ keyId: key_id, sealed: content }, about)
    const { keyId, sealed } = papers.seal(plain, about)
    const changed = await db
      .updateTable('attachment')
      .set({ content: sealed, key_id: keyId })
      .where('attachment_id', '=', attachment_id)
      .where('key_id', 'is not distinct from', key_id)
      .returning('attachment_id')
      .executeTakeFirst()
    if (changed) resealed += 1
  })
  return resealed
}
