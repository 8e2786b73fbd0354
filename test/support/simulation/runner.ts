import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { RunOptions, SeedResult } from './run-seed.ts'

/** What many seeds came to. */
export interface SimulationReport {
  seeds: number
  failed: Pick<SeedResult, 'seed' | 'wrong' | 'troubles'>[]
  /** Sums over all seeds. */
  counts: Record<string, number>
  /** Seeds per kind of trouble. */
  troubles: Record<string, number>
  virtualSeconds: number
  milliseconds: number
}

/** What a child reports of one seed; the trace only when it was asked for. */
export type SeedReport = Omit<SeedResult, 'trace'> & { trace?: readonly string[] }

/** What a child is asked to do. */
export interface ChildOrder {
  seeds: number[]
  trace?: boolean
  options?: RunOptions
}

/**
 * A bound for what may add up in one process; what was found is let go of, and 300 seeds in a row stay below a gigabyte. Starting one costs as
 * much as twenty seeds, and its first twenty seeds cost a third more than the later ones, until the machine has compiled what is used most.
 */
const seedsPerProcess = 1000

/** More gained nothing that could be measured. */
const execArgv = ['--max-semi-space-size=16']

const child = join(import.meta.dirname, 'child.ts')

/**
 * Runs seeds in a process of their own, one after the other; `report` is called after each. Aborting ends it early. Rejects when the
 * process fails.
 */
export function runInChild(
  order: ChildOrder,
  report: (result: SeedReport) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const process = fork(child, { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    let left = order.seeds.length
    signal?.addEventListener('abort', () => process.kill())
    process.on('message', (result: SeedReport) => {
      left -= 1
      report(result)
    })
    process.on('exit', (code) =>
      (code === 0 && left === 0) || signal?.aborted
        ? resolve()
        : reject(new Error(`a simulation process ended with ${code}, ${left} seeds left`)),
    )
    process.send(order)
  })
}

/** Runs the seeds `from` to `from + seeds - 1` spread over `processes` processes. `bail` ends at the first broken invariant. */
export async function simulate(
  options: { from: number; seeds: number; processes: number; bail?: boolean; run?: RunOptions },
  onSeed: (result: SeedReport) => void = () => {},
): Promise<SimulationReport> {
  const { from, seeds, processes } = options
  const began = performance.now()
  const enough = new AbortController()
  const report: SimulationReport = {
    seeds: 0,
    failed: [],
    counts: {},
    troubles: {},
    virtualSeconds: 0,
    milliseconds: 0,
  }
  const collect = (result: SeedReport) => {
    report.seeds += 1
    report.virtualSeconds += result.seconds
    if (result.wrong.length > 0)
      report.failed.push({ seed: result.seed, wrong: result.wrong, troubles: result.troubles })
    for (const [name, count] of Object.entries(result.counts)) report.counts[name] = (report.counts[name] ?? 0) + count
    for (const trouble of result.troubles) report.troubles[trouble] = (report.troubles[trouble] ?? 0) + 1
    onSeed(result)
    if (options.bail && report.failed.length > 0) enough.abort()
  }
  // Every n-th seed, not one half each: neighbouring seeds cost alike, so that both are done at the same time.
  const shares = Array.from({ length: Math.min(processes, seeds) }, (_, index) =>
    Array.from({ length: seeds }, (_, offset) => from + offset).filter((_, offset) => offset % processes === index),
  )
  await Promise.all(
    shares.map(async (share) => {
      for (let at = 0; at < share.length && !enough.signal.aborted; at += seedsPerProcess)
        await runInChild(
          { seeds: share.slice(at, at + seedsPerProcess), options: options.run ?? {} },
          collect,
          enough.signal,
        )
    }),
  )
  report.failed.sort((a, b) => a.seed - b.seed)
  report.milliseconds = Math.round(performance.now() - began)
  return report
}
