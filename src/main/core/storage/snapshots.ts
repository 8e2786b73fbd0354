import { defaultSnapshotPolicy, type EngineOptions } from './engine-options.ts'
import { segmentNumber } from './journal-format.ts'
import { type LiveStore, takeSnapshot } from './live-store.ts'
import { currentKey } from './sealed-folder.ts'
import { snapshotGeneration, writeSnapshot } from './snapshot.ts'

/** Decides when a snapshot is worth writing and writes it while transactions go on. */
export interface Snapshots {
  /** Writes one now; the caller made sure that nothing waits for the disk. Rejects with what the disk throws. */
  now(): Promise<void>
  /** Called after every answer: arms the idle timer, or starts at once when the journal has become very long. */
  considerSoon(): void
  isRunning(): boolean
  /** Resolves when no snapshot is being written. */
  settled(): Promise<void>
  stop(): Promise<void>
}

/** A journal this many times longer than the policy wants is not left to a quiet moment any more. */
const overdue = 4

/** `canStart` says that no transaction is open or waiting; `startSegment` is the engine's, which handles its failures. */
export function createSnapshots(
  options: EngineOptions,
  live: LiveStore,
  canStart: () => boolean,
  startSegment: () => void,
): Snapshots {
  const policy = { ...defaultSnapshotPolicy, ...options.snapshotAfter }
  const log = options.log ?? (() => {})
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  function isDue(times: number): boolean {
    return live.framesSince >= policy.frames * times || live.bytesSince >= policy.bytes * times
  }

  function now(): Promise<void> {
    if (running) return running
    if (live.framesSince === 0 && live.generation > 0) return Promise.resolve()
    if (!live.journal.isSegmentEmpty()) startSegment()
    const { framesSince, bytesSince } = live
    live.framesSince = 0
    live.bytesSince = 0
    running = write().then(
      () => {
        running = undefined
      },
      (error: unknown) => {
        running = undefined
        live.framesSince += framesSince
        live.bytesSince += bytesSince
        throw error
      },
    )
    return running
  }

  async function write() {
    const snapshot = takeSnapshot(live, live.generation + 1)
    const { files, folder } = live.place
    await writeSnapshot(files, folder, snapshot, currentKey(live.place).key, nextTurn)
    const previous = { generation: live.generation, firstSegment: live.firstSegment }
    live.generation = snapshot.header.generation
    live.firstSegment = snapshot.header.firstSegment
    removeOlder(live, previous.generation, previous.firstSegment)
    log({
      level: 'info',
      code: 'store.snapshot',
      params: { generation: live.generation, bytes: snapshot.header.length },
    })
  }

  function whenIdle() {
    if (stopped || running || !canStart()) return
    try {
      if (live.journal.wantsNextSegment()) live.journal.prepareSegment()
      if (isDue(1)) now().catch(report)
    } catch (error) {
      report(error)
    }
  }

  /** The journal still holds everything, so a snapshot that fails costs opening time only. */
  function report(error: unknown) {
    log({ level: 'warn', code: 'store.snapshotFailed', params: { reason: String(error) } })
  }

  return {
    now,
    considerSoon() {
      if (stopped || policy.idleMs === Number.POSITIVE_INFINITY) return
      if (!running && isDue(overdue)) whenIdle()
      if (timer) timer.refresh()
      else timer = setTimeout(whenIdle, policy.idleMs).unref()
    },
    isRunning: () => running !== undefined,
    settled: () => (running ?? Promise.resolve()).catch(() => {}),
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running?.catch(report)
    },
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * Keeps the generation before the newest one, with all segments needed to come forward from it. Snapshots go first, and
 * durably: a snapshot must never be there without its segments.
 */
export function removeOlder(live: LiveStore, generation: number, firstSegment: number): void {
  const { files, folder } = live.place
  const names = files.list(folder)
  const old = [
    names.filter((name) => (snapshotGeneration(name) ?? Number.POSITIVE_INFINITY) < generation),
    names.filter((name) => (segmentNumber(name) ?? Number.POSITIVE_INFINITY) < firstSegment),
  ]
  for (const group of old) {
    for (const name of group) files.remove(`${folder}/${name}`)
    if (group.length > 0) files.syncFolder(folder)
  }
}
