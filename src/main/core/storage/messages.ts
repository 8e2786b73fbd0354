import type { StoreErrorCode } from './errors.ts'
import type { Write } from './statement-codec.ts'
import type { SqlValue, StoreLogEntry } from './store-types.ts'

/** A read inside or outside a transaction. */
export interface Read {
  sql: string
  params: readonly SqlValue[]
  /** Only the first row is wanted. */
  first: boolean
}

/** What a store asks of its engine. Requests are handled in the order they were sent. */
export type EngineRequest = { id: number } & (
  | { kind: 'execute'; tx: number; writes: Write[]; read: Read }
  /** `more`: another transaction follows at once, so the thread should not wait for the disk. */
  | { kind: 'commit'; tx: number; writes: Write[]; more: boolean }
  | { kind: 'rollback'; tx: number }
  | { kind: 'query'; read: Read }
  | { kind: 'verify' }
  | { kind: 'snapshot' }
  | { kind: 'rotate'; newKey: Uint8Array }
  | { kind: 'close' }
)

export type EngineReply =
  | { kind: 'done'; id: number; value: unknown }
  /** Transactions that shared a sync: one message for all of them. */
  | { kind: 'durable'; ids: number[] }
  | { kind: 'failed'; id: number; code: StoreErrorCode; message: string }
  | { kind: 'log'; entry: StoreLogEntry }
