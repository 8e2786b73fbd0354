import { describe, expect, test } from 'vitest'
import { runInChild, type SeedReport } from '../support/simulation/runner.ts'

async function run(seeds: number[]): Promise<Map<number, SeedReport>> {
  const reports = new Map<number, SeedReport>()
  await runInChild({ seeds, trace: true }, (report) => reports.set(report.seed, report))
  return reports
}

describe('a seed', () => {
  test('gives the same trace every time, whatever ran before it', async () => {
    const [forwards, backwards] = await Promise.all([run([11, 12, 13, 14]), run([14, 13, 12, 11])])
    for (const [seed, report] of forwards) {
      expect(backwards.get(seed)!.trace, `seed ${seed}`).toEqual(report.trace)
      expect(backwards.get(seed)!.hash).toBe(report.hash)
    }
  })

  test('is another world than its neighbour', async () => {
    const reports = [...(await run([15, 16, 17])).values()]
    expect(new Set(reports.map((report) => report.hash)).size).toBe(3)
    for (const report of reports) expect(report.trace!.length).toBeGreaterThan(20)
  })
})
