import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { type CounterWindow, counterWindow, signIn } from '../../../scripts/demo/counter-window.ts'
import { type Person, peopleOf } from '../../../scripts/demo/people.ts'
import { launchBrowser } from '../../../scripts/support/browser.ts'
import { type Stack, startStack } from '../../../scripts/support/stack.ts'
import type { CommandInput, CommandName, CommandOutput } from '../../../src/shared/contract/commands.ts'
import type { Result } from '../../../src/shared/domain/result.ts'
import type { Language } from '../../../src/shared/i18n/translate.ts'
import { preparePgliteFolder } from '../pglite.ts'

interface StaffMember {
  staffId: string
  name: string
  role: string
  password: string
}
interface Organisation {
  stores: { province: string; devices: { enrolmentCodes: string[] }[]; staff: StaffMember[] }[]
}
const store = (JSON.parse(readFileSync('resources/trial/organisation.json', 'utf8')) as Organisation).stores[0]!
/** The province the counter stands in: its numbers are not remote. */
export const ownProvince = store.province
const staffOf = (role: string) => store.staff.filter((each) => each.role === role)
export const clerk = staffOf('clerk')[0]!
export const secondClerk = staffOf('clerk')[1]!
export const supervisor = staffOf('supervisor')[0]!
export const enrolmentCodes = store.devices.flatMap((device) => device.enrolmentCodes)

type WindowOptions = BrowserContextOptions & { language?: Language }

/** Asks the core behind a page's address as the page does; `done` is for what must succeed. */
export function coreAt(url: string) {
  const { origin, hash } = new URL(url)
  async function ask<N extends CommandName>(
    name: N,
    input: CommandInput<N> = {} as CommandInput<N>,
  ): Promise<Result<CommandOutput<N>>> {
    const answer = await fetch(`${origin}/api/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-counterfoil-token': hash.replace('#token=', '') },
      body: JSON.stringify({ name, input }),
    })
    return (await answer.json()) as Result<CommandOutput<N>>
  }
  async function done<N extends CommandName>(name: N, input?: CommandInput<N>): Promise<CommandOutput<N>> {
    const result = await ask(name, input)
    if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.error)}`)
    return result.value
  }
  return { ask, done }
}

/** The whole product for one file of tests, with a browser in front of it. */
export interface Counter {
  stack: Stack
  browser: Browser
  folder: string
  /** The first window. */
  window: CounterWindow
  /** What went wrong inside pages: uncaught errors and refused content. */
  problems: string[]
  /** Opens another window on the same counter. */
  open(options?: WindowOptions): Promise<CounterWindow>
  /** Opens a window on another counter. */
  openAt(url: string, options?: WindowOptions): Promise<CounterWindow>
  /** Shows the counter's page anew, as after a restart of the program. */
  reopen(window: CounterWindow): Promise<void>
  /** The desk, wherever the test before left the window. */
  toDesk(window: CounterWindow): Promise<void>
  /** Asks the core as the page does. */
  ask<N extends CommandName>(name: N, input?: CommandInput<N>): Promise<Result<CommandOutput<N>>>
  /** The same for what must succeed. */
  done<N extends CommandName>(name: N, input?: CommandInput<N>): Promise<CommandOutput<N>>
  /** Sets pace, faults and who stands at the counter. */
  control(change: Record<string, unknown>): Promise<void>
  /** The next person of a scenario whom no test of this file has met. */
  next(scenario: string): Promise<Person>
  close(): Promise<void>
}

/** The home province is asked often how far it is, and retries come soon: the same product, only less patient. */
const impatient = { reviewPollSeconds: 0.5, retryFirstSeconds: 0.2, retryLongestSeconds: 0.5 }

/** Starts service, simulators with immediate reviews, wire, counter and browser; nobody is signed in. `timing` is the service's, beside its haste; its database is embedded, or a PostgreSQL at `databaseUrl`. */
export async function openCounter(timing: Record<string, number> = {}, databaseUrl?: string): Promise<Counter> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-e2e-'))
  process.env.SERVICE_TIMING = JSON.stringify({ ...impatient, ...timing })
  if (!databaseUrl) await preparePgliteFolder(join(folder, 'service'))
  const [stack, browser] = await Promise.all([
    startStack({ folder, enrolmentCode: store.devices[0]!.enrolmentCodes[0]!, databaseUrl }),
    launchBrowser(),
  ])
  const problems: string[] = []
  const waiting = new Map<string, Person[]>()

  async function openAt(url: string, { language = 'zh-CN', ...options }: WindowOptions = {}) {
    const context = await browser.newContext({
      viewport: { width: 1366, height: 768 },
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      ...options,
    })
    const page = await context.newPage()
    page.on('close', () => void context.close().catch(() => undefined))
    watch(page, problems)
    await page.goto(url)
    return counterWindow(page, language)
  }
  const open = (options?: WindowOptions) => openAt(stack.counterUrl(), options)
  async function control(change: Record<string, unknown>) {
    const answer = await fetch(stack.simulators.control, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    })
    if (!answer.ok) throw new Error(`the simulators refuse ${JSON.stringify(change)}: ${await answer.text()}`)
  }
  await control({ reviewFactor: 0 })

  return {
    stack,
    browser,
    folder,
    window: await open(),
    problems,
    open,
    openAt,
    async reopen({ page }) {
      await page.goto('about:blank')
      await page.goto(stack.counterUrl())
    },
    async toDesk({ page, say }) {
      await page.evaluate(() => {
        location.hash = '#/desk'
      })
      await page.getByText(say('desk.newCase')).first().waitFor()
    },
    ask: (name, input) => coreAt(stack.counterUrl()).ask(name, input),
    done: (name, input) => coreAt(stack.counterUrl()).done(name, input),
    control,
    async next(scenario) {
      if (!waiting.has(scenario)) waiting.set(scenario, await everybody(stack.simulators.directory, scenario))
      const person = waiting.get(scenario)!.shift()
      if (!person) throw new Error(`nobody is left for ${scenario}`)
      return person
    },
    async close() {
      await browser.close()
      await stack.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Signs a member of staff in through the window. */
export function signInAs(window: CounterWindow, { staffId, password }: StaffMember): Promise<void> {
  return signIn(window, staffId, password)
}

/** Everybody of a scenario whose number is from another province. */
async function everybody(directory: string, scenario: string): Promise<Person[]> {
  const people = await peopleOf(directory, scenario, 1).then(() =>
    fetch(`${directory}/directory.json?scenario=${scenario}`),
  )
  return ((await people.json()) as Person[]).filter(({ province }) => province !== ownProvince)
}

function watch(page: Page, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) problems.push(message.text())
  })
}
