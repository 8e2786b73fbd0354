import { describe, expect, test } from 'vitest'
import { runInChild, type SeedReport } from '../support/simulation/runner.ts'

/**
 * Seeds that once found something, by what they found. A seed belongs to the world as it was drawn then: it stays as a test, the name
 * tells what to think of when it fails again. Counters sent the usual batches then.
 */
const named: Record<string, number> = {
  'the clock is put back by days while the change feed is asked: the next question comes at once': 8,
  'the clock was days ahead when a job was postponed: it is sent when the clock is right again': 2021,
  'the first transaction after opening fails: the outbox works all the same': 17,
}

describe('seeds that once found something', () => {
  test.for(Object.entries(named))('%s (seed %i)', async ([, seed]) => {
    const reports: SeedReport[] = []
    await runInChild({ seeds: [seed], options: { usualBatches: true } }, (report) => reports.push(report))
    expect(reports[0]!.wrong).toEqual([])
  })
})
