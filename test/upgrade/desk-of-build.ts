import { join } from 'node:path'
import type { Counter } from '../support/core/core-harness.ts'
import type { ServedCounter } from '../support/core/served-counter.ts'
import { obey } from './far-side.ts'
import { outsideAt } from './outside.ts'

/* The counter program of a build on a data folder, worked as its page works it. */

const [build = '', half = '0'] = process.argv.slice(2)
const from = <T>(path: string) => import(join(build, 'test/support/core', path)) as Promise<T>
const { serveCounter } = await from<typeof import('../support/core/served-counter.ts')>('served-counter.ts')
const { acceptCase } = await from<typeof import('../support/core/accept-case.ts')>('accept-case.ts')

let counter: ServedCounter
const held = new Map<string, Parameters<Counter['done']>[1]>()

async function until(wanted: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 200)))
    if (await wanted()) return
  throw new Error(`${what}: not within a minute`)
}

/** As the counter, but a case's submission waits until it is told to go. */
function withheld(): Counter {
  const done = async (name: string, input?: { caseId?: string }) => {
    if (name !== 'case.submit') return counter.done(name as 'case.view', input as never)
    held.set(input!.caseId!, input as never)
    return undefined
  }
  return { ...counter, done } as unknown as Counter
}

// A proof that fails half-way leaves no program behind.
process.on('exit', () => counter?.process.kill('SIGKILL'))

obey({
  async open(args: string[]) {
    counter = await serveCounter([...args, '--renderer', build])
    await until(async () => Boolean((await counter.done('app.view')).device), 'the device is enrolled')
    if (!(await counter.done('app.view')).staff)
      await counter.done('session.signIn', { staffId: '100217', password: 'counter-trial-217' })
  },
  async accept(urls: Parameters<typeof outsideAt>[0], scenario: string, hold: boolean) {
    const { world } = outsideAt(urls, half === '0' ? 0 : 1)
    const desk = hold ? withheld() : (counter as unknown as Counter)
    return (await acceptCase(desk, world, scenario)).caseId
  },
  async submitHeld(caseId: string) {
    await counter.done('case.submit', held.get(caseId) as never)
  },
  async draft(msisdn: string) {
    return (await counter.done('case.open', { msisdn } as never)).case.caseId
  },
  async view(caseId: string) {
    const { case: case_, order, waiting } = await counter.done('case.view', { caseId } as never)
    return { state: case_.state, msisdn: case_.msisdn, stage: order?.stage, waiting: waiting.length }
  },
  async finished(caseId: string) {
    await until(
      async () => (await counter.done('case.view', { caseId } as never)).order?.stage === 'deactivated',
      `the order of ${caseId} is completed`,
    )
  },
  /** Leads a refused submission back to its case, as the clerk does. Returns the refusal and what is to be asked for again. */
  async correct(caseId: string) {
    const view = () => counter.done('case.view', { caseId } as never)
    await until(async () => (await view()).waiting.some((job) => job.mayCorrect), `the clerk is led back to ${caseId}`)
    const { jobId, lastError } = (await view()).waiting.find((job) => job.mayCorrect)!
    const { progress } = await counter.done('outbox.correct', { jobId } as never)
    return `${lastError?.code}: ${progress.missing.map(({ code }) => code).join(', ')}`
  },
  async underWay(caseId: string) {
    await until(
      async () => (await counter.done('case.view', { caseId } as never)).order?.stage === 'homeReview',
      `the order of ${caseId} is under review`,
    )
  },
  async close(signal: NodeJS.Signals) {
    await counter.end(signal)
  },
})
