import { type RulePack, rulePackSchema } from './rule-pack.ts'

/** A JSON file of a folder of rule packs, parsed. */
export interface PackFile {
  name: string
  value: unknown
}

/**
 * Puts packs together from the files of a folder: `cn.json` is a pack; `cn.risk.json` beside it is its section `risk`, so that a
 * large pack stays readable. The part of the name before the first dot binds them, so `cn@2027-01.risk.json` belongs to
 * `cn@2027-01.json`. Throws an Error that names the file when one is wrong, when a section is given twice or has no pack.
 */
export function assemblePacks(files: readonly PackFile[]): RulePack[] {
  const stem = (name: string) => name.slice(0, name.indexOf('.'))
  const sectionOf = (name: string) => /^[^.]+\.([A-Za-z]+)\.json$/.exec(name)?.[1]
  const heads = files.filter(({ name }) => sectionOf(name) === undefined)
  for (const { name } of files)
    if (!heads.some((head) => stem(head.name) === stem(name)))
      throw new Error(`${name}: there is no ${stem(name)}.json`)
  return heads.map(({ name, value }) => {
    const sections: Record<string, unknown> = {}
    for (const file of files) {
      const section = stem(file.name) === stem(name) ? sectionOf(file.name) : undefined
      if (section) sections[section] = file.value
    }
    const own = (value as { sections?: Record<string, unknown> } | null)?.sections ?? {}
    for (const section of Object.keys(sections))
      if (section in own) throw new Error(`${name}: section "${section}" also stands in ${stem(name)}.${section}.json`)
    const parsed = rulePackSchema.safeParse({ ...(value as object), sections: { ...own, ...sections } })
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]!
    throw new Error(`${name}: ${issue.path.join('.')}: ${issue.message}`)
  })
}
