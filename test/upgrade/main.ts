import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildOfCommit } from './build-of-commit.ts'
import { proveOnDatabase } from './database-proof.ts'
import { proveOnFolder } from './folder-proof.ts'

const usage = `node test/upgrade/main.ts [--only database|folder] [--keep] COMMIT…
Proves that this version may be brought in beside the versions of these commits: real services of both, on one real PostgreSQL, with
counters of both; and a data folder of the older one, with an order under way, taken over by this one. Ends with code 1 where it may not.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, keep: { type: 'boolean', default: false }, help: { type: 'boolean' } },
})
if (values.help || positionals.length === 0) {
  console.log(usage)
  process.exit(values.help ? 0 : 1)
}

const proofs = { database: proveOnDatabase, folder: proveOnFolder }
const folder = mkdtempSync(join(tmpdir(), 'counterfoil-upgrade-'))
let failed = 0
for (const commit of positionals) {
  const build = buildOfCommit(commit, folder)
  console.log(build.title)
  for (const [name, prove] of Object.entries(proofs)) {
    if (values.only !== undefined && values.only !== name) continue
    console.log(`  ${name}`)
    const place = join(folder, `${commit.slice(0, 12)}-${name}`)
    const wrong = await prove(build, place)
    for (const line of wrong) console.log(`    WRONG ${line}`)
    if (wrong.length > 0) failed += 1
    else console.log('    holds')
  }
  build.remove()
}
if (values.keep) console.log(`logs: ${folder}`)
else rmSync(folder, { recursive: true, force: true })
process.exit(failed > 0 ? 1 : 0)
