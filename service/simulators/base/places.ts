import type { Province } from '../../../src/shared/domain/geography.ts'
import places from '../data/places.json' with { type: 'json' }

export interface District {
  areaCode: string
  city: string
  addressCode: string
  authority: string
}

export interface Place {
  code: Province
  /** Relative number of subscribers. */
  weight: number
  zh: string
  en: string
  districts: District[]
}

/** The 31 provinces with a few districts each (GB/T 2260 address codes, telephone area codes). */
export const allPlaces = places as Place[]

const byCode = new Map(allPlaces.map((place) => [place.code, place]))

/** The place of a province code. */
export function placeOf(province: Province): Place {
  return byCode.get(province)!
}
