import type { IdentificationType } from '../../../src/shared/domain/identity-document.ts'
import names from '../data/names.json' with { type: 'json' }
import type { Place } from './places.ts'
import type { Random } from './random.ts'

/** Provinces where a good part of the people bear names of another form; the share is for trying out, not a census. */
const ethnicShare: Partial<Record<string, number>> = { '65': 0.5, '54': 0.7, '15': 0.18, '63': 0.2, '64': 0.05 }

function ethnicName(place: Place, random: Random): string {
  if (place.code === '65')
    return random.chance(0.2)
      ? random.pick(names.kazakh)
      : `${random.pick(names.uyghurGiven)}·${random.pick(names.uyghurFather)}`
  if (place.code === '15') return random.pick(names.mongolian)
  if (place.code === '64') return `马${random.pick(names.uyghurGiven)}`
  return random.pick(names.tibetan)
}

function hanName(sex: 'male' | 'female', random: Random): string {
  // The first surnames of the list are the frequent ones: two draws, the smaller index wins.
  const common = Math.min(random.integer(0, names.surnames.length - 1), random.integer(0, names.surnames.length - 1))
  const surname = random.chance(0.02) ? random.pick(names.compoundSurnames) : names.surnames[common]!
  const first = random.pick(names[sex])
  return random.chance(0.22) ? surname + first : surname + first + random.pick(names[sex])
}

/** A plausible name for the holder of a document of this type in this place. */
export function drawName(type: IdentificationType, place: Place, sex: 'male' | 'female', random: Random): string {
  switch (type) {
    case 'FOREIGN_PASSPORT':
    case 'FOREIGN_PR':
      return random.pick(names.foreign)
    case 'HM_PERMIT':
    case 'HMT_RESIDENCE':
      return random.pick(names.hongKong)
    case 'TW_PERMIT':
      return random.pick(names.taiwan)
    case 'UNIT_LICENSE':
      return place.districts[0]!.city + random.pick(names.organisations)
    default:
      return random.chance(ethnicShare[place.code] ?? 0.004) ? ethnicName(place, random) : hanName(sex, random)
  }
}
