import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

const parent = resolve(import.meta.dirname, '../../../out/bench/data')

/** A folder for everything a benchmark writes: one disk for all contenders. Removed when the process ends. */
export function workplace(name: string): string {
  const folder = join(parent, `${name}-${process.pid}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
