import { coalesce } from '../coalesce.ts'
import type { ServiceContext } from '../service-context.ts'
import { acceptSet } from './accept-set.ts'
import type { SetAnswer, SetDelivery } from './delivery.ts'
import { createGatherer, type Gathered, type Gatherer } from './gather.ts'
import type { WhenHeld } from './open-set.ts'
import { createRememberedEnds } from './remembered-ends.ts'
import { takeAtOnce } from './take-at-once.ts'

/** `apart`: the set could not be taken in as one; its jobs must be looked at one by one. Nothing was written. */
export type TakenSet = SetAnswer | 'apart'
export type TakeSet = (delivery: SetDelivery) => Promise<TakenSet>

type Item = SetDelivery & Gathered

/** How long whoever spoilt a set of many goes alone. */
const apartMs = 60_000

/** Sets in a row that could not be taken in at once, and how many then are not tried. */
const mostMissed = 4
const longWaysThen = 20

const limits = { jobsPerSet: 400, atATime: 2, worthASecond: 32, longestPauseMs: 10 } as const

/**
 * Takes in the sets of many counters under common commits. What goes wrong with a common set concerns only the one who brought it:
 * it is undone, tried once more (a twin that came first can be read then), and then everybody's own is taken in by itself. Whoever
 * spoilt it does not travel with the others for a minute.
 */
export function createSets(context: ServiceContext, monotonic: () => number): Gatherer<Item, TakenSet> {
  const apartUntil = new Map<string, number>()
  const ends = createRememberedEnds()

  function alone(owner: string): boolean {
    const until = apartUntil.get(owner)
    if (until === undefined) return false
    if (monotonic() < until) return true
    apartUntil.delete(owner)
    return false
  }

  const take = (deliveries: readonly SetDelivery[], whenHeld: WhenHeld) =>
    context.db.transaction().execute((tx) => acceptSet(tx, context, deliveries, whenHeld))

  function warn(deliveries: readonly SetDelivery[], error: unknown) {
    const jobs = deliveries.reduce((sum, { set }) => sum + set.length, 0)
    const name = error instanceof Error ? error.name : typeof error
    context.log.warn({ counters: deliveries.length, jobs, error: name }, 'set not taken in')
  }

  let missed = 0
  let longWays = 0

  /** At once where that goes; not for a while where others are at the same stores all the time and it would be tried in vain. */
  async function takeTogether(deliveries: readonly SetDelivery[], whenHeld: WhenHeld): Promise<(SetAnswer | 'held')[]> {
    if (longWays === 0) {
      const answers = await takeAtOnce(context, deliveries, ends)
      missed = answers ? 0 : missed + 1
      if (answers) return answers
      if (missed === mostMissed) longWays = longWaysThen
    } else {
      longWays -= 1
      if (longWays === 0) missed = 0
    }
    return take(deliveries, whenHeld)
  }

  async function takeAlone(item: SetDelivery): Promise<TakenSet> {
    for (let triesLeft = 2; triesLeft > 0; triesLeft -= 1) {
      try {
        return (await takeTogether([item], 'wait'))[0] as SetAnswer
      } catch (error) {
        warn([item], error)
      }
    }
    return 'apart'
  }

  /** Those whose device somebody else holds wait for it here, where nobody waits behind them. */
  const whenFree = coalesce<SetDelivery, TakenSet>({ mostAtOnce: 1, atATime: 2 }, async ([item]) => [
    await takeAlone(item!),
  ])

  async function run(items: Item[]): Promise<(TakenSet | Promise<TakenSet>)[]> {
    if (items.length === 1) return [await takeAlone(items[0]!)]
    for (let triesLeft = 2; triesLeft > 0; triesLeft -= 1) {
      try {
        const answers = await takeTogether(items, 'skip')
        return answers.map((answer, index) =>
          answer === 'held' ? whenFree({ ...items[index]!, proofBurnt: true }) : answer,
        )
      } catch (error) {
        warn(items, error)
      }
    }
    const answers: TakenSet[] = []
    for (const item of items) {
      const answer = await takeAlone(item)
      if (answer === 'apart') apartUntil.set(item.owner, monotonic() + apartMs)
      answers.push(answer)
    }
    return answers
  }

  return createGatherer(limits, { run, alone, monotonic })
}
