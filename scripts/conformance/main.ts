/**
 * `npm run conformance -- --url <address of one carrier's system in one province> --fixtures fixtures.json`: tries an
 * implementation of the home-province port (docs/openapi/home-bss.json), with `--port payment` or `--port renewal` one of those. Exit
 * code 0: every rule tried holds; 1: one is broken; 2: the suite could not run.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { endProgram } from '../../service/src/processes/end-program.ts'
import { carrierSchema, provinceSchema } from '../../src/shared/domain/geography.ts'
import { openConversation } from './conversation.ts'
import { type Fixtures, fixturesFromDirectory, readFixtures } from './fixtures.ts'
import { providerPorts, runProviderChecks } from './providers/run-providers.ts'
import { type CheckResult, runChecks } from './run-checks.ts'

const usage = `npm run conformance -- --url URL (--fixtures FILE | --directory URL --carrier CTCC --province 14)
  --url URL          address of the home-province system, e.g. https://bss.example/CTCC/14
  --port NAME        home-bss (default), payment or renewal
  --fixtures FILE    JSON: carrier, province, handlingProvince, subscribers, unknownNumber, numberOfAnotherCarrier;
                     for the other ports see docs/guide/ports.md; without it those of the product's own simulators
  --directory URL    take the subscribers from the directory of the product's own simulators instead
  --read-only        only the checks that change nothing
  --only ID,ID       only these checks
  --deadline SECONDS for one answer (default 10)
  --patience SECONDS for a review (default 120)
  --json FILE        write the results there as well`

class Misuse extends Error {}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        url: { type: 'string' },
        port: { type: 'string', default: 'home-bss' },
        fixtures: { type: 'string' },
        directory: { type: 'string' },
        carrier: { type: 'string' },
        province: { type: 'string' },
        'read-only': { type: 'boolean', default: false },
        only: { type: 'string' },
        deadline: { type: 'string', default: '10' },
        patience: { type: 'string', default: '120' },
        json: { type: 'string' },
      },
    })
    return values
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error))
  }
}

function seconds(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new Misuse(`--${name} is a number of seconds, not ${text}`)
  return value * 1000
}

async function fixturesOf(values: ReturnType<typeof options>): Promise<Fixtures> {
  if (values.fixtures) return readFixtures(values.fixtures)
  if (!values.directory) throw new Misuse('either --fixtures or --directory is needed')
  const carrier = carrierSchema.safeParse(values.carrier)
  const province = provinceSchema.safeParse(values.province)
  if (!carrier.success || !province.success) throw new Misuse('--directory needs --carrier and --province')
  return fixturesFromDirectory(values.directory.replace(/\/$/, ''), carrier.data, province.data)
}

async function tryOut(url: string, values: ReturnType<typeof options>): Promise<CheckResult[]> {
  const how = {
    readOnly: values['read-only'],
    patienceMs: seconds('patience', values.patience),
    ...(values.only ? { only: values.only.split(',') } : {}),
  }
  const deadlineMs = seconds('deadline', values.deadline)
  const provider = providerPorts.find((name) => name === values.port)
  if (provider) return runProviderChecks(provider, { url, deadlineMs, fixturesFile: values.fixtures, ...how })
  if (values.port !== 'home-bss') throw new Misuse(`--port is home-bss, payment or renewal, not ${values.port}`)
  return runChecks(openConversation(url, deadlineMs), await fixturesOf(values), how)
}

const words = { holds: 'holds    ', broken: 'BROKEN   ', notTried: 'not tried' } as const

function print(results: readonly CheckResult[]): void {
  for (const { id, title, outcome, detail, milliseconds } of results) {
    console.log(`${words[outcome]}  ${id.padEnd(30)} ${title}  (${milliseconds} ms)`)
    if (detail) console.log(`             ${detail}`)
  }
  const count = (outcome: CheckResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  console.log(`${count('holds')} hold, ${count('broken')} broken, ${count('notTried')} not tried`)
}

try {
  const values = options()
  if (!values.url || !URL.canParse(values.url)) throw new Misuse('--url is the address of the system to try')
  const results = await tryOut(values.url, values)
  print(results)
  if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
  await endProgram(results.some((result) => result.outcome === 'broken') ? 1 : 0)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  if (error instanceof Misuse) console.error(usage)
  await endProgram(2)
}
