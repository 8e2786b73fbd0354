import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson } from '../../../service/src/intake/canonical-json.ts'
import { readJob } from '../../../service/src/intake/read-job.ts'
import { isStorable } from '../../../service/src/storable.ts'

const lane = '01987654-1234-7123-8123-123456789012'
const job = (payload: unknown) => ({
  ...{ id: lane, sequence: 1, lane, kind: 'payment.take', version: 1, staffId: 'S1', createdAt: 1 },
  payload,
})

/** What the library says, which throws where there is no canonical form, of what can be kept. */
function expected(value: unknown): string | undefined {
  try {
    const text = canonicalize(value)!
    return isStorable(value) ? text : undefined
  } catch {
    return undefined
  }
}

it('writes whatever JSON can say as the library does', () => {
  const piece = fc.constantFrom('销', '💥', '\ud800', '\udc00', '"', '\\', '\u2028', '\n', '9', 'b', '\u20ac')
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('')),
  )
  const any = fc.oneof(fc.jsonValue(), text, fc.dictionary(text, fc.oneof(fc.jsonValue(), text)), fc.double())
  fc.assert(
    fc.property(any, (given) => {
      const value: unknown = JSON.parse(JSON.stringify(given) ?? 'null')
      expect(canonicalJson(value)).toBe(expected(value))
    }),
    { numRuns: 500 },
  )
})

it('takes names in the order of UTF-16 units, numbers among them as text', () => {
  expect(canonicalJson(JSON.parse('{"10":1,"9":2,"\u20ac":3,"b":[],"a":{},"":-0}'))).toBe(
    '{"":0,"10":1,"9":2,"a":{},"b":[],"\u20ac":3}',
  )
})

it('has no form for half a character, NUL, a number beyond all bounds and what never ends', () => {
  const nested = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown
  for (const value of ['\ud800', 'NUL \0', { '\udfff': 1 }, JSON.parse('[1e999]'), nested]) {
    expect(canonicalJson(value)).toBeUndefined()
    const read = readJob(job({ value }))
    expect(read).toMatchObject({ id: lane, bodySha256: '', envelope: { ok: false, error: { code: 'job.malformed' } } })
  }
  expect(readJob(job({})).envelope.ok).toBe(true)
})
