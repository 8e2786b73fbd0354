import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import LongestFirst from './scripts/test/longest-first.ts'

/**
 * Files at a time: as many as there are cores, two also on a single one, because most wait as long as they work; no more than four, because
 * each brings servers of its own. With more than that, tests that wait for ten seconds at most wait for the machine.
 */
const several = Math.min(4, Math.max(2, availableParallelism()))
/** The whole product at a time, browser and all: each of these files has its own, but works more than it waits. */
const products = Math.min(2, availableParallelism())

/** One runner for every suite; a project per kind so that each can be run alone: `vitest run --project unit`. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: 'architecture', include: ['test/architecture/**/*.test.ts'], maxWorkers: several } },
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], maxWorkers: several } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: 'test/support/run-folder.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: several,
        },
      },
      { test: { name: 'crash', include: ['test/crash/**/*.test.ts'], testTimeout: 300_000, maxWorkers: several } },
      {
        test: {
          name: 'simulation',
          include: ['test/simulation/**/*.test.ts'],
          testTimeout: 300_000,
          // Each spreads its seeds over all cores by itself.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/run-folder.ts', 'test/support/e2e/unpack-browser.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: products,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
