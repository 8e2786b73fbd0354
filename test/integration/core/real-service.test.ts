import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningService } from '../../../service/src/start.ts'
import { createHttpCaptureStation } from '../../../src/main/devices/capture/http-capture-station.ts'
import { acceptCase } from '../../support/core/accept-case.ts'
import { type Counter, openCounter } from '../../support/core/core-harness.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

let world: OutsideWorld
let service: RunningService
let counter: Counter

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0.01 })
  service = await startServiceOn(world, { kind: 'memory' })
  counter = await openCounter(service.url, { captureStation: createHttpCaptureStation(world.simulators.urls.capture) })
  await counter.done('device.enrol', { enrolmentCode: 'HQB3-7K2M-9QXT' })
  await counter.done('session.signIn', { staffId: '100217', password: 'counter-trial-217' })
})
afterAll(async () => {
  await counter.close()
  await world.close()
})

const accept = (scenario: string) => acceptCase(counter, world, scenario)

async function finished(caseId: string) {
  await expect
    .poll(async () => (await counter.done('case.view', { caseId })).order?.stage, { timeout: 30_000, interval: 100 })
    .toBe('deactivated')
  return counter.done('case.view', { caseId })
}

describe('against the real service and the simulated provinces', () => {
  test('a clean number is cancelled and the counter learns it through the change feed', async () => {
    const { caseId } = await accept('clean')
    const { order, waiting } = await finished(caseId)
    expect(waiting).toEqual([])
    expect(order!.events.map(({ code }) => code)).toContain('deactivated')
    expect((await counter.done('case.list', { filter: 'completed' })).rows[0]).toMatchObject({ status: 'completed' })
    expect((await counter.done('receipt.print', { caseId })).printNumber).toBe(1)
  })

  test('arrears with late fee are paid here and posted at home', async () => {
    const { caseId, due } = await accept('arrears')
    expect(due).toBeGreaterThan(0)
    const { order } = await finished(caseId)
    expect(order!.events.map(({ code }) => code)).toContain('paymentsPosted')
  })

  test('a premium number with its penalty and a second person', async () => {
    const { caseId, due } = await accept('premium')
    expect(due).toBeGreaterThan(0)
    const { order } = await finished(caseId)
    expect(order!.events.map(({ code }) => code)).toContain('agreementTerminated')
  })

  test('with the service gone a case still opens, and the counter says that it is offline', async () => {
    await service.close()
    const { case: case_ } = await counter.done('case.open', { msisdn: (await world.someone('clean')).msisdn })
    expect(await counter.call('case.queryNumber', { caseId: case_.caseId })).toMatchObject({
      error: { code: 'connection.offline' },
    })
    expect((await counter.done('app.view')).connection.state).toBe('offline')
  })
})
