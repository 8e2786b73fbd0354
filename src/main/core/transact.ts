import type { Failure, Result } from '../../shared/domain/result.ts'
import type { Store, Transaction } from './storage/store.ts'

/** Carries a refusal out of a transaction so that the store rolls back; never leaves this file. */
class Refusal extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.code)
    this.failure = failure
  }
}

/** Runs `work` in a transaction; a refusal as its value rolls everything back and is returned. */
export async function transact<T>(store: Store, work: (tx: Transaction) => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await store.transaction(async (tx) => {
      const result = await work(tx)
      if (!result.ok) throw new Refusal(result.error)
      return result
    })
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: error.failure }
    throw error
  }
}
