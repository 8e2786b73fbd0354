import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../test/bench')
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
const one = join(import.meta.dirname, 'one.ts')

/** Runs a program to its end with its output on this terminal; returns its exit code. */
function run(command: string, args: string[], cwd: string): number {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' })
  if (error) throw error
  return status ?? 1
}

/** `npm run bench -- [name…]`: every benchmark named, or all, each in a process of its own, one after the other. */
function main(names: string[]): number {
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    console.error(`no benchmark called ${unknown.join(', ')}; there are ${known.join(', ')}`)
    return 2
  }
  if (!existsSync(join(folder, 'node_modules'))) {
    console.log('Installing what the product is compared with …')
    const failed = run('npm', ['ci'], folder)
    if (failed) return failed
  }
  let worst = 0
  for (const name of names.length > 0 ? names : known)
    worst = Math.max(worst, run(process.execPath, [one, join(folder, `${name}.ts`)], resolve(folder, '../..')))
  return worst
}

process.exitCode = main(process.argv.slice(2))
