import { type ChildProcess, fork } from 'node:child_process'

/* A build's own code runs in a process of its own and is told step by step what to do; only one of them is at the camera at a time. */

type Steps = Record<string, (...args: never[]) => Promise<unknown>>

/** In the child: does what it is told, one message after the other. */
export function obey(steps: Steps): void {
  process.on('message', ({ id, step, args }: { id: number; step: string; args: never[] }) => {
    steps[step]!(...args).then(
      (value) => process.send?.({ id, value }),
      (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.message : String(error) }),
    )
  })
  process.on('disconnect', () => process.exit(0))
}

export interface FarSide {
  tell<T>(step: string, ...args: unknown[]): Promise<T>
  end(): Promise<void>
}

/** In the parent: starts a program of this folder for a build. Its failures come back as errors that name the step. */
export function farSide(program: string, args: readonly string[]): FarSide {
  const child: ChildProcess = fork(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const open = new Map<number, { step: string; settle: (message: { value?: unknown; error?: string }) => void }>()
  let last = 0
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void gone.then(() => {
    for (const one of open.values()) one.settle({ error: 'its process ended' })
  })
  child.on('message', (message: { id: number; value?: unknown; error?: string }) =>
    open.get(message.id)?.settle(message),
  )
  return {
    tell<T>(step: string, ...told: unknown[]) {
      last += 1
      const id = last
      return new Promise<T>((resolve, reject) => {
        open.set(id, {
          step,
          settle({ value, error }) {
            open.delete(id)
            if (error === undefined) resolve(value as T)
            else reject(new Error(`${step}: ${error}`))
          },
        })
        child.send({ id, step, args: told })
      })
    },
    async end() {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
