import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { signIn, submittedCase } from '../../support/core/counter-steps.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let service: ServiceDouble
const counters: Counter[] = []

beforeEach(async () => {
  service = await startServiceDouble()
})
afterEach(async () => {
  for (const counter of counters.splice(0)) await counter.close()
  await service.close()
})

async function freshCounter(): Promise<Counter> {
  const counter = await openCounter(service.url)
  counters.push(counter)
  await signIn(counter)
  return counter
}
const sent = async (counter: Counter) => until(async () => (await counter.done('outbox.list')).jobs.length === 0)
const sequences = () => service.batches.flat().map((job) => job.sequence)

test('a counter that lost its disk is enrolled again and gives no number twice', async () => {
  const first = await freshCounter()
  const before = await submittedCase(first)
  await sent(first)
  const highest = Math.max(...sequences())
  expect(highest).toBeGreaterThan(0)

  const second = await freshCounter()
  const after = await submittedCase(second)
  await sent(second)
  expect(new Set(sequences()).size).toBe(sequences().length)
  expect(Math.min(...sequences().filter((sequence) => sequence > highest))).toBe(highest + 1)
  expect(after.case.caseNumber).not.toBe(before.case.caseNumber)
})

test('a case number names its device, so that no other counter gives the same', async () => {
  const { case: case_ } = await submittedCase(await freshCounter())
  expect(case_.caseNumber).toMatch(/^SZT1-\d{4}-\d{5}$/)
})
