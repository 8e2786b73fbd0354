import type { ServiceContext } from '../service-context.ts'
import { acceptSet } from './accept-set.ts'
import type { SetAnswer, SetDelivery } from './delivery.ts'
import { createGatherer, type Gatherer } from './gather.ts'

/** `apart`: the set could not be taken in as one; its jobs must be looked at one by one. Nothing was written. */
export type TakenSet = SetAnswer | 'apart'
export type TakeSet = (delivery: SetDelivery) => Promise<TakenSet>

type Item = SetDelivery & { owner: string; jobs: number }

/** How long whoever spoilt a set of many goes alone. */
const apartMs = 60_000

const limits = { jobsPerSet: 400, atATime: 2 } as const

/**
 * Takes in the sets of many counters under common commits. What goes wrong with a common set concerns only the one who brought it:
 * it is undone, tried once more (a twin that came first can be read then), and then everybody's own is taken in by itself. Whoever
 * spoilt it does not travel with the others for a minute.
 */
export function createSets(context: ServiceContext, monotonic: () => number): Gatherer<Item, TakenSet> {
  const apartUntil = new Map<string, number>()

  function alone(owner: string): boolean {
    const until = apartUntil.get(owner)
    if (until === undefined) return false
    if (monotonic() < until) return true
    apartUntil.delete(owner)
    return false
  }

  const take = (deliveries: readonly SetDelivery[]): Promise<SetAnswer[]> =>
    context.db.transaction().execute((tx) => acceptSet(tx, context, deliveries))

  function warn(deliveries: readonly SetDelivery[], error: unknown) {
    const jobs = deliveries.reduce((sum, { set }) => sum + set.length, 0)
    const name = error instanceof Error ? error.name : typeof error
    context.log.warn({ counters: deliveries.length, jobs, error: name }, 'set not taken in')
  }

  async function run(items: Item[]): Promise<TakenSet[]> {
    for (let triesLeft = 2; triesLeft > 0; triesLeft -= 1) {
      try {
        return await take(items)
      } catch (error) {
        warn(items, error)
      }
    }
    if (items.length === 1) return ['apart']
    const answers: TakenSet[] = []
    for (const item of items) {
      try {
        answers.push(...(await take([item])))
      } catch (error) {
        warn([item], error)
        apartUntil.set(item.owner, monotonic() + apartMs)
        answers.push('apart')
      }
    }
    return answers
  }

  return createGatherer(limits, { run, alone, monotonic })
}
