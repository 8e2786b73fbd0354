import { Worker } from 'node:worker_threads'
import type { StoreOpenResult } from './errors.ts'
import type { EngineLink, OpenedMessage } from './link.ts'
import type { EngineReply } from './messages.ts'
import type { Migration } from './migrations.ts'
import type { OpeningReport } from './reports.ts'
import type { SnapshotPolicy } from './store-types.ts'

/** What the worker is started with. */
export interface WorkerStart {
  folder: string
  key: Uint8Array
  migrations: readonly Migration[]
  snapshotAfter: Partial<SnapshotPolicy>
}

/** Starts the worker and waits until it has opened the folder. Rejects only on bugs. */
export async function openWorkerLink(
  address: URL,
  start: WorkerStart,
): Promise<StoreOpenResult<{ link: EngineLink; report: OpeningReport }>> {
  const worker = new Worker(address, { workerData: start, name: 'store' })
  const opened = await new Promise<OpenedMessage>((resolve, reject) => {
    worker.on('message', (message: OpenedMessage | EngineReply) => {
      if (message.kind === 'opened' || message.kind === 'refused' || message.kind === 'threw') resolve(message)
    })
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the store's worker ended with ${code} while opening`)))
  })
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event)
  if (opened.kind !== 'opened') {
    await worker.terminate()
    if (opened.kind === 'threw') throw new Error(opened.message)
    return { ok: false, error: opened.error }
  }
  return { ok: true, value: { link: linkTo(worker), report: opened.report } }
}

function linkTo(worker: Worker): EngineLink {
  let ended = false
  return {
    send: (request) => worker.postMessage(request),
    onReply: (listener) => {
      worker.on('message', (reply: EngineReply) => listener(reply))
    },
    onLost(listener) {
      worker.on('error', (error) => listener(String(error)))
      worker.on('exit', (code) => {
        if (!ended) listener(`exit ${code}`)
      })
    },
    async end() {
      ended = true
      await worker.terminate()
    },
  }
}
