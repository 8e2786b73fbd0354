import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { simulate } from '../support/simulation/runner.ts'

test('a service set back to an older backup in the middle of the day ends it with the same books', async () => {
  const seeds = Number(process.env.RESTORED_SEEDS ?? 30)
  const processes = Math.min(2, availableParallelism())
  const report = await simulate({ from: 1, seeds, processes, run: { restoredBackup: true } })
  expect(report.failed).toEqual([])
  expect(report.seeds).toBe(seeds)
}, 600_000)
