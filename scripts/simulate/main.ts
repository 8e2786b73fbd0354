import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { numberOption, programFailure } from '../../src/shared/command-line.ts'

/*
 * `npm run simulate -- --seeds N --from BASE` or `-- --seed S`: hands over to the simulation, which lives with the tests and is
 * started, not imported, because nothing outside test/ may depend on it. Ctrl-C ends both.
 */
const usage = `npm run simulate -- [--seeds N] [--from BASE] | --seed S
  --seeds N          how many seeds to run, from --from on (200, from 1)
  --seed S           replays one and prints what happened
  --processes P      spreads the seeds over P processes
  --bail             ends at the first broken invariant
  --troubles a,b     gives every seed these kinds of trouble on top of its own
  --restored-backup  sets the service back to an older backup at noon`
const most = Number.MAX_SAFE_INTEGER

/** Wrong numbers would run nothing and call it well. Throws WrongCall. */
function checkCall(): void {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const { values } = parseArgs({
    options: {
      ...{ seed: text, seeds: text, from: text, processes: text, troubles: text },
      ...{ bail: flag, 'restored-backup': flag, help: flag },
    },
  })
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  for (const name of ['seed', 'from', 'seeds', 'processes'] as const)
    if (values[name] !== undefined) numberOption(name, values[name], name === 'seed' || name === 'from' ? 0 : 1, most)
}

try {
  checkCall()
} catch (error) {
  const { text, exitCode } = programFailure(error, usage)
  console.error(text)
  process.exit(exitCode)
}

const simulation = resolve(import.meta.dirname, '../../test/simulation/run.ts')
const child = spawn(process.execPath, [simulation, ...process.argv.slice(2)], { stdio: 'inherit' })
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
