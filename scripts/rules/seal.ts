import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  digestOfSet,
  readPackFolder,
  type SealedVersions,
  versionsFile,
} from '../../service/src/rule-packs/pack-folder.ts'
import { canonicalPack } from '../../service/src/rule-packs/signed-pack.ts'
import type { RuleLanguage } from '../../src/shared/domain/rules/bilingual.ts'
import { check } from './check.ts'
import { say } from './words.ts'

/**
 * Writes down which content each version of a folder's packs has, and that the set as it stands passes the check. A version sealed
 * before must still have the same content. Answers the exit code: 0 sealed, 1 errors or another content, 2 no folder of packs.
 */
export async function seal(folder: string, language: RuleLanguage, print: (line: string) => void): Promise<number> {
  const checked = check(folder, language, print)
  if (checked !== 0) {
    print(say(language, 'sealErrors'))
    return checked
  }
  const { packs, sealed } = await readPackFolder(folder)
  const named = packs.map(canonicalPack).map(({ id, version, digest }) => ({ name: `${id} ${version}`, digest }))
  const before = sealed?.versions ?? {}
  const others = named.filter(({ name, digest }) => before[name] !== undefined && before[name] !== digest)
  for (const { name } of others) print(say(language, 'sealedOther', { pack: name }))
  if (others.length > 0) return 1
  // A version that has left the folder stays sealed: services may have published it.
  const versions = { ...before, ...Object.fromEntries(named.map(({ name, digest }) => [name, digest])) }
  const file = join(folder, versionsFile)
  const all: SealedVersions = {
    checked: digestOfSet(named.map(({ digest }) => digest)),
    versions: Object.fromEntries(Object.entries(versions).sort(([a], [b]) => (a < b ? -1 : 1))),
  }
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`)
  const fresh = named.filter(({ name }) => before[name] === undefined).length
  print(say(language, 'sealed', { fresh, all: Object.keys(versions).length, file }))
  return 0
}
