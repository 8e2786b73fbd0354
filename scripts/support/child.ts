import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'

/** A child process that ends with its parent. */
export interface Child {
  process: ChildProcess
  /** The object of its line `{"ready":true,…}`. Rejects, with its last words, when it ends without one. */
  ready: Promise<Record<string, unknown>>
  /** Resolves with the exit code, or null after a signal. */
  gone: Promise<number | null>
  /** Asks it to end, insists after ten seconds, and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

const patienceMs = 10_000

/**
 * Starts a program. What it writes goes to a log file, except its ready line, which may carry a token. The channel to it is
 * what lets it end with this process, however this process ends.
 */
export function startChild(
  program: string,
  args: readonly string[],
  logFile: string,
  env: Record<string, string> = {},
): Child {
  mkdirSync(dirname(logFile), { recursive: true })
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 })
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...process.env, ...env } })
  const lastWords: string[] = []
  const keep = (line: string) => {
    log.write(`${line}\n`)
    lastWords.push(line)
    if (lastWords.length > 20) lastWords.shift()
  }
  const gone = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      keep(error.message)
      resolve(1)
    })
    child.once('exit', (code) => resolve(code))
  })
  const ready = new Promise<Record<string, unknown>>((resolve, reject) => {
    createInterface({ input: child.stderr! }).on('line', keep)
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('{"ready":true')) resolve(JSON.parse(line))
      else keep(line)
    })
    void gone.then(() => {
      // Log lines are in the file; whoever started the program wants the sentence between them.
      const sentences = lastWords.filter((line) => !line.startsWith('{'))
      reject(new Error((sentences.length > 0 ? sentences : lastWords).join('\n') || `${args[0]} ended without a word`))
    })
  })
  ready.catch(() => undefined)
  return {
    process: child,
    ready,
    gone,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      const insist = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      await gone
      clearTimeout(insist)
    },
  }
}
