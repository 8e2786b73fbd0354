import { longestOfflineDelayMs, retryDelayMs } from './retry-policy.ts'
import { createSending, type PumpParts, type Round } from './sending.ts'

/** Sends waiting jobs, batch after batch, until there is nothing it can do; then waits to be woken. */
export interface Pump {
  /** Something may be sendable now. */
  wake(): void
  start(): void
  /** Interrupts the wait and resolves when the batches under way are settled. */
  stop(): Promise<void>
  /** Jobs that are on their way to the service at this moment. */
  underWay(): ReadonlySet<string>
  /** Runs work while no batch is on its way; undefined when the pump stops before. */
  betweenRounds<T>(work: () => Promise<T>): Promise<T | undefined>
  /** The service said what time it is there, in UTC milliseconds. */
  serviceTime(now: number): void
}

/** Work that must not meet a batch on its way. */
interface Errand {
  run(): Promise<void>
  drop(): void
}

/**
 * Creates the pump. It sees only rows that are on disk and answers to nobody: what it learns goes back into the store. That a job is
 * under way is known in memory only: after a crash it is simply sent again, because the service knows each job by its id.
 */
export function createPump(parts: PumpParts): Pump {
  const { ports } = parts
  const stopped = new AbortController()
  const sending = createSending(parts, { stopped: stopped.signal, wake })
  let waiting = new AbortController()
  let woken = false
  let running: Promise<void> | undefined
  let errands: Errand[] = []

  function wake() {
    woken = true
    waiting.abort()
  }

  async function wait(round: Round) {
    if (round.next === 'now' || woken) return
    waiting = new AbortController()
    const signal = AbortSignal.any([waiting.signal, stopped.signal])
    await ports.clock.sleep(round.next === 'after' ? round.milliseconds : 3_600_000, signal)
  }

  async function doErrands() {
    const present = errands
    errands = []
    for (const errand of present) await errand.run()
  }

  async function run() {
    let failures = 0
    while (!stopped.signal.aborted) {
      woken = false
      await doErrands()
      try {
        const done = await sending.round(() => errands.length > 0)
        failures = 0
        await wait(done)
      } catch (error) {
        if (stopped.signal.aborted) return
        failures += 1
        ports.log.error('outbox.roundFailed', { error: error instanceof Error ? error.name : typeof error })
        await ports.clock.sleep(retryDelayMs(failures, ports.random(), longestOfflineDelayMs), stopped.signal)
      }
    }
  }

  return {
    wake,
    start() {
      running ??= run()
    },
    async stop() {
      stopped.abort()
      await running
      for (const errand of errands) errand.drop()
    },
    betweenRounds<T>(work: () => Promise<T>) {
      if (stopped.signal.aborted) return Promise.resolve(undefined)
      return new Promise<T | undefined>((resolve, reject) => {
        errands.push({ run: () => work().then(resolve, reject), drop: () => resolve(undefined) })
        wake()
      })
    },
    underWay: sending.underWay,
    serviceTime: sending.serviceTime,
  }
}
