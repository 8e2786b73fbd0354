import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { troubles } from '../support/simulation/fault-plan.ts'
import { simulate } from '../support/simulation/runner.ts'

/** Some 0.25 s of one core each while both are busy; `SIMULATION_SEEDS=5000` or `npm run simulate -- --seeds 100000 --from 1` for more. */
const seeds = Number(process.env.SIMULATION_SEEDS ?? 2000)
const from = Number(process.env.SIMULATION_FROM ?? 1)

test(`seeds ${from} to ${from + seeds - 1}: nothing lost, nothing doubled, everything in order`, async () => {
  const report = await simulate({ from, seeds, processes: availableParallelism() })
  expect(report.failed).toEqual([])
  expect(report.seeds).toBe(seeds)
  // A run in which nothing happens proves nothing.
  for (const trouble of troubles) expect(report.troubles[trouble], trouble).toBeGreaterThan(0)
  for (const what of ['lost', 'answersLost', 'doubled', 'late', 'interfered', 'deaths'])
    expect(report.counts[what], what).toBeGreaterThan(seeds / 10)
  // Nor does one in which no counter ever had two batches on their way, or the first of them always arrived.
  expect(report.counts.twoUnderWay).toBeGreaterThan(seeds / 4)
  expect(report.counts.firstOfTwoLost).toBeGreaterThan(seeds / 100)
  expect(report.counts.stoppedWithTwo).toBeGreaterThan(0)
  expect(report.counts.jobs).toBeGreaterThan(seeds * 10)
}, 600_000)
