import { fail, ok, type Result } from './result.ts'
import type { Msisdn } from './scalars.ts'

export type { Msisdn } from './scalars.ts'

/**
 * Reads a number as typed, pasted or scanned: spaces, hyphens and a leading +86/0086 are allowed.
 * Errors: `number.iot` (13 digits), `number.privacy` (700 segment), `number.malformed`.
 */
export function parseMsisdn(text: string): Result<Msisdn> {
  const compact = text.replace(/[\s\-–·]/g, '').replace(/^(?:\+?86|0086)(?=1\d{10})/, '')
  if (/^1\d{10}$/.test(compact)) {
    // 140–144 are the network codes of 13-digit IoT numbers; no 11-digit subscriber number starts with them.
    if (/^14[0-4]/.test(compact)) return fail('number.iot', { field: 'msisdn' })
    return ok(compact as Msisdn)
  }
  if (/^1\d{12}$/.test(compact)) return fail('number.iot', { field: 'msisdn' })
  if (/^700\d{8,12}$/.test(compact)) return fail('number.privacy', { field: 'msisdn' })
  return fail('number.malformed', { field: 'msisdn' })
}

/** `13935108826` → `139 3510 8826`. */
export function formatMsisdn(msisdn: string): string {
  return `${msisdn.slice(0, 3)} ${msisdn.slice(3, 7)} ${msisdn.slice(7)}`
}
