import type { ServiceContext } from '../service-context.ts'
import type { RunningQueue } from './work-queue.ts'

/** Starts working on orders. */
export async function startOrderWorkers(
  _context: ServiceContext,
  queue: RunningQueue,
): Promise<{ stop(): Promise<void> }> {
  await queue.run({ step: async () => {}, sms: async () => {} })
  return { stop: async () => {} }
}
