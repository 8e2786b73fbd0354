import type { CommandName } from '../shared/contract/commands.ts'
import type { AppEvent } from '../shared/contract/events.ts'
import type { Result } from '../shared/domain/result.ts'

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
