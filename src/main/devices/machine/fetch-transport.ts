import type { Transport, TransportAnswer, TransportRequest } from '../../core/ports.ts'

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
  }
}
