import type { Reporter, TestModule } from 'vitest/node'

/** A Vitest reporter that names each skipped test with its reason after the last test has run. */
export default class SkipReasons implements Reporter {
  /** Prints one line per skipped test; a skip without a reason says so, so that nobody leaves one behind unnoticed. */
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules)
      for (const test of module.children.allTests('skipped')) {
        const result = test.result()
        const reason = result.state === 'skipped' && result.note ? result.note : 'no reason given'
        console.log(`skipped  ${module.relativeModuleId} > ${test.fullName}: ${reason}`)
      }
  }
}
