import cluster, { type Worker } from 'node:cluster'
import type { Log } from '../ports.ts'

/** What a process says of itself once it takes requests. */
export interface ProcessReady {
  ready: true
  pid: number
  url: string
  /** The operators' page of this process with its token. */
  operator: string | undefined
}

/** Several processes of the service that listen on one port. */
export interface SharedWork {
  url: string
  /** The processes that began, by their numbers. */
  processes: { pid: number; operator: string | undefined }[]
  /** Asks every process to finish what is under way; resolves when all are gone, with whether all went in order. */
  close(): Promise<boolean>
}

/** The variable that tells a process which of them it is, from 0. One that takes the place of another keeps its number. */
export const processNumberVariable = 'SERVICE_PROCESS_NUMBER'

/** Most processes of one command; beyond the cores of a large machine they only get in each other's way. */
export const mostProcesses = 64

const firstPauseMs = 500
const longestPauseMs = 30_000

/**
 * Runs this very program several times over, each with its share of the connections. A process that dies is replaced, later and later when
 * its successors die, too; the others go on meanwhile, and what it had not yet answered comes again from the counters. Throws when one
 * of the first does not start: it has said why by then.
 */
export async function shareWork(
  count: number,
  environment: Record<string, string>,
  log: Pick<Log, 'warn'>,
): Promise<SharedWork> {
  const workers = new Map<number, Worker>()
  const serving = new WeakSet<Worker>()
  let closing = false

  function fork(number: number, pauseMs: number): Promise<ProcessReady> {
    const worker = cluster.fork({ ...environment, [processNumberVariable]: String(number) })
    workers.set(number, worker)
    return new Promise((resolve, reject) => {
      let ready = false
      worker.on('message', (message: ProcessReady) => {
        if (!message?.ready) return
        ready = true
        serving.add(worker)
        resolve(message)
      })
      worker.once('exit', (code, signal) => {
        workers.delete(number)
        if (!ready) reject(new Error(`process ${number} did not start (${signal ?? `exit code ${code}`})`))
        if (closing) return
        if (!ready && pauseMs === 0) return
        // One that had worked is replaced at once; one that never came so far is given time.
        const pause = ready ? firstPauseMs : Math.min(longestPauseMs, Math.max(firstPauseMs, pauseMs * 2))
        log.warn({ number, code, signal, pauseMs: pause }, 'service process ended')
        setTimeout(() => {
          if (!closing) fork(number, pause).catch(() => undefined)
        }, pause)
      })
    })
  }

  async function close(): Promise<boolean> {
    closing = true
    const codes = await Promise.all(
      [...workers.values()].map(
        (worker) =>
          new Promise<number | null>((resolve) => {
            // One that is just starting has nothing to finish.
            worker.once('exit', (code) => resolve(serving.has(worker) ? code : 0))
            worker.process.kill('SIGTERM')
          }),
      ),
    )
    return codes.every((code) => code === 0)
  }

  const started = await Promise.allSettled(Array.from({ length: count }, (_, number) => fork(number, 0)))
  const failed = started.find((one) => one.status === 'rejected')
  if (failed) {
    await close()
    throw failed.reason
  }
  const ready = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  return { url: ready[0]!.url, processes: ready.map(({ pid, operator }) => ({ pid, operator })), close }
}
