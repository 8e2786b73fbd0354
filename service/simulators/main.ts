import { parseArgs } from 'node:util'
import { portOption, programFailure } from '../../src/shared/command-line.ts'
import { shanghaiDate } from '../../src/shared/domain/calendar.ts'
import { generateSubscribers } from './base/generate.ts'
import { readPrefixes } from './base/prefixes.ts'
import { exportSubscribers, startSimulators } from './index.ts'

const usage = `The outside world for trying out: 31 x 4 home provinces, messages, face comparison, capture station.

  node service/simulators/main.ts [--port 7400] [--seed TEXT] [--data FOLDER] [--subscribers FOLDER]
      Starts everything on one port of this machine. --data keeps what happens across restarts;
      --subscribers loads people, lines, agreements, bills and buckets from CSV instead of generating them.
  node service/simulators/main.ts --export FOLDER [--seed TEXT]
      Writes the generated subscribers as CSV and ends.`

const defaultPort = '7400'
const defaultSeed = 'counterfoil'

/** Reads the command line; returns an exit code, or undefined while the servers run. */
async function main(): Promise<number | undefined> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      seed: { type: 'string' },
      data: { type: 'string' },
      subscribers: { type: 'string' },
      export: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  const seed = values.seed ?? defaultSeed
  if (values.help) {
    console.log(usage)
    return 0
  }
  if (values.export !== undefined) {
    exportSubscribers(generateSubscribers(seed, shanghaiDate(Date.now()), readPrefixes().prefixes), values.export)
    console.log(`Subscribers of seed ${seed} written to ${values.export}`)
    return 0
  }
  const port = portOption('port', values.port ?? defaultPort)
  const simulators = await startSimulators({
    port,
    host: '127.0.0.1',
    seed,
    today: Date.now,
    ...(values.data === undefined ? {} : { dataFolder: values.data }),
    ...(values.subscribers === undefined ? {} : { subscribersFolder: values.subscribers }),
  })
  const stop = (): void => {
    simulators.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  console.log(`Directory of people to try with: ${simulators.urls.directory}`)
  console.log(`Messages: ${simulators.urls.sms}   Control: ${simulators.urls.control}`)
  return undefined
}

try {
  const code = await main()
  if (code !== undefined) process.exit(code)
} catch (error) {
  const { text, exitCode } = programFailure(error, usage)
  console.error(text)
  process.exit(exitCode)
}
