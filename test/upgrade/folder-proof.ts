import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChild } from '../../scripts/support/child.ts'
import { type BuildOfCommit, present } from './build-of-commit.ts'
import { farSide } from './far-side.ts'

const program = join(import.meta.dirname, 'desk-of-build.ts')

interface View {
  state: string
  msisdn: string
  stage?: string
  waiting: number
}
type Addresses = Record<'directory' | 'sms' | 'capture' | 'control', string>

/** Submissions of older builds do not name the rules they were signed under: the customer signs once more, under today's. */
const namesRules = (build: string) =>
  readFileSync(join(build, 'src/shared/protocol/jobs.ts'), 'utf8').includes('rulePacks')

/** The service and the outside world of a build on a data folder, as `npm start --data` starts them. */
async function backendOf(build: string, data: string) {
  const organisation = join(build, 'resources/trial/organisation.json')
  const flags = ['--simulators', '--data', join(data, 'service'), '--organisation', organisation]
  const child = startChild(
    process.execPath,
    [join(build, 'service/src/main.ts'), ...flags, '--port', '0', '--simulators-port', '0'],
    join(data, 'logs', 'service.log'),
    { SERVICE_TIMING: JSON.stringify({ reviewPollSeconds: 0.5, retryFirstSeconds: 0.5, retryLongestSeconds: 2 }) },
  )
  const ready = await child.ready
  const simulators = ready.simulators as Addresses
  return {
    stop: () => child.stop(),
    kill: () => child.stop('SIGKILL'),
    simulators,
    args: ['--data', join(data, 'counter'), '--service', String(ready.url), '--capture', simulators.capture],
    async reviews(factor: number) {
      await fetch(`${new URL(simulators.directory).origin}/control`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ reviewFactor: factor, targets: { bss: { latencyMs: 0, jitterMs: 0 } } }),
      })
    },
  }
}

/** A code of the trial's first store, in whatever shape the build keeps them. */
function codesOf(build: string): string {
  const text = readFileSync(join(build, 'resources/trial/organisation.json'), 'utf8')
  return [...text.matchAll(/"(HQB[0-9]-[A-Z0-9-]+)"/g)].map(([, code]) => code).join(',')
}

/**
 * A whole data folder, service and counter, as an older build left it: one order completed, one under review, one signed and waiting in the
 * outbox while the service is away, one draft. Both programs end, the counter without being asked; the present build takes the folder
 * over, and everything goes on. Returns what went wrong.
 */
export async function proveOnFolder(build: BuildOfCommit, folder: string): Promise<string[]> {
  const ends: (() => Promise<unknown>)[] = []
  let at = 'starting'
  const say = (next: string) => {
    at = next
    console.log(`    ${next}`)
  }
  try {
    say('the older build: one completed, one under review, one in the outbox, one draft')
    const older = await backendOf(build.folder, folder)
    ends.push(() => older.stop())
    const desk = farSide(program, [build.folder, '0'])
    ends.unshift(() => desk.end())
    await desk.tell('open', [...older.args, '--enrolment-code', codesOf(build.folder)])
    // Pages and controls lie at the root of the simulators' address.
    const urls = (one: typeof older) => ({
      ...one.simulators,
      directory: new URL(one.simulators.directory).origin,
    })
    await older.reviews(0)
    const completed = await desk.tell<string>('accept', urls(older), 'clean', false)
    await desk.tell('finished', completed)
    const queued = await desk.tell<string>('accept', urls(older), 'arrears', true)
    await older.reviews(10_000)
    const underWay = await desk.tell<string>('accept', urls(older), 'clean', false)
    await desk.tell('underWay', underWay)
    await older.kill()
    await desk.tell('submitHeld', queued)
    const before = await desk.tell<View>('view', queued)
    const draft = await desk.tell<string>('draft', (await desk.tell<View>('view', completed)).msisdn)
    await desk.tell('close', 'SIGKILL')

    say('the present build takes the folder over')
    const now = await backendOf(present, folder)
    ends.push(() => now.stop())
    const next = farSide(program, [present, '1'])
    ends.unshift(() => next.end())
    await next.tell('open', now.args)
    const wrong: string[] = []
    if (before.waiting === 0) wrong.push('nothing waited in the older outbox')
    const found = await next.tell<View>('view', draft)
    if (found.state !== 'draft') wrong.push(`the draft is ${found.state}`)
    if ((await next.tell<View>('view', completed)).stage !== 'deactivated') wrong.push('the completed order is not')
    await now.reviews(0)
    say('what was under way and what waited is completed, and a new case as well')
    await next.tell('finished', underWay)
    if (!namesRules(build.folder)) {
      say(`what waited was refused, and is asked for again: ${await next.tell<string>('correct', queued)}`)
    } else {
      await next.tell('finished', queued)
      if ((await next.tell<View>('view', queued)).waiting > 0) wrong.push('something still waits in the outbox')
    }
    await next.tell('finished', await next.tell<string>('accept', urls(now), 'clean', false))
    await next.tell('close', 'SIGTERM')
    return wrong
  } catch (error) {
    return [`${at}: ${error instanceof Error ? error.message : String(error)}`]
  } finally {
    for (const end of ends) await end()
  }
}
