import type { AppEvent } from '../shared/contract/events.ts'
import { fail, type Result } from '../shared/domain/result.ts'
import type { Bridge } from './client.ts'
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
 * A host that does not answer is `connection.offline`; the stream reconnects by itself with growing pauses.
 */
export function createHttpBridge(page: Window): Bridge {
  const token = takeToken(page)
  const listeners = new Set<(event: AppEvent) => void>()
  const reachableListeners = new Set<(reachable: boolean) => void>()
  let reachable: boolean | undefined
  let streaming = false

  function report(now: boolean) {
    if (reachable === now) return
    reachable = now
    for (const listener of reachableListeners) listener(now)
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
      report(false)
      return fail('connection.offline')
    }
  }

  async function readEvents(): Promise<void> {
    const answer = await page.fetch('/api/events', { headers: { [header]: token } })
    if (!answer.ok || !answer.body) throw new Error(`events: ${answer.status}`)
    report(true)
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    let rest = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const split = splitEvents(rest + value)
      rest = split.rest
      for (const text of split.events) for (const listener of listeners) listener(JSON.parse(text) as AppEvent)
    }
  }

  async function keepReading(): Promise<void> {
    let delay = firstDelayMs
    for (;;) {
      try {
        await readEvents()
        delay = firstDelayMs
      } catch {
        delay = Math.min(delay * 2, longestDelayMs)
      }
      report(false)
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
    onReachable(listener) {
      reachableListeners.add(listener)
      return () => reachableListeners.delete(listener)
    },
  }
}
