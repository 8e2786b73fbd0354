import type { Write } from '../../../src/main/core/storage/statement-codec.ts'
import type { Row } from '../../../src/main/core/storage/store.ts'

/** Somebody who can keep business transactions. All get the same schema and the same rows, on the same disk. */
export interface Contender {
  name: string
  /** What an answered commit survives. */
  durability: string
  /** Resolves when the contender says that the transaction is kept. */
  commit(writes: readonly Write[]): Promise<void>
  /** Fills many transactions in, in whatever way is quickest. */
  fill(transactions: Iterable<readonly Write[]>): Promise<void>
  close(): Promise<void>
}

/** Rows of a question, from contenders that speak SQL. */
export type Ask = (sql: string) => Promise<Row[]>
