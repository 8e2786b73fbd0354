import { parentPort, workerData } from 'node:worker_threads'
import { createEngine } from './engine.ts'
import type { EngineOptions } from './engine-options.ts'
import type { OpenedMessage } from './link.ts'
import { openLiveStore } from './live-store.ts'
import type { EngineReply, EngineRequest } from './messages.ts'
import { createNodeFileSystem } from './node-file-system.ts'
import type { WorkerStart } from './worker-link.ts'

/** Entry of the store's thread: opens the folder it was started for, then passes requests to the engine. */
async function main(): Promise<void> {
  const port = parentPort
  if (!port) throw new Error('the store worker runs in a worker thread')
  const post = (message: EngineReply | OpenedMessage) => port.postMessage(message)
  const options: EngineOptions = {
    ...(workerData as WorkerStart),
    files: createNodeFileSystem(),
    log: (entry) => post({ kind: 'log', entry }),
  }
  try {
    const opened = await openLiveStore(options)
    if (!opened.ok) return post({ kind: 'refused', error: opened.error })
    post({ kind: 'opened', report: opened.value.report })
    const engine = createEngine(options, opened.value.live, post)
    port.on('message', (request: EngineRequest) => engine.receive(request))
  } catch (error) {
    const message = error instanceof Error ? `${error.message}${error.cause ? `: ${error.cause}` : ''}` : String(error)
    post({ kind: 'threw', message })
  }
}

void main()
