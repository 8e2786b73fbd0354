import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type PrefixFile, prefixFileSchema } from '../../../src/shared/domain/segments.ts'

/** Where the product keeps its resources, seen from this file in the repository. */
export const repositoryResources = fileURLToPath(new URL('../../../resources/', import.meta.url))

/** Reads the official prefix table of a resources folder; throws when it is missing or malformed. */
export function readPrefixes(resourcesFolder: string = repositoryResources): PrefixFile {
  return prefixFileSchema.parse(JSON.parse(readFileSync(join(resourcesFolder, 'segments', 'prefixes.json'), 'utf8')))
}
