import { expect, it } from 'vitest'
import type { Log } from '../../../service/src/ports.ts'
import { instant, millisecondsPerDay } from '../../../src/shared/domain/calendar.ts'
import { createCounterClient } from '../../support/counter-client.ts'
import { chengduClerk, clerk, codesOf, followOrder, handIn, prepareCase } from '../../support/counter-journey.ts'
import { enrolment } from '../../support/service-suite.ts'
import { startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

/** A service in memory whose clock a test can move, as the trainer's can. */
async function startWithClock(log?: Log) {
  const world = await startOutsideWorld()
  let ahead = 0
  const now = () => Date.now() + ahead
  const clock = { now: () => instant(now()) }
  const service = await startServiceOn(world, { kind: 'memory' }, {}, log ? { clock, log } : { clock })
  const enrol = async (code: string, staff: typeof clerk) => {
    const counter = await createCounterClient(service.url, { now })
    await counter.enrol(code)
    await counter.signIn(staff.staffId, staff.password)
    return counter
  }
  return {
    world,
    enrol,
    moveDays(days: number) {
      ahead += days * millisecondsPerDay
    },
    async close() {
      await service.close()
      await world.close()
    },
  }
}

it('gives up an order that its home province has not finished in seven days, and takes the penalty back', async () => {
  const place = await startWithClock()
  try {
    const counter = await place.enrol(enrolment.first, clerk)
    await place.world.control({ reviewFactor: 10_000 })
    const prepared = await prepareCase(counter, place.world, await place.world.someone('premium'))
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, (order) => order.stage === 'homeReview')
    place.moveDays(7)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const waiting = await followOrder(counter, prepared.order.orderId, (order) => order.stage === 'homeReview')
    expect(waiting.state).toBe('inProgress')
    place.moveDays(1)
    const order = await followOrder(counter, prepared.order.orderId, (one) => one.stage === 'expired')
    expect(order.state).toBe('failed')
    expect(codesOf(order).slice(-2)).toEqual(['expired', 'paymentReversed'])
    // Half a day's work later nobody is signed in any more.
    expect(await counter.queryNumber(prepared.entry.msisdn)).toMatchObject({ error: { code: 'auth.expired' } })
  } finally {
    await place.close()
  }
})

it('gives up an order whose papers were not supplied again in two days', async () => {
  const place = await startWithClock()
  try {
    const counter = await place.enrol(enrolment.chengdu, chengduClerk)
    await place.world.control({ reviewFactor: 0 })
    const entry = await place.world.someone('papers-returned', { notProvince: '51' })
    const prepared = await prepareCase(counter, place.world, entry)
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, (order) => order.stage === 'returned')
    place.moveDays(2.1)
    const order = await followOrder(counter, prepared.order.orderId, (one) => one.stage === 'expired')
    expect(codesOf(order)).toEqual(['accepted', 'dispatched', 'returned', 'expired'])
  } finally {
    await place.close()
  }
})

it('writes no number, name, document or code of a customer into its log', async () => {
  const lines: string[] = []
  const keep = (values: object, message: string) => lines.push(JSON.stringify({ ...values, message }))
  const place = await startWithClock({ info: keep, warn: keep, error: keep })
  try {
    const counter = await place.enrol(enrolment.first, clerk)
    await place.world.control({ reviewFactor: 0 })
    const prepared = await prepareCase(counter, place.world, await place.world.someone('arrears'))
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, (order) => order.state === 'completed')
    await counter.queryNumber('13800138000x')
    await counter.request('POST', `/v1/${prepared.entry.msisdn}`, { name: prepared.entry.person.name })
    const log = lines.join('\n')
    expect(lines.length).toBeGreaterThan(5)
    const { person, msisdn, servicePassword } = prepared.entry
    for (const secret of [msisdn, person.name, person.identificationId, servicePassword, clerk.password, '13800138000'])
      expect(log).not.toContain(secret)
    expect(log).not.toContain(counter.token())
  } finally {
    await place.close()
  }
})

it('takes in after weeks what was accepted while the proof lived, and nothing that was accepted later', async () => {
  const place = await startWithClock()
  try {
    const counter = await place.enrol(enrolment.first, clerk)
    const [inTime, tooLate] = [
      await prepareCase(counter, place.world, await place.world.someone('clean')),
      await prepareCase(counter, place.world, await place.world.someone('clean')),
    ]
    place.moveDays(21)
    // Nobody is signed in any more; the counter's key still speaks for it.
    expect(await counter.queryNumber(inTime.entry.msisdn)).toMatchObject({ error: { code: 'auth.expired' } })
    await handIn(counter, inTime)
    const order = await followOrder(counter, inTime.order.orderId, (one) => one.stage !== 'accepted')
    expect(order.orderId).toBe(inTime.order.orderId)
    const late = { ...tooLate.order, acceptedAt: instant(tooLate.order.acceptedAt + 3_600_000) }
    const results = await counter.sendJobs([
      ...tooLate.jobsBefore,
      counter.job('order.submit', late, { lane: late.caseId, staffId: clerk.staffId }),
    ])
    expect(results.at(-1)).toMatchObject({ outcome: 'refused', error: { code: 'proof.expired' } })
  } finally {
    await place.close()
  }
})
