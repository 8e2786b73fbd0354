import { loadRules } from './rules.ts'
import { runSeed } from './run-seed.ts'
import type { ChildOrder, SeedReport } from './runner.ts'
import { openServiceDatabase } from './service-database.ts'
import { watchSqliteMemory } from './sqlite-memory.ts'

/*
 * One process of the simulation. It puts virtual timers in the place of the real ones while a seed runs, which no test runner should
 * have to live with; one database engine serves all its seeds.
 */
process.once('message', async (order: ChildOrder) => {
  const [rules, database, memory] = await Promise.all([loadRules(), openServiceDatabase(), watchSqliteMemory()])
  for (const seed of order.seeds) {
    const { trace, ...result } = await runSeed(seed, rules, database, order.options)
    memory.giveBack()
    const report: SeedReport = order.trace ? { ...result, trace } : result
    await new Promise((resolve) => process.send!(report, resolve))
  }
  await database.pglite.close()
  process.exit(0)
})
process.on('disconnect', () => process.exit(1))
