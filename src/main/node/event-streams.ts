import type { ServerResponse } from 'node:http'
import type { App } from '../core/app.ts'

const heartbeatMs = 15_000

/** Open `text/event-stream` answers, one per page. */
export interface EventStreams {
  open(response: ServerResponse): void
  close(): void
}

/** Sends every event of the app to every open stream; the comment in between keeps idle connections alive. */
export function createEventStreams(app: Pick<App, 'on'>): EventStreams {
  const open = new Set<ServerResponse>()
  const stopListening = app.on((event) => {
    for (const response of open) response.write(`data: ${JSON.stringify(event)}\n\n`)
  })
  const heartbeat = setInterval(() => {
    for (const response of open) response.write(': alive\n\n')
  }, heartbeatMs)
  heartbeat.unref()
  return {
    open(response) {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
      response.write(': open\n\n')
      open.add(response)
      response.on('close', () => open.delete(response))
    },
    close() {
      clearInterval(heartbeat)
      stopListening()
      for (const response of open) response.end()
      open.clear()
    },
  }
}
