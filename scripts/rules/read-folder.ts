import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PackText } from '../../src/shared/domain/rules/check/read-packs.ts'

/** The JSON files of a folder of rule packs. Throws when the folder cannot be read. */
export function readPackFolder(folder: string): PackText[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}
