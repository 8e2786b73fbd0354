import { groupPackFiles, joinParts, type PackParts } from '../assemble-packs.ts'
import { type RulePack, rulePackSchema } from '../rule-pack.ts'
import type { Finding, FindingCode } from './finding.ts'
import { readJson, type TextPosition } from './json-positions.ts'

/** A file of a folder of packs, as text. */
export interface PackText {
  name: string
  text: string
}

/** A pack together with where its parts stand. */
export interface PackSource {
  pack: RulePack
  file: string
  locate(path: readonly PropertyKey[]): TextPosition & { file: string }
}

interface ReadFile {
  name: string
  value: unknown
  locate(path: readonly PropertyKey[]): TextPosition
}

/** Makes a finding at a place of a pack. */
export function findingAt(
  source: Pick<PackSource, 'locate'>,
  path: readonly PropertyKey[],
  code: FindingCode,
  params: Finding['params'] = {},
): Finding {
  return { code, ...source.locate(path), params }
}

/** A path of a pack in the file in which it stands: a section may have a file of its own. */
function locator(parts: PackParts<ReadFile>): PackSource['locate'] {
  return (path) => {
    const aside = path[0] === 'sections' ? parts.sections.find(({ section }) => section === path[1]) : undefined
    const file = aside?.file ?? parts.head
    return { file: file.name, ...file.locate(aside ? path.slice(2) : path) }
  }
}

function shapeFindings(source: Pick<PackSource, 'locate'>, value: unknown): Finding[] | RulePack {
  const parsed = rulePackSchema.safeParse(value)
  if (parsed.success) return parsed.data
  return parsed.error.issues.map((issue) => {
    const last = issue.path.at(-1)
    const path = issue.path.join('.')
    if (last === 'zh' || last === 'en') {
      const params = {
        path: issue.path.slice(0, -1).join('.'),
        language: last === 'zh' ? '中文 / Chinese' : '英文 / English',
      }
      return findingAt(source, issue.path, 'languageMissing', params)
    }
    return findingAt(source, issue.path, 'notAsRequired', { path, message: issue.message })
  })
}

/** Reads the files of a folder into packs, with a finding for everything that cannot be read. */
export function readPackTexts(files: readonly PackText[]): { sources: PackSource[]; findings: Finding[] } {
  const findings: Finding[] = []
  const read: ReadFile[] = []
  for (const { name, text } of files) {
    const json = readJson(text)
    if (json.ok) read.push({ name, value: json.value, locate: json.locate })
    else findings.push({ code: 'notJson', file: name, ...json.position, params: { message: json.message } })
  }
  const { packs, orphans } = groupPackFiles(read)
  for (const { name } of orphans) {
    const head = `${name.slice(0, name.indexOf('.'))}.json`
    if (files.some((file) => file.name === head)) continue
    findings.push({ code: 'fileWithoutPack', file: name, line: 1, column: 1, params: { head } })
  }
  const sources: PackSource[] = []
  for (const parts of packs) {
    const locate = locator(parts)
    const { value, twice } = joinParts(parts)
    if (twice !== undefined)
      findings.push(findingAt({ locate }, ['sections', twice], 'sectionTwice', { section: twice }))
    const shaped = shapeFindings({ locate }, value)
    if (Array.isArray(shaped)) findings.push(...shaped)
    else sources.push({ pack: shaped, file: parts.head.name, locate })
  }
  return { sources, findings }
}
