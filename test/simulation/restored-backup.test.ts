import { availableParallelism } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { RunOptions } from '../support/simulation/run-seed.ts'
import { type SimulationReport, simulate } from '../support/simulation/runner.ts'

async function endWithTheSameBooks(restoredBackup: RunOptions['restoredBackup']): Promise<SimulationReport> {
  const seeds = Number(process.env.RESTORED_SEEDS ?? 30)
  const processes = Math.min(2, availableParallelism())
  const report = await simulate({ from: 1, seeds, processes, run: { restoredBackup } })
  expect(report.failed).toEqual([])
  expect(report.seeds).toBe(seeds)
  return report
}

describe('a service set back to an older backup in the middle of the day', { timeout: 600_000 }, () => {
  test('ends it with the same books', async () => {
    await endWithTheSameBooks('usualBatches')
  })

  test('ends it with the same books when counters have two batches on their way', async () => {
    const report = await endWithTheSameBooks('fewAtATime')
    expect(report.counts.twoUnderWay).toBeGreaterThan(0)
  })
})
