import type { AppEvent } from '../shared/contract/events.ts'
import { fail, type Result } from '../shared/domain/result.ts'
import type { Bridge, Reach } from './bridge.ts'
import { splitEvents } from './event-stream.ts'

const tokenKey = 'counterfoil.token'
const header = 'X-Counterfoil-Token'
const firstDelayMs = 300
const longestDelayMs = 5_000

/** Takes the token out of `#token=…`, so that it neither stays in the address nor in the history. */
export function takeToken(page: Pick<Window, 'location' | 'history' | 'sessionStorage'>): string {
  const given = /^#token=([^&/]+)/.exec(page.location.hash)?.[1]
  if (!given) return page.sessionStorage.getItem(tokenKey) ?? ''
  page.sessionStorage.setItem(tokenKey, given)
  page.history.replaceState(null, '', page.location.pathname + page.location.search)
  return given
}

/**
 * The loopback host as a bridge: commands by POST, events by a fetch stream, because EventSource cannot send the token.
 * A host that does not answer is `counter.unreachable`; the stream reconnects by itself with growing pauses.
 */
export function createHttpBridge(page: Window): Bridge {
  const token = takeToken(page)
  const listeners = new Set<(event: AppEvent) => void>()
  const reachListeners = new Set<(reach: Reach) => void>()
  let reach: Reach | undefined
  let streaming = false

  function report(now: Reach) {
    if (reach === now) return
    reach = now
    for (const listener of reachListeners) listener(now)
  }

  async function call(name: string, input: unknown): Promise<Result<unknown>> {
    try {
      const answer = await page.fetch('/api/call', {
        method: 'POST',
        headers: { 'content-type': 'application/json', [header]: token },
        body: JSON.stringify({ name, input }),
      })
      return (await answer.json()) as Result<unknown>
    } catch {
      report('lost')
      return fail('counter.unreachable')
    }
  }

  /** Reads until the stream ends, and says why it did. */
  async function readEvents(): Promise<Reach> {
    const answer = await page.fetch('/api/events', { headers: { [header]: token } })
    if (answer.status === 401) return 'otherRun'
    if (!answer.ok || !answer.body) return 'lost'
    report('reached')
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    let rest = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return 'lost'
      const split = splitEvents(rest + value)
      rest = split.rest
      for (const text of split.events) for (const listener of listeners) listener(JSON.parse(text) as AppEvent)
    }
  }

  async function keepReading(): Promise<void> {
    let delay = firstDelayMs
    for (;;) {
      const end = await readEvents().catch((): Reach => 'lost')
      delay = reach === 'reached' ? firstDelayMs : Math.min(delay * 2, longestDelayMs)
      report(end)
      await new Promise((resolve) => page.setTimeout(resolve, delay))
    }
  }

  return {
    shell: 'browser',
    call,
    on(listener) {
      listeners.add(listener)
      if (!streaming) {
        streaming = true
        void keepReading()
      }
      return () => listeners.delete(listener)
    },
    onReach(listener) {
      reachListeners.add(listener)
      return () => reachListeners.delete(listener)
    },
  }
}
