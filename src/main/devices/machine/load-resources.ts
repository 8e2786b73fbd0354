import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseProvinceTable, prefixFileSchema } from '../../../shared/domain/segments.ts'
import type { ShellPorts } from '../../core/ports.ts'

async function json(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Error(`cannot read ${file}: ${error instanceof Error ? error.message : 'unknown'}`)
  }
}

/**
 * Reads the segments from a resources folder. Throws with the name of the file that is missing or wrong. Rules are not read from
 * here: a counter uses only those its service has signed.
 */
export async function loadResources(folder: string): Promise<ShellPorts['resources']> {
  const { prefixes } = prefixFileSchema.parse(await json(join(folder, 'segments', 'prefixes.json')))
  const provinces = parseProvinceTable(await readFile(join(folder, 'segments', 'provinces.csv'), 'utf8'))
  if (!provinces.ok) throw new Error(`segments/provinces.csv is wrong in line ${provinces.error.params?.line}`)
  return { segments: { prefixes, provinces: provinces.value } }
}
