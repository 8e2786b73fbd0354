/**
 * `node scripts/test/durations.ts`: keeps from the last `npm test` how long each file took, which decides the order of the next runs.
 * Only what takes long is kept, in whole seconds, so that the file changes when the order should.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'

const shortestSeconds = 5

interface FileResult {
  name: string
  startTime: number
  endTime: number
}

const { testResults } = JSON.parse(readFileSync('out/test/results.json', 'utf8')) as { testResults: FileResult[] }
const long = testResults
  .map(({ name, startTime, endTime }) => {
    const file = relative(process.cwd(), name).replaceAll('\\', '/')
    return [file, Math.round((endTime - startTime) / 1000)] as const
  })
  .filter(([, seconds]) => seconds >= shortestSeconds)
  .sort(([, a], [, b]) => b - a)
writeFileSync('scripts/test/durations.json', `${JSON.stringify(Object.fromEntries(long), null, 2)}\n`)
console.log(`${long.length} of ${testResults.length} files take ${shortestSeconds} s or longer`)
