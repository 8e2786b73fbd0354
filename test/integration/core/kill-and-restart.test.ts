import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Counter, remoteNumber, until } from '../../support/core/core-harness.ts'
import { settledCase, sign } from '../../support/core/counter-steps.ts'
import { holderDocument } from '../../support/core/double-data.ts'
import { type ServedCounter, serveCounter } from '../../support/core/served-counter.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let folder: string
let service: ServiceDouble
let counter: ServedCounter

const start = () =>
  serveCounter(['--data', folder, '--service', service.url, '--enrolment-code', 'GOOD-CODE', '--renderer', folder])

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'killed-'))
  service = await startServiceDouble()
  counter = await start()
  await until(async () => (await counter.done('app.view')).device)
  await counter.done('session.signIn', { staffId: '100', password: 'right' })
})
afterAll(async () => {
  await counter.end('SIGTERM')
  await service.close()
  rmSync(folder, { recursive: true, force: true })
})

async function killAndRestart() {
  await counter.end('SIGKILL')
  counter = await start()
}

test('whatever was answered is there after kill -9: draft, money, signature, sign-in and what waits to be sent', async () => {
  service.state.intercept = (route) => (route === '/v1/jobs' ? 'cut' : undefined)
  const steps = counter as unknown as Counter
  const { case: case_ } = await settledCase(steps, 1)
  const { caseId } = case_
  await sign(steps, caseId)
  const before = await counter.done('case.view', { caseId })
  await killAndRestart()
  expect((await counter.done('app.view')).staff?.staffId).toBe('100')
  expect((await counter.done('case.view', { caseId })).case).toEqual(before.case)

  const submitted = await counter.done('case.submit', { caseId })
  await killAndRestart()
  const after = await counter.done('case.view', { caseId })
  expect(after.case).toEqual(submitted.case)
  expect(after.waiting).toHaveLength(5)

  service.state.intercept = undefined
  await expect.poll(async () => (await counter.done('outbox.list')).jobs.length, { timeout: 20_000 }).toBe(0)
  expect(service.accepted.map((job) => job.kind)).toEqual([...Array(4).fill('attachment.store'), 'order.submit'])
})

test('killed in the middle of a burst, every answered case is there and every number is unique', async () => {
  for (let round = 0; round < 3; round += 1) {
    const answered: string[] = []
    const asked = Array.from({ length: 40 }, (_, index) =>
      counter
        .call('case.open', { msisdn: remoteNumber(1000 + round * 100 + index) })
        .then((result) => result.ok && answered.push(result.value.case.caseNumber))
        .catch(() => undefined),
    )
    await expect.poll(() => answered.length, { interval: 1 }).toBeGreaterThan(3)
    await counter.end('SIGKILL')
    await Promise.all(asked)
    counter = await start()
    const { rows } = await counter.done('case.list', { filter: 'all', limit: 200 })
    const numbers = rows.map((row) => row.caseNumber)
    for (const number of answered) expect(numbers).toContain(number)
    expect(new Set(numbers).size).toBe(numbers.length)
  }
})

test('nothing readable lies on the disk', () => {
  const store = join(folder, 'store')
  for (const name of readdirSync(store)) {
    const content = readFileSync(join(store, name)).toString('latin1')
    expect(content.includes(holderDocument.identificationId)).toBe(false)
    expect(content.includes(remoteNumber(1))).toBe(false)
  }
})
