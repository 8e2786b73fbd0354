import type { AppEvent } from '../../shared/contract/events.ts'
import type { Log } from './ports.ts'

export type Listener = (event: AppEvent) => void

/** Tells everyone who listens. A listener that throws is logged and harms nobody else. */
export interface Emitter {
  emit(event: AppEvent): void
  /** Returns the function that ends listening. */
  on(listener: Listener): () => void
}

/** Creates an emitter. */
export function createEmitter(log: Log): Emitter {
  const listeners = new Set<Listener>()
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch {
          log.error('event.listenerFailed', { event: event.name })
        }
      }
    },
    on(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
