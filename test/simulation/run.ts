import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { troubles } from '../support/simulation/fault-plan.ts'
import { runInChild, type SeedReport, simulate } from '../support/simulation/runner.ts'

/*
 * `--seeds N --from BASE` runs many seeds and says what came of them; `--seed S` replays one and prints what happened, line by line.
 * `--processes P` spreads many seeds over P processes (all cores); `--bail` ends at the first broken invariant.
 * `--troubles a,b` gives every seed these kinds of trouble on top of its own. `--restored-backup` sets the service back to an older backup at noon. Ends with 1 when an invariant was broken.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    processes: { type: 'string', default: String(availableParallelism()) },
    bail: { type: 'boolean', default: false },
    troubles: { type: 'string', default: '' },
    'restored-backup': { type: 'boolean', default: false },
  },
})

const run = {
  restoredBackup: values['restored-backup'],
  troubles: troubles.filter((trouble) => values.troubles.split(',').includes(trouble)),
}

function tell(result: Pick<SeedReport, 'seed' | 'wrong' | 'troubles'>) {
  console.log(`seed ${result.seed} (${result.troubles.join(', ')})`)
  for (const what of result.wrong) console.log(`  ${what}`)
}

async function replay(seed: number): Promise<boolean> {
  let good = false
  await runInChild({ seeds: [seed], trace: true, options: run }, (result) => {
    for (const line of result.trace ?? []) console.log(line)
    console.log(`trace ${result.hash}`, result.counts)
    tell(result)
    good = result.wrong.length === 0
  })
  return good
}

async function many(seeds: number, from: number, processes: number): Promise<boolean> {
  let done = 0
  let broken = 0
  const began = performance.now()
  const report = await simulate({ seeds, from, processes, bail: values.bail, run }, (result) => {
    done += 1
    if (result.wrong.length > 0) {
      broken += 1
      tell(result)
    }
    if (done % 500 !== 0) return
    const rate = done / ((performance.now() - began) / 1000)
    const left = Math.ceil((seeds - done) / rate / 60)
    console.log(`${done} of ${seeds}, ${broken} broken, ${rate.toFixed(1)} seeds/s, about ${left} min left`)
  })
  const seconds = report.milliseconds / 1000
  console.log(
    `${report.seeds} seeds from ${from}: ${report.failed.length} with broken invariants; ` +
      `${(report.virtualSeconds / 3600).toFixed(1)} virtual hours in ${seconds.toFixed(1)} s (${(report.seeds / seconds).toFixed(1)} seeds/s)`,
  )
  console.log('troubles', JSON.stringify(report.troubles))
  console.log('counts', JSON.stringify(report.counts))
  if (report.failed.length > 0) console.log(`failed: ${report.failed.map(({ seed }) => seed).join(' ')}`)
  return report.failed.length === 0
}

const isGood = values.seed
  ? await replay(Number(values.seed))
  : await many(Number(values.seeds), Number(values.from), Number(values.processes))
process.exitCode = isGood ? 0 : 1
