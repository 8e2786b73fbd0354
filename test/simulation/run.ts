import { parseArgs } from 'node:util'
import { loadRules } from '../support/simulation/rules.ts'
import { runSeed } from '../support/simulation/run-seed.ts'
import { openServiceDatabase } from '../support/simulation/service-database.ts'

const { values } = parseArgs({ options: { seed: { type: 'string' } } })
const [rules, database] = await Promise.all([loadRules(), openServiceDatabase()])
const began = performance.now()
const result = await runSeed(Number(values.seed ?? 1), rules, database)
for (const line of result.trace) console.log(line)
console.log(result.wrong, result.counts, result.seconds, result.hash, Math.round(performance.now() - began), 'ms')
await database.pglite.close()
