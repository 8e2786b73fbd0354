import type { EngineOptions } from './engine-options.ts'
import { StoreError, type StoreErrorCode } from './errors.ts'
import { fileErrorCode } from './file-system.ts'
import { frameLength } from './journal-format.ts'
import { type LiveStore, returnToDisk } from './live-store.ts'
import type { EngineReply, EngineRequest } from './messages.ts'
import { createOpenTransaction, readRows } from './open-transaction.ts'
import { rotateKey } from './rotate-key.ts'
import { createSnapshots } from './snapshots.ts'
import { assertRead } from './statement-rules.ts'
import { verifyStore } from './verify.ts'

/** The engine of an open folder: takes requests in order, answers when what they did is on disk. */
export interface Engine {
  receive(request: EngineRequest): void
}

type CommitRequest = Extract<EngineRequest, { kind: 'commit' }>

/** A transaction that is applied in memory and waits for the disk. Without content it only read. */
interface Waiting {
  id: number
  content: Buffer | undefined
  more: boolean
}

/** Above this the waiting frames are written even though more transactions are queued. */
const batchBytes = 4 * 1024 * 1024

/**
 * Runs requests against a live store. `reply` is called once per request. Everything between two syncs shares the next
 * one (group commit); while a sync runs, further transactions are applied in memory but not answered.
 */
