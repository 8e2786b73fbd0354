import type { ServerResponse } from 'node:http'
import { eventText } from '../../../src/shared/protocol/change-stream.ts'

interface Numbered {
  sequence: number
}

/** The change feed of the service double as server-sent events. */
export function createDoubleStreams(changes: readonly Numbered[]) {
  const open = new Map<ServerResponse, number>()
  /** Where each stream that was asked for began. */
  const asked: number[] = []

  function tell() {
    for (const [response, after] of open)
      for (const change of changes.filter(({ sequence }) => sequence > after)) {
        response.write(eventText('change', change, `${change.sequence}/double`))
        open.set(response, change.sequence)
      }
  }
  return {
    asked,
    count: () => open.size,
    tell,
    begin(response: ServerResponse, after: number) {
      asked.push(after)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(eventText('status', { serviceTime: Date.now(), acceptedJobs: 0 }))
      open.set(response, after)
      response.once('close', () => open.delete(response))
      tell()
    },
    /** The line breaks. */
    breakOff() {
      for (const response of open.keys()) response.destroy()
    },
  }
}
