import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { counterWindow, signIn } from '../../scripts/demo/counter-window.ts'
import { peopleOf } from '../../scripts/demo/people.ts'
import { launchBrowser } from '../../scripts/support/browser.ts'
import { startStack } from '../../scripts/support/stack.ts'
import { openStore } from '../../src/main/core/app.ts'
import { migrations } from '../../src/main/core/schema/migrations.ts'
import { openKeyFile } from '../../src/main/node/key-file.ts'
import { clerk, coreAt, enrolmentCodes } from '../support/e2e/open-counter.ts'
import { prepareCase, showCase } from '../support/e2e/prepare-case.ts'
import { caseOf, caseWrite } from './support/business-rows.ts'
import { watchInteractions } from './support/interactions.ts'
import { quietMoment, type Surroundings } from './support/quiet.ts'
import { publish } from './support/report.ts'
import { median, percentile } from './support/statistics.ts'
import { workplace } from './support/workplace.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 7)
const cases = 10_000
const times = (key: string, count: number) => Array.from({ length: count }, () => key)
const steps = ['F3', 'F4', 'F5', 'F6']

/** What a clerk's keys do, by place: every key is one interaction. */
const atTheDesk = [...times('ArrowDown', 10), ...times('PageDown', 10), ...times('ArrowUp', 10), ...times('PageUp', 10)]
const betweenSteps = Array.from({ length: 5 }, () => [...steps, ...steps.toReversed()]).flat()
const typing = [...'13800138000', ...times('Backspace', 11), ...'13912345678', ...times('Backspace', 11)]

const folder = workplace('interaction')
const stack = await startStack({ folder, enrolmentCode: enrolmentCodes[0]! })
const browser = await launchBrowser()
const context = await browser.newContext({
  viewport: { width: 1366, height: 768 },
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
})
const page = await context.newPage()
await page.goto(stack.counterUrl())
const window = counterWindow(page)
await signIn(window, clerk.staffId, clerk.password)
const core = coreAt(stack.counterUrl())
const [person] = await peopleOf(stack.simulators.directory, 'handset', 1)
const control = async (change: object) => {
  await fetch(stack.simulators.control, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  })
}
const { caseId } = (await prepareCase({ ...core, control }, person!, 'checked')).case
await stack.killCounter()
await fill(join(folder, 'counter'))
await stack.startCounter()
await page.goto('about:blank')
await page.goto(stack.counterUrl())
await window.reads('desk.newCase')

const desk: number[][] = []
const meanwhile: number[][] = []
const fromStepToStep: number[][] = []
const typed: number[][] = []
const around: Surroundings[] = []
await loadWholeList()
const watch = await watchInteractions(page)
for (let round = 0; round < rounds; round += 1) {
  around.push(await quietMoment())
  await page.evaluate(() => {
    location.hash = '#/desk'
  })
  await wholeList()
  await page.locator('#desk-cases').focus()
  desk.push(await watch.press(atTheDesk))
  const busy = keepChanging()
  meanwhile.push(await watch.press(atTheDesk))
  await busy.stop()
  await showCase(coreAt(stack.counterUrl()), window, caseId)
  fromStepToStep.push(await watch.press(betweenSteps))
  await page.keyboard.press('F6')
  await page.locator('input[name="contact.phone"]').fill('')
  await page.locator('input[name="contact.phone"]').focus()
  typed.push(await watch.press(typing))
}
await browser.close()
await stack.stop()

const onTheCase = fromStepToStep.map((each, round) => [...each, ...typed[round]!])
const figures = (all: number[][]) => ({
  p50_ms: median(all.map((each) => percentile(each, 0.5))),
  p95_ms: median(all.map((each) => percentile(each, 0.95))),
  longest_ms: Math.max(...all.flat()),
})
publish({
  name: 'interaction',
  what: `from a key to the next paint in the browser, ${cases} cases loaded in the list`,
  rounds,
  around,
  lines: [
    { name: 'desk: through the list', figures: figures(desk) },
    { name: 'desk: the same while a case changes four times a second', figures: figures(meanwhile) },
    { name: 'case: from step to step', figures: figures(fromStepToStep) },
    { name: 'case: typing and erasing', figures: figures(typed) },
    { name: 'case, both', figures: figures(onTheCase) },
  ],
  ratios: { interaction_p95_ms: figures(onTheCase).p95_ms, interaction_desk_p95_ms: figures(desk).p95_ms },
  budgets: [
    { key: 'interaction_p95_ms', limit: 50, must: 'stay below' },
    { key: 'interaction_desk_p95_ms', limit: 50, must: 'stay below' },
  ],
  versions: {},
})

/** Writes the cases into the store of a counter that is not running. */
async function fill(counterFolder: string): Promise<void> {
  const storeFolder = join(counterFolder, 'store')
  const keys = openKeyFile(counterFolder, storeFolder)!
  const worker = new URL('../../src/main/core/storage/store-worker.ts', import.meta.url)
  const store = await openStore({ folder: storeFolder, key: keys.storeKey, migrations, worker, now: Date.now })
  if (!store.ok) throw new Error(store.error.code)
  for (let from = 1; from <= cases; from += 500)
    await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        store.value.transaction(async (tx) => {
          const { sql, params } = caseWrite(caseOf(from + index), from + index)
          tx.run(sql, params)
        }),
      ),
    )
  await store.value.snapshotNow()
  await store.value.close()
}

/** The list under "all", down to its end: every case is in the page's memory. */
async function loadWholeList(): Promise<void> {
  await page.getByRole('tab', { name: window.say('desk.filter.all') }).click()
  const grid = page.locator('#desk-cases')
  for (;;) {
    const loaded = Number(await grid.getAttribute('aria-rowcount'))
    if (loaded > cases) return
    await grid.evaluate((element) => {
      element.scrollTop = element.scrollHeight
    })
    await page.waitForFunction(
      (before) => Number(document.querySelector('#desk-cases')?.getAttribute('aria-rowcount')) > before,
      loaded,
    )
  }
}

/** Waits until the list under "all" shows itself with all its cases again. */
async function wholeList(): Promise<void> {
  await page.waitForFunction(
    (wanted) => Number(document.querySelector('#desk-cases')?.getAttribute('aria-rowcount')) > wanted,
    cases,
  )
}

/** Changes a case again and again, as answers of the service do: the desk asks for its list anew each time. */
function keepChanging() {
  let stopped = false
  const running = (async () => {
    while (!stopped) {
      await coreAt(stack.counterUrl()).done('case.queryNumber', { caseId })
      await pause(250)
    }
  })()
  return {
    stop: () => {
      stopped = true
      return running
    },
  }
}
