import { join } from 'node:path'
import type { CounterClient } from '../support/counter-client.ts'
import type { PreparedCase } from '../support/counter-journey.ts'
import { obey } from './far-side.ts'
import { outsideAt } from './outside.ts'

/* A counter as a build has it: its own wire client, its own rules and quotes, its own order. */

const [build = '', urls = '', half = '0'] = process.argv.slice(2)
const { world, someone } = outsideAt(JSON.parse(urls), half === '0' ? 0 : 1)
const from = <T>(path: string) => import(join(build, 'test/support', path)) as Promise<T>
const { createCounterClient } = await from<typeof import('../support/counter-client.ts')>('counter-client.ts')
const journey = await from<typeof import('../support/counter-journey.ts')>('counter-journey.ts')

let counter: CounterClient
const prepared = new Map<string, PreparedCase>()

function must<T extends { ok: boolean }>(answer: T): T {
  if (!answer.ok) throw new Error(JSON.stringify((answer as { error?: unknown }).error))
  return answer
}

obey({
  async enrol(url: string, code: string) {
    counter = await createCounterClient(url)
    must(await counter.enrol(code))
    must(await counter.signIn(journey.clerk.staffId, journey.clerk.password))
  },
  async moveTo(url: string) {
    counter.moveTo(url)
  },
  async prepare(scenario: string, notAt?: string) {
    const one = await journey.prepareCase(counter, world, await someone(scenario, { ...(notAt ? { notAt } : {}) }))
    prepared.set(one.order.orderId, one)
    return { orderId: one.order.orderId, homeSystem: `bss:${one.entry.carrier}:${one.entry.province}` }
  },
  async handIn(orderId: string) {
    await journey.handIn(counter, prepared.get(orderId)!)
  },
  async follow(orderId: string, seconds: number) {
    const order = await journey.followOrder(counter, orderId, (one) => one.state === 'completed', seconds)
    return journey.codesOf(order)
  },
})
