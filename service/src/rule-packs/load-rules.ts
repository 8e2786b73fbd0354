import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assemblePacks } from '../../../src/shared/domain/rules/assemble-packs.ts'
import type { RulePack } from '../../../src/shared/domain/rules/rule-pack.ts'

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Every rule pack of a folder (`*.json`). Throws, naming the file, when one is wrong, and when there is none. */
export async function loadRulePacks(folder: string): Promise<RulePack[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  if (names.length === 0) throw new Error(`${folder}: no rule pack`)
  const files = await Promise.all(names.map(async (name) => ({ name, value: await readJson(join(folder, name)) })))
  return assemblePacks(files)
}
