import { createEngine } from './engine.ts'
import type { EngineOptions } from './engine-options.ts'
import type { StoreOpenResult } from './errors.ts'
import type { EngineLink } from './link.ts'
import { openLiveStore } from './live-store.ts'
import type { EngineReply } from './messages.ts'
import type { OpeningReport } from './reports.ts'

/** Opens a folder with the engine in this thread: for tests, the simulation and the command-line tool. */
export async function openLocalLink(
  options: EngineOptions,
): Promise<StoreOpenResult<{ link: EngineLink; report: OpeningReport }>> {
  const opened = await openLiveStore(options)
  if (!opened.ok) return opened
  let listener: (reply: EngineReply) => void = () => {}
  const engine = createEngine(options, opened.value.live, (reply) => queueMicrotask(() => listener(reply)))
  const link: EngineLink = {
    // Copied as a message between threads would be, so that nobody can change a value under way.
    send: (request) => engine.receive(structuredClone(request)),
    onReply: (given) => {
      listener = given
    },
    onLost: () => {},
    end: async () => {},
  }
  return { ok: true, value: { link, report: opened.value.report } }
}
