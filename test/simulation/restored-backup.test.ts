import { availableParallelism } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { RunOptions } from '../support/simulation/run-seed.ts'
import { simulate } from '../support/simulation/runner.ts'

const ways: [name: string, run: RunOptions][] = [
  ['', {}],
  [', also when it opens again within seconds', { reopensAtOnce: true, usualBatches: true }],
]

describe('a service set back to an older backup in the middle of the day', { timeout: 600_000 }, () => {
  test.for(ways)('ends it with the same books%s', async ([, run]) => {
    const seeds = Number(process.env.RESTORED_SEEDS ?? 30)
    const processes = Math.min(2, availableParallelism())
    const report = await simulate({ from: 1, seeds, processes, run: { restoredBackup: true, ...run } })
    expect(report.failed).toEqual([])
    expect(report.seeds).toBe(seeds)
  })
})
