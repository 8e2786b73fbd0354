import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coalesce } from '../../../service/src/coalesce.ts'
import { createGatherer, type Gathered } from '../../../service/src/intake/gather.ts'

interface Item extends Gathered {
  name: string
}

/** A gatherer whose sets end when the test says so. */
function gatherer(limits: Partial<Parameters<typeof createGatherer>[0]> = {}, alone = (_owner: string) => false) {
  const sets: { names: string[]; end(error?: Error): void }[] = []
  const made = createGatherer<Item, string>(
    { jobsPerSet: 10, atATime: 2, worthASecond: 0, longestPauseMs: 1, ...limits },
    {
      monotonic: () => performance.now(),
      alone,
      run: (items) =>
        new Promise((resolve, reject) => {
          const names = items.map(({ name }) => name)
          sets.push({ names, end: (error) => (error ? reject(error) : resolve(names)) })
        }),
    },
  )
  return {
    sets,
    made,
    take: (name: string, owner = name, jobs = 1, place = owner) => made.take({ name, owner, place, jobs }),
  }
}
const turn = () => pause(3)

describe('deliveries are gathered into sets', () => {
  it('that hold what arrived together, and what arrived while others were under way', async () => {
    const { sets, take } = gatherer({ atATime: 1 })
    const first = Promise.all([take('a'), take('b')])
    await turn()
    const second = Promise.all([take('c'), take('d')])
    await turn()
    expect(sets.map(({ names }) => names)).toEqual([['a', 'b']])
    sets[0]!.end()
    expect(await first).toEqual(['a', 'b'])
    await turn()
    expect(sets[1]!.names).toEqual(['c', 'd'])
    sets[1]!.end()
    expect(await second).toEqual(['c', 'd'])
  })

  it('the next of which sets out before those of the last are told', async () => {
    const { sets, take } = gatherer({ atATime: 1 })
    const order: string[] = []
    void take('a').then(() => order.push(`a told, ${sets.length} sets`))
    await turn()
    const last = take('b')
    await turn()
    sets[0]!.end()
    await turn()
    expect(order).toEqual(['a told, 2 sets'])
    sets[1]!.end()
    expect(await last).toBe('b')
  })

  it('in which nobody appears twice, nor in two at the same time', async () => {
    const { sets, take, made } = gatherer()
    const all = [take('a1', 'a'), take('a2', 'a'), take('b', 'b')]
    await turn()
    expect(sets.map(({ names }) => names)).toEqual([['a1', 'b']])
    expect(made.waitingOf('a')).toBe(1)
    sets[0]!.end()
    await turn()
    expect(sets[1]!.names).toEqual(['a2'])
    sets[1]!.end()
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'b'])
    expect(made.waiting()).toBe(0)
    expect(made.longestWait()).toBe(0)
  })

  it('of which only one at a time is at work at one place, with everybody who waits there', async () => {
    const { sets, take } = gatherer()
    const all = [take('a', 'a', 1, 'store'), take('b', 'b', 1, 'elsewhere')]
    await turn()
    all.push(take('c', 'c', 1, 'store'), take('d', 'd', 1, 'store'), take('e', 'e', 1, 'third'))
    await turn()
    expect(sets.map(({ names }) => names)).toEqual([['a', 'b'], ['e']])
    sets[0]!.end()
    await turn()
    expect(sets[2]!.names).toEqual(['c', 'd'])
    for (const { end } of sets) end()
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('that stay below their size, and leave whoever spoils them to themselves', async () => {
    const { sets, take } = gatherer({ atATime: 3 }, (owner) => owner === 'x')
    const all = [take('a', 'a', 6), take('b', 'b', 6), take('x', 'x', 1), take('huge', 'huge', 50)]
    await turn()
    expect(sets.map(({ names }) => names)).toEqual([['a'], ['b'], ['x']])
    for (const set of sets) set.end()
    await turn()
    expect(sets[3]!.names).toEqual(['huge'])
    sets[3]!.end()
    await Promise.all(all)
  })

  it('and the failure of one set is not that of another', async () => {
    const { sets, take } = gatherer({ atATime: 1 })
    const broken = take('a')
    const refused = expect(broken).rejects.toThrow('away')
    await turn()
    const fine = take('b')
    sets[0]!.end(new Error('away'))
    await refused
    await turn()
    sets[1]!.end()
    expect(await fine).toBe('b')
  })

  it('without losing or doubling anybody, whatever arrives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ owner: fc.nat(4), jobs: fc.integer({ min: 1, max: 15 }), wait: fc.nat(2) }), {
          maxLength: 40,
        }),
        async (arrivals) => {
          const underWay = new Set<string>()
          const taken: string[] = []
          const made = createGatherer<Item, string>(
            { jobsPerSet: 10, atATime: 2, worthASecond: 5, longestPauseMs: 1 },
            {
              monotonic: () => performance.now(),
              alone: (owner) => owner === '4',
              async run(items) {
                const jobs = items.reduce((sum, item) => sum + item.jobs, 0)
                if (items.length > 1) expect(jobs).toBeLessThanOrEqual(10)
                for (const { place } of items) expect(underWay.has(place)).toBe(false)
                for (const { place } of items) underWay.add(place)
                await Promise.resolve()
                for (const { place } of items) underWay.delete(place)
                const owners = items.map(({ owner }) => owner)
                expect(new Set(owners).size).toBe(owners.length)
                taken.push(...items.map(({ name }) => name))
                return items.map(({ name }) => name)
              },
            },
          )
          const answers: Promise<string>[] = []
          for (const [index, { owner, jobs, wait }] of arrivals.entries()) {
            answers.push(made.take({ name: String(index), owner: String(owner), place: String(owner % 3), jobs }))
            if (wait === 0) await new Promise((resolve) => setImmediate(resolve))
          }
          expect(await Promise.all(answers)).toEqual(arrivals.map((_, index) => String(index)))
          expect(taken.toSorted()).toEqual(arrivals.map((_, index) => String(index)).toSorted())
          for (const owner of new Set(arrivals.map((one) => String(one.owner)))) {
            const order = taken.filter((name) => String(arrivals[Number(name)]!.owner) === owner).map(Number)
            expect(order).toEqual(order.toSorted((a, b) => a - b))
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

it('many small questions become few large ones, each with its own answer', async () => {
  const asked: number[][] = []
  const double = coalesce<number, number>({ mostAtOnce: 3, atATime: 1 }, async (numbers) => {
    asked.push(numbers)
    if (numbers.includes(13)) throw new Error('unlucky')
    return numbers.map((number) => number * 2)
  })
  expect(await Promise.all([1, 2, 3, 4].map(double))).toEqual([2, 4, 6, 8])
  expect(asked).toEqual([[1, 2, 3], [4]])
  await expect(Promise.all([double(12), double(13)])).rejects.toThrow('unlucky')
  expect(await double(5)).toBe(10)
})
