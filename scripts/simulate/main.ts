import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

/*
 * `npm run simulate -- --seeds N --from BASE` or `-- --seed S`: hands over to the simulation, which lives with the tests and is
 * started, not imported, because nothing outside test/ may depend on it. Ctrl-C ends both.
 */
const simulation = resolve(import.meta.dirname, '../../test/simulation/run.ts')
const child = spawn(process.execPath, [simulation, ...process.argv.slice(2)], { stdio: 'inherit' })
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
