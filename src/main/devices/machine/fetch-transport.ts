import type { StreamRequest, Transport, TransportAnswer, TransportRequest } from '../../core/ports.ts'

/** Rejected promises of `heard` travel through the line's own errors unharmed. */
class HeardTrouble extends Error {}

/** Ends what listens to its signal when nothing happens for too long. */
function createSilenceGuard() {
  const silent = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    signal: silent.signal,
    expect(milliseconds: number) {
      clearTimeout(timer)
      timer = setTimeout(() => silent.abort(), milliseconds)
    },
    rest: () => clearTimeout(timer),
  }
}

async function hearAll(response: Response, request: StreamRequest, guard: ReturnType<typeof createSilenceGuard>) {
  const decoder = new TextDecoder()
  for await (const piece of response.body ?? []) {
    guard.rest()
    try {
      await request.heard(decoder.decode(piece, { stream: true }))
    } catch (cause) {
      throw new HeardTrouble('a piece could not be dealt with', { cause })
    }
    guard.expect(request.silenceMs())
  }
}

/** HTTP to the service at `baseUrl`. Redirects are not followed: the service never sends one. */
export function createFetchTransport(baseUrl: string): Transport {
  const base = baseUrl.replace(/\/+$/, '')
  return {
    baseUrl: base,
    async request({
      method,
      path,
      headers,
      body,
      bytes,
      timeoutMs,
      signal,
    }: TransportRequest): Promise<TransportAnswer> {
      const deadline = AbortSignal.timeout(timeoutMs)
      try {
        const response = await fetch(`${base}${path}`, {
          method,
          headers,
          redirect: 'error',
          signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
          ...(body === undefined ? (bytes ? { body: bytes } : {}) : { body }),
        })
        const text = await response.text()
        return { ok: true, status: response.status, headers: Object.fromEntries(response.headers), text }
      } catch {
        if (signal?.aborted) return { ok: false, reason: 'aborted' }
        return { ok: false, reason: deadline.aborted ? 'timeout' : 'offline' }
      }
    },
    async follow(request: StreamRequest): Promise<TransportAnswer> {
      const { path, headers, signal } = request
      const guard = createSilenceGuard()
      guard.expect(request.silenceMs())
      try {
        const response = await fetch(`${base}${path}`, {
          headers,
          redirect: 'error',
          signal: AbortSignal.any([guard.signal, signal]),
        })
        const streams =
          response.ok && (response.headers.get('content-type') ?? '').toLowerCase().startsWith('text/event-stream')
        if (streams) await hearAll(response, request, guard)
        const text = streams ? '' : await response.text()
        return { ok: true, status: response.status, headers: Object.fromEntries(response.headers), text }
      } catch (error) {
        if (error instanceof HeardTrouble) throw error.cause
        if (signal.aborted) return { ok: false, reason: 'aborted' }
        return { ok: false, reason: guard.signal.aborted ? 'timeout' : 'offline' }
      } finally {
        guard.rest()
      }
    },
  }
}
