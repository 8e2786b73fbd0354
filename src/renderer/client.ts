import type { CommandInput, CommandName, CommandOutput } from '../shared/contract/commands.ts'
import type { AppEvent } from '../shared/contract/events.ts'
import type { Result } from '../shared/domain/result.ts'
import { createHttpBridge } from './http-bridge.ts'

/** What a shell offers: the preload script's `window.counterfoil`, or the loopback host over HTTP. */
export interface Bridge {
  shell: 'electron' | 'browser'
  call(name: CommandName, input: unknown): Promise<Result<unknown>>
  /** Events of the core; the answer stops listening. */
  on(listener: (event: AppEvent) => void): () => void
  /** Tells whether the core answers; absent where the shell ends together with its core. */
  onReach?(listener: (reach: Reach) => void): () => void
}

/** The core answers, does not answer, or was started anew and gives this window's token no longer. */
export type Reach = 'reached' | 'lost' | 'otherRun'

declare global {
  interface Window {
    counterfoil?: Bridge
  }
}

let bridge: Bridge | undefined

function theBridge(): Bridge {
  bridge ??= window.counterfoil ?? createHttpBridge(window)
  return bridge
}

/** Calls a command of the table. Expected failures come back as values; the promise never rejects for them. */
export function call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<Result<CommandOutput<N>>> {
  return theBridge().call(name, input) as Promise<Result<CommandOutput<N>>>
}

/** Listens to what the core tells of its own accord; the answer stops listening. */
export function subscribe(listener: (event: AppEvent) => void): () => void {
  return theBridge().on(listener)
}

/** Listens to the core being lost and reached again; the answer stops listening. */
export function subscribeReach(listener: (reach: Reach) => void): () => void {
  return theBridge().onReach?.(listener) ?? (() => {})
}
