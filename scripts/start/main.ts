import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { numberOption, programFailure } from '../../src/shared/command-line.ts'
import { type Child, startChild } from '../support/child.ts'
import { defaultDataFolder, makeFolder } from './data-folder.ts'
import { fetchElectron, findBrowser, findElectron, hasDisplay } from './display.ts'
import { enrolmentCodes, trialStore } from './organisation.ts'

const root = resolve(import.meta.dirname, '../..')
const usage = `npm start -- [options]
  --browser   use a browser even where Electron can be had
  --port N    counter on port N, service on N+1, simulators on N+2; free ports when absent
  --data DIR  where counter, service and simulators keep their data
  --subscribers DIR  another subscriber base, from CSV files`

interface Addresses {
  url: string
  /** Live counts for operators; its token is new at every start. */
  operator: string
  simulators: { sms: string; directory: string; control: string; capture: string }
}
interface Counter {
  url: string
  open: string
}

const children: Child[] = []
let stopping = false

async function stopEverything(code: number): Promise<never> {
  stopping = true
  // The counter first: it hands in what it can while the service is still there.
  for (const child of [...children].reverse()) await child.stop()
  process.exit(code)
}

async function startBackend(
  dataFolder: string,
  organisation: string,
  port: number | undefined,
  subscribers: string | undefined,
): Promise<Addresses> {
  const log = join(dataFolder, 'logs', 'service.log')
  const ports = ['--port', String(port ? port + 1 : 0), '--simulators-port', String(port ? port + 2 : 0)]
  const people = subscribers ? ['--subscribers', resolve(subscribers)] : []
  const args = [join(root, 'service/src/main.ts'), '--simulators', '--data', join(dataFolder, 'service')]
  const child = startChild(process.execPath, [...args, '--organisation', organisation, ...ports, ...people], log)
  children.push(child)
  return (await child.ready) as unknown as Addresses
}

function counterArguments(dataFolder: string, backend: Addresses, codes: readonly string[]): string[] {
  return [
    ...['--data', join(dataFolder, 'counter'), '--service', backend.url],
    ...['--capture', backend.simulators.capture, '--enrolment-code', codes.join(',')],
  ]
}

async function chooseElectron(forceBrowser: boolean): Promise<{ program?: string; why?: string }> {
  if (forceBrowser) return { why: 'Browser, because --browser was given.' }
  if (!hasDisplay()) return { why: 'No display here, so the counter is served to a browser.' }
  const program = findElectron() ?? ((await fetchElectron()) ? findElectron() : undefined)
  return program
    ? { program }
    : { why: "Electron's program cannot be had here, so the counter is served to a browser." }
}

async function startServed(args: string[], dataFolder: string, port: number | undefined): Promise<Counter> {
  const log = join(dataFolder, 'logs', 'counter.log')
  const ports = port === undefined ? [] : ['--port', String(port)]
  const child = startChild(process.execPath, [join(root, 'out/main/serve.js'), ...args, ...ports], log)
  children.push(child)
  return (await child.ready) as unknown as Counter
}

/** A window of its own in an installed browser, with a profile of its own. False when there is none. */
function openAppWindow(counter: Counter, dataFolder: string): boolean {
  const browser = hasDisplay() ? findBrowser() : undefined
  if (!browser) return false
  const profile = join(dataFolder, 'browser')
  const args = [`--app=${counter.open}`, `--user-data-dir=${profile}`, '--no-first-run', '--no-default-browser-check']
  spawn(browser, args, { stdio: 'ignore', detached: true }).unref()
  return true
}

function announce(parts: {
  how: string
  counter: Counter | undefined
  backend: Addresses
  dataFolder: string
  organisation: string
}) {
  const { how, counter, backend, dataFolder, organisation } = parts
  const store = trialStore(organisation)
  const { directory, sms, control } = backend.simulators
  const lines = [
    '',
    'Counterfoil 销号柜台',
    `  ${how}`,
    ...(counter ? [`  Counter                ${counter.url}`] : []),
    `  Service                ${backend.url}   API: ${backend.url}/docs`,
    `  Operator page          ${backend.operator}`,
    `  People to try with     ${directory}`,
    `  SMS they receive       ${sms}`,
    `  Delays and faults      ${control}`,
    `  Data                   ${dataFolder}`,
    '',
    `  Sign in at ${store.name} with`,
    ...store.staff.map(({ staffId, password, role, name }) => `    ${staffId}  ${password}  ${role}, ${name}`),
    '',
    '  Ctrl-C stops everything.',
    '',
  ]
  console.log(lines.join('\n'))
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      browser: { type: 'boolean', default: false },
      port: { type: 'string' },
      data: { type: 'string' },
      subscribers: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return console.log(usage)
  const port = values.port === undefined ? undefined : numberOption('port', values.port, 1, 65_533)
  const dataFolder = resolve(values.data ?? defaultDataFolder())
  makeFolder(dataFolder)
  if (!existsSync(join(root, 'out/main/serve.js'))) throw new Error('nothing is built yet: npm run build')
  const organisation = join(root, 'resources/trial/organisation.json')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (!stopping) void stopEverything(0)
    })
  console.log('Starting the central service and the simulators of the outside world …')
  const backend = await startBackend(dataFolder, organisation, port, values.subscribers)
  const args = counterArguments(dataFolder, backend, enrolmentCodes(trialStore(organisation)))
  const electron = await chooseElectron(values.browser)
  if (electron.program) {
    const log = join(dataFolder, 'logs', 'counter.log')
    const window = startChild(electron.program, [root, ...args], log)
    children.push(window)
    announce({ how: 'The counter opens in its own window.', counter: undefined, backend, dataFolder, organisation })
  } else {
    const counter = await startServed(args, dataFolder, port)
    const opened = openAppWindow(counter, dataFolder)
    const how = opened ? `${electron.why} It opens in a window of its own.` : `${electron.why} Open its address.`
    announce({ how, counter, backend, dataFolder, organisation })
  }
  const code = await Promise.race(children.map((child) => child.gone))
  if (!stopping) await stopEverything(code ?? 1)
}

main().catch((error: unknown) => {
  const { text, exitCode } = programFailure(error, usage)
  console.error(text)
  void stopEverything(exitCode)
})
