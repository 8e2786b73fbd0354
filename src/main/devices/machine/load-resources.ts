import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assemblePacks } from '../../../shared/domain/rules/assemble-packs.ts'
import { parseProvinceTable, prefixFileSchema } from '../../../shared/domain/segments.ts'
import type { Resources } from '../../core/ports.ts'

async function json(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Error(`cannot read ${file}: ${error instanceof Error ? error.message : 'unknown'}`)
  }
}

/**
 * Reads segments and rule packs from a resources folder. Throws with the name of the file that is missing or
 * wrong: a counter without its rules must not open.
 */
export async function loadResources(folder: string): Promise<Resources> {
  const { prefixes } = prefixFileSchema.parse(await json(join(folder, 'segments', 'prefixes.json')))
  const provinces = parseProvinceTable(await readFile(join(folder, 'segments', 'provinces.csv'), 'utf8'))
  if (!provinces.ok) throw new Error(`segments/provinces.csv is wrong in line ${provinces.error.params?.line}`)
  const packFiles = (await readdir(join(folder, 'rule-packs'))).filter((name) => name.endsWith('.json')).sort()
  const packs = assemblePacks(
    await Promise.all(packFiles.map(async (name) => ({ name, value: await json(join(folder, 'rule-packs', name)) }))),
  )
  return { segments: { prefixes, provinces: provinces.value }, packs }
}
