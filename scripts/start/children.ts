import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'

export interface Child {
  process: ChildProcess
  /** The object of its line `{"ready":true,…}`; undefined when it ends without one. */
  ready: Promise<unknown>
  /** Resolves with the exit code, or null after a signal. */
  gone: Promise<number | null>
}

const patienceMs = 10_000

/**
 * Starts a child. What it writes goes to a log file, except its ready line, which may carry a token. The channel to it is
 * what lets it end with this process, however this process ends.
 */
export function startChild(program: string, args: readonly string[], logFile: string): Child {
  mkdirSync(dirname(logFile), { recursive: true })
  const log = createWriteStream(logFile, { flags: 'w', mode: 0o600 })
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const gone = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(1))
    child.once('exit', (code) => resolve(code))
  })
  createInterface({ input: child.stderr! }).on('line', (line) => log.write(`${line}\n`))
  const said = new Promise<unknown>((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('{"ready":true')) resolve(JSON.parse(line))
      else log.write(`${line}\n`)
    })
  })
  return { process: child, ready: Promise.race([said, gone.then(() => undefined)]), gone }
}

/** Asks a child to end and insists after ten seconds. */
export async function stopChild(child: Child): Promise<void> {
  if (child.process.exitCode === null && child.process.signalCode === null) child.process.kill('SIGTERM')
  const insist = setTimeout(() => child.process.kill('SIGKILL'), patienceMs)
  await child.gone
  clearTimeout(insist)
}
