import { parentPort } from 'node:worker_threads'

/** The real store worker, in a thread that ends at once when a statement asks it to. */
parentPort?.on('message', (message: unknown) => {
  if (JSON.stringify(message).includes('die now')) process.exit(3)
})
await import('../../../src/main/core/storage/store-worker.ts')
