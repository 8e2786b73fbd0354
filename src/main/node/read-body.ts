import type { IncomingMessage } from 'node:http'
import { fail, ok, type Result } from '../../shared/domain/result.ts'

/** A picture of 2 MB is 2.7 MB as base64; this leaves room and stops everything that cannot be a call. */
export const bodyLimitBytes = 6_000_000

/** Reads a JSON object. Errors: `request.tooLarge`, `request.malformed`. */
export async function readBody(request: IncomingMessage): Promise<Result<object>> {
  const malformed = fail('request.malformed', { field: 'body', params: { field: 'body' } })
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return malformed
  if (Number(request.headers['content-length'] ?? 0) > bodyLimitBytes) return fail('request.tooLarge')
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyLimitBytes) return fail('request.tooLarge')
    chunks.push(chunk)
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? ok(value) : malformed
  } catch {
    return malformed
  }
}
