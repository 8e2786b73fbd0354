import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RulePack, rulePackSchema } from '../../../src/shared/domain/penalty-rule.ts'
import { type RiskPolicy, riskPolicySchema } from '../../../src/shared/domain/risk-policy.ts'

async function readJson<T>(path: string, schema: { parse(value: unknown): T }): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Every rule pack of a folder (`*.json`). Throws, naming the file, when one is wrong, and when there is none. */
export async function loadRulePacks(folder: string): Promise<RulePack[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  if (names.length === 0) throw new Error(`${folder}: no rule pack`)
  return Promise.all(names.map((name) => readJson(join(folder, name), rulePackSchema)))
}

/** The risk policy. Throws, naming the file, when it is wrong. */
export function loadRiskPolicy(path: string): Promise<RiskPolicy> {
  return readJson(path, riskPolicySchema)
}
