/**
 * `npm test`: types, lint and layers, build, then every suite. Prints one closing line `N passed, N failed, N skipped`
 * over all of them; types, lint and build count as one check each.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'

interface Totals {
  passed: number
  failed: number
  skipped: number
}

const wrong = process.argv.slice(2).filter((argument) => argument !== '--quick')
if (wrong.length > 0) {
  console.error(
    `npm test runs everything and takes no ${wrong.join(' ')}; one file: npx vitest run --project unit test/unit/…`,
  )
  process.exit(2)
}

const totals: Totals = { passed: 0, failed: 0, skipped: 0 }
const report = 'out/test/results.json'

function check(title: string, command: string, args: string[]): boolean {
  const started = performance.now()
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  const passed = status === 0
  totals[passed ? 'passed' : 'failed'] += 1
  console.log(`${passed ? 'ok' : 'FAILED'}  ${title}  ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return passed
}

/** Runs Vitest's projects and adds their counts; a run that leaves no report counts as one failure. */
function suites(projects: string[]): void {
  rmSync(report, { force: true })
  const reporters = ['default', 'json', './scripts/test/skip-reasons.ts'].map((name) => `--reporter=${name}`)
  const args = ['run', ...reporters, `--outputFile.json=${report}`]
  const { status } = spawnSync('vitest', [...args, ...projects.flatMap((name) => ['--project', name])], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'))
    totals.passed += result.numPassedTests
    totals.failed += result.numFailedTests
    totals.skipped += result.numPendingTests + result.numTodoTests
    // A suite that fails to load fails the run without failing a single test.
    if (status !== 0 && result.numFailedTests === 0) totals.failed += 1
  } catch {
    totals.failed += 1
  }
}

console.log(`Node ${process.version}`)
mkdirSync('out/test', { recursive: true })
const quick = process.argv.includes('--quick')
check('types', 'tsc', ['-b'])
check('lint', 'biome', ['check', '--error-on-warnings', '.'])
if (quick) suites(['architecture', 'unit'])
else {
  const built = check('build', 'electron-vite', ['build', '--logLevel', 'warn'])
  suites(['architecture', 'unit', 'integration', 'crash', 'simulation', ...(built ? ['e2e'] : [])])
}
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
process.exitCode = totals.failed > 0 ? 1 : 0
