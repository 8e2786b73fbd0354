import type { ShanghaiDate } from '../../calendar.ts'
import { addDays } from '../../calendar.ts'
import { packInForce } from '../resolve-rules.ts'
import { partOf, type RulePack } from '../rule-pack.ts'
import { ruleSections, sectionNames } from '../rule-sections.ts'
import type { Finding } from './finding.ts'
import { findingAt, type PackSource } from './read-packs.ts'

/** Every day on which something begins or ends: between two of them the rules stay the same. */
export function turningDays(packs: readonly RulePack[]): ShanghaiDate[] {
  const days = new Set<ShanghaiDate>()
  for (const { validFrom, validTo } of packs) {
    days.add(validFrom)
    if (validTo !== undefined) days.add(addDays(validTo, 1))
  }
  return [...days].sort()
}

function versions(sources: readonly PackSource[]): Finding[] {
  const findings: Finding[] = []
  for (const [index, source] of sources.entries())
    for (const other of sources.slice(0, index)) {
      const [a, b] = [source.pack, other.pack]
      if (a.id !== b.id) continue
      const params = { pack: a.id, version: a.version, other: other.file }
      if (a.version === b.version) findings.push(findingAt(source, ['version'], 'versionTwice', params))
      // Without a last day a version simply gives way to the next; a last day that is not kept to is a contradiction.
      const [earlier, later] = a.validFrom <= b.validFrom ? [a, b] : [b, a]
      const overlap = earlier.validTo !== undefined && later.validFrom <= earlier.validTo
      if (a.validFrom === b.validFrom || overlap)
        findings.push(
          findingAt(source, ['validFrom'], 'datesOverlap', { ...params, other: `${b.version} (${other.file})` }),
        )
    }
  return findings
}

function idsTwice(source: PackSource): Finding[] {
  return sectionNames.flatMap((section) => {
    const part = partOf(source.pack, section)
    if (!Array.isArray(part)) return []
    const ids = ruleSections[section].keysOf(part)
    return ids.flatMap((id, index) =>
      ids.indexOf(id) < index ? [findingAt(source, ['sections', section, index], 'idTwice', { section, id })] : [],
    )
  })
}

/** The packs a pack inherits from on a day, nearest first; a finding when the line breaks or closes. */
function ancestors(
  source: PackSource,
  packs: readonly RulePack[],
  on: ShanghaiDate,
): { chain: RulePack[]; finding: Finding | undefined } {
  const chain: RulePack[] = []
  const seen = [source.pack.id]
  for (let { extends: parent } = source.pack; parent !== undefined; ) {
    if (seen.includes(parent)) {
      const circle = [...seen, parent].join(' → ')
      return { chain, finding: findingAt(source, ['extends'], 'inheritanceCircle', { circle }) }
    }
    const found = packInForce(packs, parent, on)
    if (!found) return { chain, finding: findingAt(source, ['extends'], 'parentMissing', { on, parent }) }
    seen.push(parent)
    chain.push(found)
    parent = found.extends
  }
  return { chain, finding: undefined }
}

function leftOut(source: PackSource, chain: readonly RulePack[]): Finding[] {
  return Object.entries(source.pack.without).flatMap(([section, ids]) => {
    const { keysOf } = ruleSections[section as keyof typeof ruleSections]
    const inherited = new Set(
      chain.flatMap((pack) => {
        const part = partOf(pack, section as keyof typeof ruleSections)
        return part === undefined ? [] : keysOf(part)
      }),
    )
    return ids.flatMap((id, index) =>
      inherited.has(id) ? [] : [findingAt(source, ['without', section, index], 'withoutNothing', { section, id })],
    )
  })
}

/** Versions that contradict one another, ids given twice, lines of inheritance that break or go round, entries left out that are not there. */
export function checkInheritance(sources: readonly PackSource[]): Finding[] {
  const packs = sources.map(({ pack }) => pack)
  const days = turningDays(packs)
  const findings = [...versions(sources), ...sources.flatMap(idsTwice)]
  for (const source of sources) {
    const inForce = days.filter((day) => packInForce(packs, source.pack.id, day) === source.pack)
    if (inForce.length === 0) {
      const { id: pack, version } = source.pack
      findings.push(findingAt(source, ['validFrom'], 'neverInForce', { pack, version }))
    }
    const told = new Set<string>()
    for (const day of inForce) {
      const { chain, finding } = ancestors(source, packs, day)
      const here = finding ? [finding] : leftOut(source, chain)
      for (const each of here) {
        const key = `${each.code}${each.line}${each.column}`
        if (!told.has(key)) findings.push(each)
        told.add(key)
      }
    }
  }
  return findings
}
