import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { type IdentificationType, identificationTypes } from '../../../src/shared/domain/identity-document.ts'
import { portraitSeed } from '../pictures/portrait.ts'
import { drawBirth, drawDocumentNumber, drawValidity, issuerOf } from './documents.ts'
import { drawName } from './names.ts'
import type { Place } from './places.ts'
import { createRandom, hashText } from './random.ts'
import type { Person } from './subscriber.ts'

/** Birth years of adults and minors of the try-out world; fixed, because a birth date is part of an identity. */
const adultBirthYears = [1937, 2007] as const
const minorBirthYears = [2011, 2018] as const
const ageReferenceYear = 2026
const greyBefore = 1968

/** Types that a few people hold instead of a resident ID card. */
const otherTypes = identificationTypes.filter((type) => type !== 'RESIDENT_ID')
const otherTypeEvery = 45

export interface PersonWishes {
  identificationType?: IdentificationType
  /** Ages in 2026. */
  age?: [number, number]
  expired?: boolean
  portrait?: boolean
}

/**
 * Draws person number `index` of a place. Everything but the validity dates depends on the seed alone.
 * `taken` holds document numbers already given away and receives the new one.
 */
export function drawPerson(
  seed: string,
  index: number,
  place: Place,
  today: ShanghaiDate,
  taken: Set<string>,
  wishes: PersonWishes = {},
): Person {
  const random = createRandom(`${seed}/person/${index}`)
  const ordinaryType =
    index % otherTypeEvery === 0 ? otherTypes[(index / otherTypeEvery) % otherTypes.length]! : 'RESIDENT_ID'
  const type = wishes.identificationType ?? ordinaryType
  const sex = random.chance(0.5) ? 'male' : 'female'
  const district = random.pick(place.districts)
  const years = birthYears(type, wishes, random.chance(0.012))
  const name = drawName(type, place, sex, random)
  let birth = drawBirth(years[0], years[1], random)
  let identificationId = drawDocumentNumber(type, district, birth, sex, random)
  while (taken.has(identificationId)) {
    birth = drawBirth(years[0], years[1], random)
    identificationId = drawDocumentNumber(type, district, birth, sex, random)
  }
  taken.add(identificationId)
  const expired = wishes.expired ?? random.chance(0.006)
  const hasPortrait = wishes.portrait ?? (type !== 'UNIT_LICENSE' && !random.chance(0.01))
  return {
    id: `P${String(index).padStart(6, '0')}`,
    name,
    identificationType: type,
    identificationId,
    issuingAuthority: issuerOf(type, district),
    ...drawValidity(type, birth, expired, today, random),
    portraitSeed: hasPortrait
      ? portraitSeed(hashText(`${seed}/portrait/${index}`), sex === 'male', birth.year < greyBefore)
      : null,
  }
}

function birthYears(type: IdentificationType, wishes: PersonWishes, minor: boolean): readonly [number, number] {
  if (wishes.age) return [ageReferenceYear - wishes.age[1], ageReferenceYear - wishes.age[0]]
  // A scenario person is an adult unless it asks for another age.
  const mayBeMinor = wishes.expired === undefined && wishes.portrait === undefined
  return minor && mayBeMinor && (type === 'RESIDENT_ID' || type === 'HUKOU') ? minorBirthYears : adultBirthYears
}
