import { z } from 'zod'
import { type Carrier, carrierSchema, type Province, provinceSchema } from './geography.ts'
import type { Msisdn } from './msisdn.ts'
import { fail, ok, type Result } from './result.ts'

/** The official prefix table: three digits and the fourth-digit range that belong to an operator. */
export const prefixSchema = z.object({
  prefix: z.string().regex(/^1\d{2}$/),
  h0: z.string().describe('fourth digits, e.g. "0-8" or "4,7-9"'),
  operator: z.enum(['CMCC', 'CUCC', 'CTCC', 'CBN', 'SATELLITE']),
  resale: z.boolean().default(false),
})
export const prefixFileSchema = z.object({ asOf: z.string(), source: z.string(), prefixes: z.array(prefixSchema) })
export type PrefixFile = z.infer<typeof prefixFileSchema>

/** First seven digits → home province. */
export type ProvinceTable = ReadonlyMap<string, Province>

export interface SegmentTable {
  prefixes: PrefixFile['prefixes']
  provinces: ProvinceTable
}

export const segmentAnswerSchema = z.object({
  segment: z.string(),
  homeProvince: provinceSchema,
  /** The carrier the prefix was given to. A ported number is served by another: only the operator's system knows. */
  prefixCarrier: carrierSchema,
  resale: z.boolean(),
})
export type SegmentAnswer = z.infer<typeof segmentAnswerSchema>

/** True when a fourth digit lies in a range text such as `0-8` or `4,7-9`. */
export function inRange(digit: string, range: string): boolean {
  return range.split(',').some((part) => {
    const [low = '', high = low] = part.trim().split('-')
    return digit >= low && digit <= high
  })
}

/**
 * Home province and prefix carrier of a number.
 * Porting stays inside one local network, so the first seven digits still give the province (domain facts, chapter 8).
 * Errors: `number.satellite`, `number.unknownPrefix`, `number.unknownSegment`.
 */
export function lookUpSegment(msisdn: Msisdn, table: SegmentTable): Result<SegmentAnswer> {
  const entry = table.prefixes.find((p) => p.prefix === msisdn.slice(0, 3) && inRange(msisdn[3]!, p.h0))
  if (!entry) return fail('number.unknownPrefix', { field: 'msisdn', params: { prefix: msisdn.slice(0, 3) } })
  if (entry.operator === 'SATELLITE') return fail('number.satellite', { field: 'msisdn' })
  const segment = msisdn.slice(0, 7)
  const homeProvince = table.provinces.get(segment)
  if (!homeProvince) return fail('number.unknownSegment', { field: 'msisdn', params: { segment } })
  return ok({ segment, homeProvince, prefixCarrier: entry.operator as Carrier, resale: entry.resale })
}

/**
 * Reads a province table in CSV: `segment,province` with a header line; lines starting with `#` are remarks.
 * Errors: `segments.malformed` with the first bad line; nothing is taken over in part.
 */
export function parseProvinceTable(csv: string): Result<ProvinceTable> {
  const table = new Map<string, Province>()
  let header = false
  for (const [index, raw] of csv.split(/\r?\n/).entries()) {
    const line = raw.replace(/^\uFEFF/, '').trim()
    if (line === '' || line.startsWith('#')) continue
    if (!header && /^segment\s*,\s*province$/i.test(line)) {
      header = true
      continue
    }
    const [segment = '', province = '', ...rest] = line.split(',').map((cell) => cell.trim())
    const known = provinceSchema.safeParse(province)
    if (!/^1\d{6}$/.test(segment) || !known.success || rest.length > 0)
      return fail('segments.malformed', { params: { line: index + 1 } })
    const earlier = table.get(segment)
    if (earlier && earlier !== known.data) return fail('segments.malformed', { params: { line: index + 1 } })
    table.set(segment, known.data)
  }
  return ok(table)
}