export function createEngine(options: EngineOptions, live: LiveStore, reply: (answer: EngineReply) => void): Engine {
  const inbox: EngineRequest[] = []
  const log = options.log ?? (() => {})
  const transaction = createOpenTransaction(() => live.database)
  let waiting: Waiting[] = []
  let waitingBytes = 0
  let flushing = false
  let flushScheduled = false
  let exclusive = false
  let needsDisk: StoreError | undefined
  let closed = false
  const canStart = () => !closed && !exclusive && isQuiet() && inbox.length === 0
  const snapshots = createSnapshots(options, live, canStart, () => startSegment())

  function isQuiet(): boolean {
    return transaction.tx === undefined && !flushing && waiting.length === 0 && !needsDisk
  }

  function failed(id: number, error: unknown) {
    const known = error instanceof StoreError ? error : new StoreError('store.broken', String(error), { cause: error })
    reply({ kind: 'failed', id, code: known.code, message: known.message })
  }

  function done(id: number, value?: unknown) {
    reply({ kind: 'done', id, value })
  }

  function pump() {
    while (!exclusive) {
      const { tx } = transaction
      // While a transaction is open everyone else waits for its end.
      const index = tx === undefined ? 0 : inbox.findIndex((request) => 'tx' in request && request.tx === tx)
      const request = inbox[index]
      if (!request || mustWait(request)) break
      inbox.splice(index, 1)
      try {
        handle(request)
      } catch (error) {
        failed(request.id, error)
      }
    }
    // A transaction that was undone may have kept the group open.
    if (isQuiet()) settleGroup()
    scheduleFlush()
  }

  /** Reads and everything that touches files wait until all that is applied is on disk; so does a full segment. */
  function mustWait(request: EngineRequest): boolean {
    if (!flushing && waiting.length === 0) return false
    if (request.kind === 'commit')
      return waitingBytes > batchBytes || !live.journal.fits(waitingBytes + roomOf(request))
    return request.kind !== 'execute' && request.kind !== 'rollback'
  }

  function roomOf(request: CommitRequest): number {
    const content = transaction.contentOf(request)
    return content ? frameLength(content.length) : 0
  }

  function handle(request: EngineRequest) {
    if (closed) throw new StoreError('store.closed', 'the store is closed')
    if (needsDisk && request.kind !== 'close') goBackToDisk()
    if ('tx' in request) {
      transaction.assertNotLost(request.tx)
      if (request.kind === 'commit') return commit(request)
      if (request.kind === 'execute') {
        return done(request.id, transaction.execute(request.tx, request.writes, request.read))
      }
      transaction.undo()
      return done(request.id)
    }
    settleGroup()
    switch (request.kind) {
      case 'query':
        assertRead(request.read.sql)
        return done(request.id, readRows(live.database, request.read))
      case 'verify':
        return done(request.id, verifyStore(live))
      case 'snapshot':
        if (!snapshots.isRunning()) return answerLater(request.id, snapshots.now())
        // What was committed since the running one began belongs into the next.
        return runAlone(request.id, () => snapshots.settled().then(() => snapshots.now()))
      case 'rotate':
        return runAlone(request.id, () => snapshots.settled().then(() => rotateKey(live, request.newKey, startSegment)))
      case 'close':
        return runAlone(request.id, () => close())
    }
  }

  function commit(request: CommitRequest) {
    transaction.begin(request.tx)
    try {
      const content = transaction.contentOf(request)
      if (content) makeRoom(frameLength(content.length))
      transaction.finish(request)
      waiting.push({ id: request.id, content, more: request.more })
      waitingBytes += content ? frameLength(content.length) : 0
    } catch (error) {
      transaction.undo()
      throw error
    }
  }

  /** `mustWait` saw to it that nothing is waiting for the disk when a new segment is needed. */
  function makeRoom(bytes: number) {
    if (live.journal.fits(waitingBytes + bytes)) return
    startSegment(bytes)
  }

  function startSegment(bytes = 0) {
    try {
      live.journal.prepareSegment(bytes)
    } catch (error) {
      throw diskError(error)
    }
    try {
      live.journal.startSegment()
    } catch (error) {
      diskFailed(error, [])
      throw diskError(error)
    }
  }

  function settleGroup() {
    try {
      transaction.commitGroup()
    } catch (error) {
      diskFailed(error, [])
    }
  }

  function scheduleFlush() {
    if (flushScheduled || flushing || exclusive || waiting.length === 0) return
    // The sender said that nobody else is on the way.
    if (inbox.length === 0 && !waiting.at(-1)!.more) return flush()
    flushScheduled = true
    // After the messages that arrived together with this one: they share the sync.
    setImmediate(() => {
      flushScheduled = false
      flush()
    })
  }

  function flush() {
    const batch = waiting
    if (flushing || batch.length === 0) return
    const contents = batch.flatMap((one) => one.content ?? [])
    waiting = []
    waitingBytes = 0
    try {
      // With a transaction open in between, the group goes on; what it holds is durable by its frames all the same.
      if (transaction.tx === undefined) transaction.commitGroup()
      if (contents.length > 0) live.journal.write(contents)
      if (contents.length > 0 && (batch.at(-1)?.more || transaction.tx !== undefined)) {
        flushing = true
        live.journal.syncSoon().then(
          () => {
            flushing = false
            answer(batch)
          },
          (error: unknown) => {
            flushing = false
            diskFailed(error, batch)
            pump()
          },
        )
        return
      }
      if (contents.length > 0) live.journal.sync()
    } catch (error) {
      diskFailed(error, batch)
      pump()
      return
    }
    answer(batch)
  }

  function answer(batch: readonly Waiting[]) {
    reply({ kind: 'durable', ids: batch.map((one) => one.id) })
    for (const one of batch) {
      if (!one.content) continue
      live.framesSince += 1
      live.bytesSince += frameLength(one.content.length)
    }
    prepareAhead()
    pump()
    snapshots.considerSoon()
  }

  /** A refusal changes nothing yet: the switch tries again, and fails its transaction if the room is still missing. */
  function prepareAhead() {
    if (closed || !live.journal.wantsNextSegment()) return
    live.journal.prepareSegmentSoon().catch((error: unknown) => {
      log({
        level: 'warn',
        code: 'store.segmentNotPrepared',
        params: { reason: fileErrorCode(error) || String(error) },
      })
    })
  }

  /** Nothing that is in memory only may stay there: everyone waiting fails, and the store is read again from disk. */
  function diskFailed(error: unknown, batch: readonly Waiting[]) {
    const reason = diskError(error)
    const victims = [...batch, ...waiting]
    waiting = []
    waitingBytes = 0
    transaction.lose(reason)
    needsDisk = reason
    log({ level: 'error', code: reason.code, params: { reason: fileErrorCode(error), transactions: victims.length } })
    try {
      goBackToDisk()
    } catch (again) {
      log({ level: 'error', code: 'store.broken', params: { reason: String(again) } })
    }
    for (const one of victims) failed(one.id, reason)
  }

  function goBackToDisk() {
    try {
      returnToDisk(live)
      needsDisk = undefined
    } catch (error) {
      throw new StoreError('store.broken', 'the disk cannot be read back', { cause: error })
    }
  }

  function answerLater(id: number, work: Promise<unknown>): Promise<void> {
    return work.then(
      (value) => done(id, value),
      (error) => failed(id, fileErrorCode(error) ? diskError(error) : error),
    )
  }

  function runAlone(id: number, work: () => Promise<unknown>) {
    exclusive = true
    answerLater(id, work()).then(() => {
      exclusive = false
      pump()
    })
  }

  async function close() {
    closed = true
    await snapshots.stop()
    live.journal.close()
    live.database.close()
  }

  return {
    receive(request) {
      inbox.push(request)
      pump()
    },
  }
}

/** Tells a full disk from any other refusal. */
function diskError(error: unknown): StoreError {
  const code = fileErrorCode(error)
  const kind: StoreErrorCode = code === 'ENOSPC' || code === 'EDQUOT' ? 'store.diskFull' : 'store.writeFailed'
  return new StoreError(kind, `the disk refused: ${code || String(error)}`, { cause: error })
}
