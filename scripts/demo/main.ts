/**
 * `npm run demo`: drives whole cases through the real UI in a real browser, headless, against the running service, and proves them
 * at the service's database. Times, screenshots and the receipt land in `out/demo/`. Exits 0 only if every order was completed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchBrowser } from '../support/browser.ts'
import { startStack } from '../support/stack.ts'
import { arrears, clean, networkCut, powerCut, premium, returnedPapers, type Scene } from './cases.ts'
import { checkDatabase } from './check-database.ts'
import { counterWindow, signIn } from './counter-window.ts'
import { openJournal } from './journal.ts'

if (process.argv.length > 2) {
  console.error('npm run demo takes no arguments; what it did lands in out/demo')
  process.exit(2)
}

/** Nothing here may hang for ever, whatever breaks. */
const longestRunMs = 8 * 60_000

interface Trial {
  stores: { devices: { enrolmentCodes: string[] }[]; staff: { staffId: string; role: string; password: string }[] }[]
}

async function run(): Promise<number> {
  const store = (JSON.parse(readFileSync('resources/trial/organisation.json', 'utf8')) as Trial).stores[0]!
  const staff = (role: string) => store.staff.find((each) => each.role === role)!
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-demo-'))
  rmSync('out/demo', { recursive: true, force: true })
  const journal = openJournal('out/demo')

  const started = performance.now()
  const stack = await startStack({
    folder,
    enrolmentCode: store.devices[0]!.enrolmentCodes[0]!,
    // The home province is asked more often than a live service would, so that nobody waits for the demonstration.
    timing: { reviewPollSeconds: 1 },
  })
  console.log(`service, simulators and counter are up after ${Math.round(performance.now() - started)} ms`)
  const browser = await launchBrowser()
  const page = await browser.newPage({
    viewport: { width: 1366, height: 768 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`page: ${error.message}`))
  const window = counterWindow(page)
  const scene: Scene = { stack, window, journal, supervisor: staff('supervisor') }
  const expectations = []
  try {
    journal.begin('Sign-in')
    await page.goto(stack.counterUrl())
    const clerk = staff('clerk')
    await journal.step('sign in', () => signIn(window, clerk.staffId, clerk.password), page)
    const cases = [
      ['A clean cancellation', clean],
      ['Arrears with late fee, paid at this counter', arrears],
      ['A premium number: penalty and a second person', premium],
      ['Papers returned and resupplied', returnedPapers],
      ['The network is cut during acceptance', networkCut],
      ['The counter is killed in the middle of a case', powerCut],
    ] as const
    for (const [title, play] of cases) {
      journal.begin(title)
      expectations.push(await play(scene))
    }
    journal.begin('The desk')
    await journal.step('the day: everything done', () => window.saysNoMore('caseStatus.draft'), page)
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
    await page.screenshot({ path: join(journal.folder, 'failed.png') }).catch(() => undefined)
  } finally {
    await browser.close()
    await stack.stop()
  }
  if (problems.length === 0) problems.push(...(await checkDatabase(folder, expectations)))
  journal.save({ keyStrokes: window.strokes(), cases: expectations.length, problems })
  console.log('')
  for (const problem of problems) console.error(`WRONG  ${problem}`)
  if (problems.length > 0) {
    console.error(`logs: ${folder}`)
    return 1
  }
  rmSync(folder, { recursive: true, force: true })
  console.log(
    `${expectations.length} of ${expectations.length} orders completed at the service; pictures, times and the receipt are in out/demo/`,
  )
  return 0
}

setTimeout(() => {
  console.error('WRONG  the demonstration did not end in time')
  process.exit(1)
}, longestRunMs).unref()
process.exit(await run())
