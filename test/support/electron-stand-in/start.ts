import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const register = new URL('./register.ts', import.meta.url).href

/** Starts a built main bundle over the stand-in. Resolves when its window has loaded its page, or the process ended. */
export async function startStandIn(root: string, args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, ['--import', register, `${root}/out/main/index.js`, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    cwd: root,
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (output += String(chunk)))
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let lastId = 0
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const ready = new Promise<boolean>((resolve) => {
    child.on('message', (message: { id?: number; event?: string; value?: unknown; error?: string }) => {
      if (message.event === 'ready') resolve(true)
      const asked = message.id === undefined ? undefined : waiting.get(message.id)
      if (message.error) asked?.reject(new Error(message.error))
      else asked?.resolve(message.value)
    })
    void gone.then(() => {
      for (const { reject } of waiting.values()) reject(new Error(`the shell ended\n${output}`))
      resolve(false)
    })
  })
  const loaded = await ready
  return {
    process: child,
    loaded,
    gone,
    output: () => output,
    /** Asks the stand-in something (see control.ts and the modules beside it). */
    ask<T = unknown>(ask: string, value?: unknown): Promise<T> {
      lastId += 1
      const id = lastId
      return new Promise<T>((resolve, reject) => {
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
        child.send({ id, ask, value })
      })
    },
  }
}
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url))
