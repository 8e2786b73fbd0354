import type { Line, LineState, Person } from '../base/subscriber.ts'
import { currentState, findingsNow } from '../bss/account-view.ts'
import type { World } from '../bss/world.ts'

/** A line with its holder, as the directory for trying out shows it. */
export interface DirectoryEntry {
  msisdn: string
  carrier: Line['carrier']
  prefixCarrier: Line['carrier']
  province: Line['province']
  city: string
  scenario: string
  state: LineState
  /** False once the line has ended or an order is under way. */
  available: boolean
  person: Omit<Person, 'portraitSeed'>
  servicePassword: string
  oftenCalledNumbers: string[]
  premium: boolean
  /** Who may come in place of the holder. */
  actors: { asker: Line['actors'][number]['asker']; relation: string; person: Omit<Person, 'portraitSeed'> }[]
  /** Codes of circumstances that somebody may still have removed at home. */
  findings: string[]
}

export interface DirectoryQuery {
  scenario?: string | undefined
  msisdn?: string | undefined
  province?: string | undefined
  carrier?: string | undefined
  limit?: number | undefined
}

const defaultLimit = 50

/** Finds lines by scenario, number (or its beginning), province or serving carrier; available lines first. */
export function findEntries(world: World, query: DirectoryQuery): DirectoryEntry[] {
  const limit = query.limit ?? defaultLimit
  const matches = (line: Line): boolean =>
    (query.scenario === undefined || line.scenario === query.scenario) &&
    (query.province === undefined || line.province === query.province) &&
    (query.carrier === undefined || line.carrier === query.carrier) &&
    (query.msisdn === undefined || line.msisdn.startsWith(query.msisdn))
  const free: Line[] = []
  const used: Line[] = []
  for (const line of world.base.lines) {
    if (!matches(line)) continue
    if (isAvailable(line, world)) free.push(line)
    else if (used.length < limit) used.push(line)
    if (free.length >= limit) break
  }
  return [...free, ...used].slice(0, limit).flatMap((line) => entryOf(line, world) ?? [])
}

function isAvailable(line: Line, world: World): boolean {
  return currentState(line, world) !== 'terminated' && world.openOrder(line.msisdn) === undefined
}

function entryOf(line: Line, world: World): DirectoryEntry | undefined {
  const holder = world.base.person(line.personId)
  if (!holder) return undefined
  const { portraitSeed: _portraitSeed, ...person } = holder
  return {
    msisdn: line.msisdn,
    carrier: line.carrier,
    prefixCarrier: line.prefixCarrier,
    province: line.province,
    city: line.city,
    scenario: line.scenario,
    state: currentState(line, world),
    available: isAvailable(line, world),
    person,
    servicePassword: line.servicePassword,
    oftenCalledNumbers: line.oftenCalledNumbers,
    premium: line.premium,
    actors: line.actors.flatMap(({ asker, relation, personId }) => {
      const found = world.base.person(personId)
      if (!found) return []
      const { portraitSeed: _, ...person } = found
      return [{ asker, relation, person }]
    }),
    findings: findingsNow(line, world).map(({ code }) => code),
  }
}
