import { createStreamReader, type StreamEvent } from '../../src/shared/protocol/change-stream.ts'
import type { CounterClient } from './counter-client.ts'

/** A stream of changes as a test follows it. */
export interface FollowedStream {
  status: number
  events: StreamEvent[]
  /** Numbers of the changes so far. */
  sequences(): number[]
  /** The id of the last change, to go on from. */
  lastId: string | undefined
  /** Resolves when the service has ended the stream. */
  ended: Promise<void>
  close(): void
}

/** Opens a stream with a real proof, at another service process when an address is given. */
export async function followStream(
  counter: CounterClient,
  options: { after?: number; lastEventId?: string; at: string },
): Promise<FollowedStream> {
  const path = '/v1/changes/stream'
  const gone = new AbortController()
  const response = await fetch(`${options.at}${path}?after=${options.after ?? 0}`, {
    headers: {
      dpop: await counter.proof('GET', path, { htu: options.at + path }),
      ...(options.lastEventId ? { 'last-event-id': options.lastEventId } : {}),
    },
    signal: gone.signal,
  })
  const read = createStreamReader()
  const stream: FollowedStream = {
    status: response.status,
    events: [],
    sequences: () => stream.events.flatMap((one) => (one.event === 'change' ? one.change.sequence : [])),
    lastId: undefined,
    ended: Promise.resolve(),
    close: () => gone.abort(),
  }
  if (response.status !== 200) return stream
  stream.ended = (async () => {
    const decoder = new TextDecoder()
    try {
      for await (const chunk of response.body!) {
        const text = decoder.decode(chunk, { stream: true })
        stream.lastId = [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? stream.lastId
        stream.events.push(...read(text))
      }
    } catch {
      // The test has closed it.
    }
  })()
  return stream
}
