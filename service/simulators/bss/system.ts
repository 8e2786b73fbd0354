import type { Carrier, Province } from '../../../src/shared/domain/geography.ts'
import type { Refused } from '../../src/connectors/wire/common.ts'
import type { Line, Person } from '../base/subscriber.ts'
import type { WorldEvent } from './events.ts'
import type { Profile } from './profiles.ts'
import type { World } from './world.ts'

/** One home-province system: whose it is, how it behaves, and the world it looks at. */
export interface HomeSystem {
  carrier: Carrier
  province: Province
  profile: Profile
  world: World
  /** UTC milliseconds by the world's clock. */
  now(): number
  /** Milliseconds of this process, for work that goes on while the world's clock is held. */
  stopwatch(): number
  /** Multiplies the time a review takes; 0 is at once. */
  reviewFactor(): number
}

/** What a changing request comes to: the answer, and the events that make it true. */
export interface Outcome<Answer extends object> {
  answer: Answer
  events: WorldEvent[]
}

/** A business refusal. */
export function refused(code: string, params: Refused['params'] = {}): Refused {
  return { result: 'refused', code, params }
}

/** A refusal that changes nothing. */
export function refusedOutcome(code: string, params: Refused['params'] = {}): Outcome<Refused> {
  return { answer: refused(code, params), events: [] }
}

export type FoundLine = { found: true; line: Line; holder: Person } | { found: false; refusal: Refused }

/** Finds a number in this system; a number of the province served by another carrier is named, others are unknown. */
export function findLine(system: HomeSystem, msisdn: string): FoundLine {
  const line = system.world.base.line(msisdn)
  const unknown = line?.findings.some((finding) => finding.code === 'NOT_FOUND')
  if (!line || unknown || line.province !== system.province) return { found: false, refusal: refused('NOT_FOUND') }
  if (line.carrier !== system.carrier)
    return { found: false, refusal: refused('OTHER_CARRIER', { carrier: line.carrier }) }
  const holder = system.world.base.person(line.personId)
  return holder ? { found: true, line, holder } : { found: false, refusal: refused('NOT_FOUND') }
}
