import type { CommandInput, CommandName, CommandOutput } from '../shared/contract/commands.ts'
import type { AppEvent } from '../shared/contract/events.ts'
import type { Result } from '../shared/domain/result.ts'
import type { Bridge, Reach } from './bridge.ts'
import { createHttpBridge } from './http-bridge.ts'

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
