import { type Carrier, carriers, type Province } from '../../../src/shared/domain/geography.ts'
import { inRange, type PrefixFile } from '../../../src/shared/domain/segments.ts'
import { allPlaces } from './places.ts'

export interface PlannedSegment {
  /** First seven digits. */
  segment: string
  province: Province
  city: string
  prefixCarrier: Carrier
  resale: boolean
}

/** Segments per city and carrier; the smallest carrier has a single prefix, so fewer. */
const segmentsPerCity: Record<Carrier, number> = { CMCC: 9, CUCC: 6, CTCC: 6, CBN: 4 }
const resaleSegmentsPerCity = 1

/**
 * Which segment belongs to which city in the try-out world: prefix + one digit + the city's area code.
 * It depends on the prefix table only, never on the seed, so that every generated base fits the shipped province table.
 */
export function planSegments(prefixes: PrefixFile['prefixes']): PlannedSegment[] {
  const plan: PlannedSegment[] = []
  const cities = allPlaces.flatMap((place) =>
    [...new Map(place.districts.map((d) => [d.areaCode, d.city]))].map(([areaCode, city]) => ({
      province: place.code,
      city,
      areaCode,
    })),
  )
  for (const carrier of carriers)
    for (const resale of [false, true]) {
      const blocks = blocksOf(prefixes, carrier, resale)
      if (blocks.length === 0) continue
      const count = Math.min(blocks.length, resale ? resaleSegmentsPerCity : segmentsPerCity[carrier])
      const stride = blocks.length / count
      for (const [index, { province, city, areaCode }] of cities.entries())
        for (let k = 0; k < count; k++) {
          const block = blocks[(Math.floor(k * stride) + index) % blocks.length]!
          plan.push({ segment: block + areaCode, province, city, prefixCarrier: carrier, resale })
        }
    }
  return plan
}

function blocksOf(prefixes: PrefixFile['prefixes'], carrier: Carrier, resale: boolean): string[] {
  return prefixes
    .filter((p) => p.operator === carrier && p.resale === resale)
    .flatMap((p) => [...'0123456789'].filter((digit) => inRange(digit, p.h0)).map((digit) => p.prefix + digit))
}
