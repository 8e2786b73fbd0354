/** Why a folder could not be opened. */
export type StoreOpenErrorCode =
  | 'store.locked'
  | 'store.newerSchema'
  | 'store.wrongKey'
  | 'store.diskFull'
  | 'store.unreadable'

/** An expected failure of opening, as a value. `params` fill the translated sentence. */
export interface StoreOpenError {
  code: StoreOpenErrorCode
  params?: Record<string, string | number>
}

/** Outcome of opening a store. */
export type StoreOpenResult<T> = { ok: true; value: T } | { ok: false; error: StoreOpenError }

/** Why a call to an open store failed; in every case nothing of the transaction was kept. */
export type StoreErrorCode =
  /** No room on the disk; works again when there is. */
  | 'store.diskFull'
  /** The disk refused a write or a sync; the store went back to what is on disk. */
  | 'store.writeFailed'
  /** The disk could not be read back after a failure; the store must be opened again. */
  | 'store.broken'
  /** The worker thread ended unexpectedly. */
  | 'store.workerLost'
  | 'store.closed'
  /** A call of the store from inside a transaction's work, which would wait for itself. */
  | 'store.nested'
  /** SQLite refused a statement (constraint, syntax); the message says which. */
  | 'store.statement'
  /** A write whose result could differ on replay, or a write where only a read is allowed. */
  | 'store.forbiddenSql'

/** What a rejected call of the store carries. */
export class StoreError extends Error {
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.code = code
  }
}
