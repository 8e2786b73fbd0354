import type { ShanghaiDate } from '../../calendar.ts'
import { carriers, provinces } from '../../geography.ts'
import { type EffectiveRules, resolveRules } from '../resolve-rules.ts'
import { partOf, type RulePlace } from '../rule-pack.ts'
import { turningDays } from './check-inheritance.ts'
import type { Finding } from './finding.ts'
import { findingAt, type PackSource } from './read-packs.ts'

/** The rules some places are under from a day on, with the packs they come from. */
export interface Occurrence {
  rules: EffectiveRules
  place: RulePlace
  on: ShanghaiDate
  /** National pack first. */
  chain: PackSource[]
}

/** The index of an entry of a list section in a pack. */
function entryIndex(source: PackSource, section: 'penaltyRules' | 'terms', key: string): number {
  const part = partOf(source.pack, section) as { id?: string; name?: string }[] | undefined
  return part?.findIndex((entry) => (section === 'terms' ? entry.name : entry.id) === key) ?? -1
}

/** Where a property of a rule stands: in the most specific pack that speaks of it. */
function ruleProperty(
  { chain }: Pick<Occurrence, 'chain'>,
  ruleId: string,
  property: string,
): { source: PackSource; path: PropertyKey[] } {
  let found: { source: PackSource; path: PropertyKey[] } | undefined
  for (const source of chain) {
    const index = entryIndex(source, 'penaltyRules', ruleId)
    if (index < 0) continue
    const path = ['sections', 'penaltyRules', index]
    const entry = (partOf(source.pack, 'penaltyRules') as Record<string, unknown>[])[index]!
    if (property in entry) found = { source, path: [...path, property] }
    else found ??= { source, path }
  }
  return found ?? { source: chain[0]!, path: ['sections', 'penaltyRules'] }
}

/** A finding at a property of a rule, or deeper inside it. */
export function ruleFinding(
  occurrence: Pick<Occurrence, 'chain'>,
  ruleId: string,
  path: readonly PropertyKey[],
  code: Finding['code'],
  params: Finding['params'] = {},
): Finding {
  const [property = 'id', ...deeper] = path
  const place = ruleProperty(occurrence, ruleId, String(property))
  return findingAt(place.source, [...place.path, ...deeper], code, { rule: ruleId, ...params })
}

/**
 * Lays the packs over one another for every carrier, province and day on which something begins, and answers each set of rules once.
 * Findings: `notWhole`.
 */
export function allOccurrences(sources: readonly PackSource[]): { occurrences: Occurrence[]; findings: Finding[] } {
  const packs = sources.map(({ pack }) => pack)
  const days = turningDays(packs)
  const occurrences = new Map<string, Occurrence>()
  const findings: Finding[] = []
  const told = new Set<string>()
  for (const carrier of carriers)
    for (const province of provinces)
      for (const on of days) {
        const place = { carrier, province }
        const rules = resolveRules(packs, place, on)
        if (!rules.ok) {
          const { pack = '', version = '', entry = '' } = rules.error.params ?? {}
          const source = sources.find((each) => each.pack.id === pack && each.pack.version === version)
          // Before the first pack begins there is nothing to be whole; broken lines of inheritance are told by their own check.
          if (!source || String(entry).startsWith('extends') || told.has(`${pack} ${entry}`)) continue
          told.add(`${pack} ${entry}`)
          findings.push(findingAt(source, ['sections'], 'notWhole', { on, entry }))
          continue
        }
        const chain = rules.value.packs.map(
          (ref) => sources.find(({ pack }) => pack.id === ref.id && pack.version === ref.version)!,
        )
        const key = rules.value.packs.map(({ id, version }) => `${id}@${version}`).join(' ')
        if (!occurrences.has(key)) occurrences.set(key, { rules: rules.value, place, on, chain })
      }
  return { occurrences: [...occurrences.values()], findings }
}
