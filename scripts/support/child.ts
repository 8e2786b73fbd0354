import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** A child process that has said it is ready. */
export interface ReadyChild {
  process: ChildProcess
  /** The JSON object of its ready line. */
  ready: Record<string, unknown>
  /** Ends it with a signal and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/**
 * Starts `node …args` and waits for its line `{"ready":true,…}` on stdout; everything it writes goes to `logFile`.
 * Throws, with the last lines of output, when it ends first or is not ready within `timeoutMs`.
 */
export async function startChild(
  args: string[],
  logFile: string,
  options: { env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<ReadyChild> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  })
  const log = createWriteStream(logFile, { flags: 'a' })
  const tail: string[] = []
  const keep = (line: string) => {
    log.write(`${line}\n`)
    tail.push(line)
    if (tail.length > 30) tail.shift()
  }
  createInterface({ input: child.stderr! }).on('line', keep)
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ready = await new Promise<Record<string, unknown>>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`not ready in time: node ${args.join(' ')}\n${tail.join('\n')}`)),
      options.timeoutMs ?? 60_000,
    )
    createInterface({ input: child.stdout! }).on('line', (line) => {
      keep(line)
      if (!line.startsWith('{"ready":true')) return
      clearTimeout(timer)
      resolve(JSON.parse(line))
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`ended with ${code}: node ${args.join(' ')}\n${tail.join('\n')}`))
    })
  }).catch((problem) => {
    child.kill('SIGKILL')
    throw problem
  })
  return {
    process: child,
    ready,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await gone
    },
  }
}
