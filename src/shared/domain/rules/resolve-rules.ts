import type { ShanghaiDate } from '../calendar.ts'
import { fail, ok, type Result } from '../result.ts'
import { type PackRef, packIdsFor, partOf, type RulePack, type RulePlace } from './rule-pack.ts'
import { type EffectiveSections, ruleSections, type SectionName, sectionNames } from './rule-sections.ts'

/** The rules a carrier's line of a province is under: national, then carrier, then province, each laid over the one before. */
export interface EffectiveRules extends EffectiveSections {
  place: RulePlace
  /** The packs that took part, the national one first. */
  packs: readonly PackRef[]
  /** The most specific pack says that nothing authoritative is known for this place. */
  assumed: boolean
  /** Which pack spoke last about an entry of a section (rule id or property name). */
  origins: Readonly<Record<SectionName, ReadonlyMap<string, PackRef>>>
}

/** The version of a pack that is in force on a day: the one that began last. */
export function packInForce(packs: readonly RulePack[], id: string, on: ShanghaiDate): RulePack | undefined {
  let found: RulePack | undefined
  for (const pack of packs) {
    if (pack.id !== id || pack.validFrom > on || (pack.validTo !== undefined && pack.validTo < on)) continue
    if (
      !found ||
      pack.validFrom > found.validFrom ||
      (pack.validFrom === found.validFrom && pack.version > found.version)
    )
      found = pack
  }
  return found
}

/** From the most specific pack to its root. Errors: `quote.noPack`, `rules.broken` (a parent is missing, or a circle). */
function chainFrom(first: RulePack | undefined, find: (id: string) => RulePack | undefined): Result<RulePack[]> {
  if (!first) return fail('quote.noPack')
  const chain = [first]
  for (let pack = first; pack.extends !== undefined; ) {
    const parent = find(pack.extends)
    if (!parent || chain.includes(parent))
      return fail('rules.broken', {
        params: { pack: pack.id, version: pack.version, entry: `extends ${pack.extends}` },
      })
    chain.unshift(parent)
    pack = parent
  }
  return ok(chain)
}

/** One section laid over by all packs that speak of it, with which pack spoke last about each entry. */
type Laid = { ok: true; value: unknown; origin: ReadonlyMap<string, PackRef> } | { ok: false; entry: string }

/** What was merged of one set of packs: places that hear the same packs about a section share it. */
interface Merged {
  rules: Map<string, Result<EffectiveRules>>
  sections: Map<string, Laid>
}
/** Merging a chain costs milliseconds and is asked for with every case shown, so each is merged once per set of packs. */
const merged = new WeakMap<readonly RulePack[], Merged>()

function mergeOnce(packs: readonly RulePack[], chain: readonly RulePack[], place: RulePlace): Result<EffectiveRules> {
  let known = merged.get(packs)
  if (!known) {
    known = { rules: new Map(), sections: new Map() }
    merged.set(packs, known)
  }
  const key = [place.carrier, place.province, ...chain.map((pack) => packs.indexOf(pack))].join(' ')
  let rules = known.rules.get(key)
  if (!rules) {
    rules = mergeChain(chain, place, (name, speaking) => layOnce(known.sections, packs, name, speaking))
    known.rules.set(key, rules)
  }
  return rules
}

function layOnce(
  sections: Map<string, Laid>,
  packs: readonly RulePack[],
  name: SectionName,
  speaking: readonly RulePack[],
): Laid {
  const key = [name, ...speaking.map((pack) => packs.indexOf(pack))].join(' ')
  let laid = sections.get(key)
  if (!laid) {
    laid = laySection(name, speaking)
    sections.set(key, laid)
  }
  return laid
}

/** Lays the parts of a section over one another, the national one first. */
function laySection(name: SectionName, packs: readonly RulePack[]): Laid {
  const section = ruleSections[name]
  const origin = new Map<string, PackRef>()
  let value: unknown
  for (const pack of packs) {
    const without = pack.without[name]
    if (without) {
      value = section.drop(value, without)
      for (const key of without) origin.delete(key)
    }
    const part = partOf(pack, name)
    if (part === undefined) continue
    value = section.merge(value, part)
    for (const key of section.keysOf(part)) origin.set(key, { id: pack.id, version: pack.version })
  }
  const whole = section.whole.safeParse(value)
  if (whole.success) return { ok: true, value: whole.data, origin }
  const issue = whole.error.issues[0]!
  return { ok: false, entry: `${[name, ...issue.path].join('.')}: ${issue.message}` }
}

/**
 * Lays packs over one another, the national one first. Errors: `rules.broken` with the pack, and the section or entry that is not
 * whole after merging.
 */
export function mergeChain(
  chain: readonly RulePack[],
  place: RulePlace,
  lay: (name: SectionName, speaking: readonly RulePack[]) => Laid = laySection,
): Result<EffectiveRules> {
  const last = chain.at(-1)!
  const sections: Partial<Record<SectionName, unknown>> = {}
  const origins = {} as Record<SectionName, ReadonlyMap<string, PackRef>>
  for (const name of sectionNames) {
    const laid = lay(
      name,
      chain.filter((pack) => pack.without[name] !== undefined || partOf(pack, name) !== undefined),
    )
    if (!laid.ok) return fail('rules.broken', { params: { pack: last.id, version: last.version, entry: laid.entry } })
    sections[name] = laid.value
    origins[name] = laid.origin
  }
  return ok({
    ...(sections as EffectiveSections),
    place,
    packs: chain.map(({ id, version }) => ({ id, version })),
    assumed: last.assumed,
    origins,
  })
}

/**
 * The rules in force for a carrier and home province on a Shanghai day. Pass the same array of packs again and the answer costs
 * nothing. Errors: `quote.noPack` (no pack in force), `rules.broken` (with `pack`, `version`, `entry`).
 */
export function resolveRules(packs: readonly RulePack[], place: RulePlace, on: ShanghaiDate): Result<EffectiveRules> {
  const find = (id: string) => packInForce(packs, id, on)
  let first: RulePack | undefined
  for (const id of packIdsFor(place)) first ??= find(id)
  const chain = chainFrom(first, find)
  return chain.ok ? mergeOnce(packs, chain.value, place) : chain
}

/**
 * The rules as a quote named them: exactly these versions, whatever is in force today. Errors: `quote.noPack` (a version is not
 * kept), `rules.broken` (the names are not one line of inheritance for this place, or do not merge).
 */
export function resolveNamedRules(
  packs: readonly RulePack[],
  place: RulePlace,
  named: readonly PackRef[],
): Result<EffectiveRules> {
  const chosen: RulePack[] = []
  for (const { id, version } of named) {
    const pack = packs.find((each) => each.id === id && each.version === version)
    if (!pack) return fail('quote.noPack')
    chosen.push(pack)
  }
  const last = chosen.at(-1)
  const chain = chainFrom(last, (id) => chosen.find((pack) => pack.id === id))
  if (!chain.ok) return chain
  if (chain.value.length !== chosen.length || !packIdsFor(place).includes(last!.id))
    return fail('rules.broken', { params: { pack: last!.id, version: last!.version, entry: 'extends' } })
  return mergeOnce(packs, chain.value, place)
}
