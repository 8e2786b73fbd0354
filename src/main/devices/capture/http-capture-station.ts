import { fail, ok } from '../../../shared/domain/result.ts'
import type { CaptureStation } from '../../core/ports.ts'

const timeoutMs = 8_000
const largestAnswerBytes = 8_000_000

/** A camera and document scanner that answers `GET /snapshot?view=…` with a picture. Error: `picture.noStation`. */
export function createHttpCaptureStation(baseUrl: string): CaptureStation {
  const base = baseUrl.replace(/\/+$/, '')
  return {
    async take(view) {
      try {
        const response = await fetch(`${base}/snapshot?view=${view}`, {
          signal: AbortSignal.timeout(timeoutMs),
          redirect: 'error',
        })
        if (!response.ok) return fail('picture.noStation')
        const content = new Uint8Array(await response.arrayBuffer())
        if (content.length > largestAnswerBytes) return fail('picture.tooLarge')
        return ok({ mediaType: response.headers.get('content-type') ?? '', content })
      } catch {
        return fail('picture.noStation')
      }
    },
  }
}
