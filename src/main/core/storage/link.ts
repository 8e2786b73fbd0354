import type { StoreOpenError } from './errors.ts'
import type { EngineReply, EngineRequest } from './messages.ts'
import type { OpeningReport } from './reports.ts'

/** The way between a store and its engine: a worker's message port, or a queue in the same thread. */
export interface EngineLink {
  send(request: EngineRequest): void
  /** Called for every reply; set once, before the first request. */
  onReply(listener: (reply: EngineReply) => void): void
  /** Called when the engine is gone without having been closed. */
  onLost(listener: (reason: string) => void): void
  /** Ends the thread after a close; idempotent. */
  end(): Promise<void>
}

/** First message of a worker: how opening went. */
export type OpenedMessage =
  | { kind: 'opened'; report: OpeningReport }
  | { kind: 'refused'; error: StoreOpenError }
  /** A bug: opening threw. */
  | { kind: 'threw'; message: string }
