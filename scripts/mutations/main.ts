import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { numberOption, programFailure, WrongCall } from '../../src/shared/command-line.ts'
import { type Mutation, mutations } from './mutations.ts'
import { type Probe, probes } from './probes.ts'
import { copySources, type SourceCopy } from './sources.ts'

/*
 * Plants bugs, one at a time, in a copy of the sources and expects the tests to notice. Ends with 1 when one survives, when a text to
 * replace is gone, or when the tests fail without any bug. `--only TEXT` takes the mutations whose name contains the text.
 */
const usage = `npm run test:mutations -- [--only TEXT] [--processes N]
  --only TEXT    the mutations whose name contains the text
  --processes N  how many copies of the sources are worked on at the same time (2)`

function called(): { processes: number; chosen: Mutation[] } {
  try {
    const { values } = parseArgs({
      options: { only: { type: 'string', default: '' }, processes: { type: 'string', default: '2' } },
    })
    const chosen = mutations.filter((mutation) => mutation.name.includes(values.only))
    // Nothing planted would be nothing survived.
    if (chosen.length === 0) throw new WrongCall(`no mutation's name contains ${values.only}`)
    return { processes: numberOption('processes', values.processes, 1, 64), chosen }
  } catch (error) {
    const { text, exitCode } = programFailure(error, usage)
    console.error(text)
    process.exit(exitCode)
  }
}

const { processes, chosen } = called()
const longestProbeMs = 900_000
let bad = 0

interface ProbeResult {
  passed: boolean
  output: string
}

/** A probe that takes too long, or whose preparation did, says nothing about the bug: it neither passed nor noticed. */
class TookTooLong extends Error {}

function run(copy: SourceCopy, probe: Probe): Promise<ProbeResult> {
  const [tool, ...args] = probes[probe]
  const program =
    tool === 'vitest'
      ? join(copy.folder, 'node_modules/vitest/vitest.mjs')
      : join(copy.folder, 'test/simulation/run.ts')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: copy.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: longestProbeMs,
    })
    let output = ''
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('close', (code, signal) => {
      const unprepared = output.includes('HookTimeoutError') && !output.includes('AssertionError')
      if (signal || unprepared) reject(new TookTooLong(`${probe} took too long`))
      else resolve({ passed: code === 0, output })
    })
  })
}

/** The first test that notices; undefined when the bug survives. */
async function hunt(copy: SourceCopy, mutation: Mutation): Promise<{ probe: Probe; output: string } | undefined> {
  const mend = copy.plant(mutation.edits)
  try {
    for (const probe of mutation.probes) {
      const { passed, output } = await run(copy, probe)
      if (!passed) return { probe, output }
    }
    return undefined
  } finally {
    mend()
  }
}

/** What the test said, as far as it fits on a line or two. */
function lastWords(output: string): string {
  const plain = stripVTControlCharacters(output)
  const telling = plain
    .split('\n')
    .find((line) => /^ {2}\S|AssertionError|Error:/.test(line) && !/^ {2}(at|✓)/.test(line))
  return (telling ?? plain.trim().split('\n').at(-1) ?? '').trim().slice(0, 140)
}

/** What a probe came to; undefined, and said, when it came to nothing. */
async function verdict<T>(about: string, work: Promise<T>): Promise<{ is: T } | undefined> {
  try {
    return { is: await work }
  } catch (error) {
    if (!(error instanceof TookTooLong)) throw error
    bad += 1
    console.log(`NO VERDICT, ${error.message}: ${about}`)
    return undefined
  }
}

async function inParallel<T>(
  copies: readonly SourceCopy[],
  tasks: readonly T[],
  work: (copy: SourceCopy, task: T) => Promise<void>,
) {
  const queue = [...tasks]
  await Promise.all(
    copies.map(async (copy) => {
      for (let task = queue.shift(); task !== undefined; task = queue.shift()) await work(copy, task)
    }),
  )
}

const needed = [...new Set(chosen.flatMap((mutation) => mutation.probes))]
const copies = Array.from({ length: processes }, copySources)
try {
  // Before anything runs: a text that is gone shows at once.
  for (const { edits } of chosen) copies[0]!.plant(edits)()
  await inParallel(copies, needed, async (copy, probe) => {
    const found = await verdict('without any bug', run(copy, probe))
    if (!found || found.is.passed) return
    bad += 1
    console.log(`${probe} fails without any bug: ${lastWords(found.is.output)}`)
  })
  if (bad === 0)
    await inParallel(copies, chosen, async (copy, mutation) => {
      const found = await verdict(mutation.name, hunt(copy, mutation))
      if (!found) return
      const noticed = found.is
      if (!noticed) bad += 1
      console.log(
        noticed
          ? `caught by ${noticed.probe}: ${mutation.name}\n    ${lastWords(noticed.output)}`
          : `SURVIVED ${mutation.probes.join(', ')}: ${mutation.name}`,
      )
    })
} finally {
  for (const copy of copies) copy.remove()
}
console.log(
  bad === 0
    ? `${chosen.length} bugs planted, ${chosen.length} caught`
    : `${bad} of ${chosen.length} not as it should be`,
)
process.exitCode = bad === 0 ? 0 : 1
