import { AsyncLocalStorage } from 'node:async_hooks'
import { StoreError } from './errors.ts'
import type { EngineLink } from './link.ts'
import type { EngineReply, EngineRequest, Read } from './messages.ts'
import type { OpeningReport, VerifyReport } from './reports.ts'
import { type Write, wellFormed } from './statement-codec.ts'
import { assertRead, assertWrite } from './statement-rules.ts'
import type { Row, SqlValue, Store, StoreLogEntry, Transaction } from './store-types.ts'

type Body = EngineRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never

interface Pending {
  resolve(value: unknown): void
  reject(error: StoreError): void
}

/**
 * The store as the core sees it, over a link to its engine. `released` runs once, when the folder is no longer in use
 * (after `close`, or when the engine is lost).
 */
export function createStore(
  link: EngineLink,
  opening: OpeningReport,
  released: () => void,
  log: (entry: StoreLogEntry) => void,
): Store {
  const pending = new Map<number, Pending>()
  const inside = new AsyncLocalStorage<true>()
  let lastId = 0
  let lastTx = 0
  let queued = 0
  let turn: Promise<void> = Promise.resolve()
  let gone: StoreError | undefined
  let closing: Promise<void> | undefined

  link.onReply((reply: EngineReply) => {
    switch (reply.kind) {
      case 'log':
        return log(reply.entry)
      case 'durable':
        for (const id of reply.ids) take(id)?.resolve(undefined)
        return
      case 'done':
        return take(reply.id)?.resolve(reply.value)
      case 'failed':
        return take(reply.id)?.reject(new StoreError(reply.code, reply.message))
    }
  })

  function take(id: number): Pending | undefined {
    const call = pending.get(id)
    pending.delete(id)
    return call
  }

  link.onLost((reason) => {
    if (gone) return
    gone = new StoreError('store.workerLost', `the store's thread ended: ${reason}`)
    log({ level: 'error', code: gone.code, params: { reason } })
    for (const call of pending.values()) call.reject(gone)
    pending.clear()
    released()
  })

  function request(body: Body): Promise<unknown> {
    if (gone) return Promise.reject(gone)
    lastId += 1
    const id = lastId
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject })
      link.send({ id, ...body } as EngineRequest)
    })
  }

  function refuseInside() {
    if (inside.getStore()) {
      throw new StoreError(
        'store.nested',
        'inside a transaction use its own run, get and all: this call would wait for itself',
      )
    }
  }

  async function transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    refuseInside()
    if (gone) throw gone
    const before = turn
    let release = () => {}
    turn = new Promise((resolve) => {
      release = resolve
    })
    queued += 1
    await before
    let committed: Promise<unknown>
    let result: T
    const tx = startTransaction()
    try {
      result = await inside.run(true, () => work(tx.handle))
      committed = tx.commit()
    } catch (error) {
      tx.abandon()
      throw error
    } finally {
      queued -= 1
      release()
    }
    await committed
    return result
  }

  function startTransaction() {
    lastTx += 1
    const tx = lastTx
    let writes: Write[] = []
    let sent = false
    let ended = false
    let failure: unknown

    function assertOpen() {
      if (ended) throw new Error('the transaction has already ended')
    }

    async function read(sql: string, params: readonly SqlValue[], first: boolean): Promise<Row[]> {
      assertOpen()
      if (failure) throw failure
      sent = true
      const flushed = writes
      writes = []
      try {
        return (await request({
          kind: 'execute',
          tx,
          writes: flushed,
          read: { sql, params: checked(params), first },
        })) as Row[]
      } catch (error) {
        failure = error
        throw error
      }
    }

    const handle: Transaction = {
      run(sql, params = []) {
        assertOpen()
        assertWrite(sql)
        writes.push({ sql, params: checked(params) })
      },
      get: async <R extends Row>(sql: string, params: readonly SqlValue[] = []) =>
        (await read(sql, params, true))[0] as R | undefined,
      all: async <R extends Row>(sql: string, params: readonly SqlValue[] = []) =>
        (await read(sql, params, false)) as R[],
    }

    return {
      handle,
      commit(): Promise<unknown> {
        if (failure) throw failure
        ended = true
        return request({ kind: 'commit', tx, writes, more: queued > 1 })
      },
      abandon() {
        ended = true
        // A failed rollback has already been answered by the failure that made the engine forget the transaction.
        if (sent && !gone) request({ kind: 'rollback', tx }).catch(() => {})
      },
    }
  }

  async function readOutside(read: Read): Promise<Row[]> {
    refuseInside()
    assertRead(read.sql)
    return (await request({ kind: 'query', read: { ...read, params: checked(read.params) } })) as Row[]
  }

  async function shutDown(): Promise<void> {
    await turn
    if (gone) return
    try {
      await request({ kind: 'close' })
    } finally {
      gone ??= new StoreError('store.closed', 'the store is closed')
      await link.end()
      released()
    }
  }

  return {
    opening,
    transaction,
    query: async <R extends Row>(sql: string, params: readonly SqlValue[] = []) =>
      (await readOutside({ sql, params, first: false })) as R[],
    get: async <R extends Row>(sql: string, params: readonly SqlValue[] = []) =>
      (await readOutside({ sql, params, first: true }))[0] as R | undefined,
    verify: async () => (await request({ kind: 'verify' })) as VerifyReport,
    rotateKey: async (newKey) => {
      if (newKey.length !== 32) throw new RangeError('a store key has 32 bytes')
      await request({ kind: 'rotate', newKey })
    },
    snapshotNow: async () => {
      await request({ kind: 'snapshot' })
    },
    close() {
      closing ??= shutDown()
      return closing
    },
  }
}

/** Copies the values, so that later changes by the caller do not reach the store, and refuses what SQLite cannot hold. */
function checked(params: readonly SqlValue[]): SqlValue[] {
  return params.map((value) => {
    const fits = value === null || typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array
    if (!fits) throw new TypeError(`the store does not hold values of type ${typeof value}`)
    return value instanceof Uint8Array ? value.slice() : wellFormed(value)
  })
}
