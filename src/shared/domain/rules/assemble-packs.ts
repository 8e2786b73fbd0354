import { type RulePack, rulePackSchema } from './rule-pack.ts'

/** A JSON file of a folder of rule packs, parsed. */
export interface PackFile {
  name: string
  value: unknown
}

/** The files a pack is put together from. */
export interface PackParts<File> {
  head: File
  sections: { section: string; file: File }[]
}

/**
 * Groups the files of a folder: `cn.json` is a pack; `cn.risk.json` beside it is its section `risk`, so that a large pack stays
 * readable. The part of the name before the first dot binds them, so `cn@2027-01.risk.json` belongs to `cn@2027-01.json`. `orphans` are
 * sections without a pack.
 */
export function groupPackFiles<File extends { name: string }>(
  files: readonly File[],
): { packs: PackParts<File>[]; orphans: File[] } {
  const stem = ({ name }: File) => name.slice(0, name.indexOf('.'))
  const sectionOf = ({ name }: File) => /^[^.]+\.([A-Za-z]+)\.json$/.exec(name)?.[1]
  const packs = files
    .filter((file) => sectionOf(file) === undefined)
    .map((head) => ({
      head,
      sections: files.flatMap((file) => {
        const section = stem(file) === stem(head) ? sectionOf(file) : undefined
        return section ? [{ section, file }] : []
      }),
    }))
  const taken = new Set(packs.flatMap(({ head, sections }) => [head, ...sections.map(({ file }) => file)]))
  return { packs, orphans: files.filter((file) => !taken.has(file)) }
}

/** The JSON of a pack with the sections of its side files put in; `twice` names a section that stands in both. */
export function joinParts({ head, sections }: PackParts<PackFile>): { value: unknown; twice: string | undefined } {
  const own = (head.value as { sections?: Record<string, unknown> } | null)?.sections ?? {}
  const aside = Object.fromEntries(sections.map(({ section, file }) => [section, file.value]))
  const twice = sections.find(({ section }) => section in own)?.section
  return { value: { ...(head.value as object), sections: { ...own, ...aside } }, twice }
}

/**
 * The packs of a folder. Throws an Error that names the file when one is wrong, when a section is given twice or has no pack.
 */
export function assemblePacks(files: readonly PackFile[]): RulePack[] {
  const { packs, orphans } = groupPackFiles(files)
  const [orphan] = orphans
  if (orphan) throw new Error(`${orphan.name}: there is no ${orphan.name.slice(0, orphan.name.indexOf('.'))}.json`)
  return packs.map((parts) => {
    const { name } = parts.head
    const { value, twice } = joinParts(parts)
    if (twice !== undefined) {
      const { file } = parts.sections.find(({ section }) => section === twice)!
      throw new Error(`${name}: section "${twice}" also stands in ${file.name}`)
    }
    const parsed = rulePackSchema.safeParse(value)
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]!
    throw new Error(`${name}: ${issue.path.join('.')}: ${issue.message}`)
  })
}
