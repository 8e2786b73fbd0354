import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'

export interface Child {
  process: ChildProcess
  /** Resolves with the exit code, or null after a signal. */
  gone: Promise<number | null>
}

const patienceMs = 10_000

/**
 * Starts a child whose output goes to a log file. The channel to it is what lets it end with this process, however this
 * process ends.
 */
export function startChild(program: string, args: readonly string[], logFile: string): Child {
  mkdirSync(dirname(logFile), { recursive: true })
  const log = createWriteStream(logFile, { flags: 'w', mode: 0o600 })
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  child.stderr!.pipe(log, { end: false })
  const gone = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(1))
    child.once('exit', (code) => resolve(code))
  })
  void gone.then(() => log.end())
  return { process: child, gone }
}

/** Waits for the child's line `{"ready":true,…}`; undefined when it ends without one. */
export async function readyLine<T>(child: Child): Promise<T | undefined> {
  const lines = createInterface({ input: child.process.stdout! })
  const said = new Promise<T>((resolve) => {
    lines.on('line', (line) => {
      if (line.startsWith('{"ready":true')) resolve(JSON.parse(line) as T)
    })
  })
  return Promise.race([said, child.gone.then(() => undefined)])
}

/** Asks a child to end and insists after ten seconds. */
export async function stopChild(child: Child): Promise<void> {
  if (child.process.exitCode === null && child.process.signalCode === null) child.process.kill('SIGTERM')
  const insist = setTimeout(() => child.process.kill('SIGKILL'), patienceMs)
  await child.gone
  clearTimeout(insist)
}
