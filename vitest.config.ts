import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/**
 * Files at a time for everything that mostly waits: for a database, for a poll, for a step to be tried again. Two also on one core,
 * because neither keeps it busy; no more than four, because each brings servers of its own.
 */
const several = Math.min(4, Math.max(2, availableParallelism()))

/** One runner for every suite; a project per kind so that each can be run alone: `vitest run --project unit`. */
export default defineConfig({
  test: {
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
          globalSetup: 'test/support/run-folder.ts',
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
