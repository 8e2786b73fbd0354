import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { programFailure } from '../../src/shared/command-line.ts'
import { generateProvinceTable } from './generate.ts'
import { importProvinceTable } from './import.ts'

const usage = `Number segments: which province the first seven digits of a number belong to.

  node scripts/segments/main.ts import <file.csv> [--out <provinces.csv>]
      Checks a table (header "segment,province", province codes as in GB/T 2260) and takes it over.
  node scripts/segments/main.ts generate [--out <provinces.csv>]
      Writes the table for trying out, which fits the generated subscribers.`

const shippedTable = fileURLToPath(new URL('../../resources/segments/provinces.csv', import.meta.url))
const prefixFile = fileURLToPath(new URL('../../resources/segments/prefixes.json', import.meta.url))

/** Runs the command line; returns the exit code: 0 done, 1 the file is not acceptable, 2 the call is wrong. */
function main(): number {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } })
  const [command, file, ...rest] = positionals
  const out = values.out ?? shippedTable
  if (command === 'generate' && file === undefined) {
    const count = generateProvinceTable(prefixFile, out)
    console.log(`${count} segments written to ${out}`)
    return 0
  }
  if (command !== 'import' || file === undefined || rest.length > 0) {
    console.error(usage)
    return 2
  }
  const imported = importProvinceTable(file, out)
  if (!imported.ok) {
    for (const problem of imported.problems) console.error(problem)
    console.error(`Nothing was taken over; ${out} is as it was.`)
    return 1
  }
  console.log(`${imported.segments} segments in ${imported.provinces} provinces written to ${out}`)
  return 0
}

try {
  process.exitCode = main()
} catch (error) {
  const { text, exitCode } = programFailure(error, usage)
  console.error(text)
  process.exitCode = exitCode
}
