import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openConversation } from '../../../scripts/conformance/conversation.ts'
import { fixturesFromDirectory } from '../../../scripts/conformance/fixtures.ts'
import { type CheckResult, runChecks } from '../../../scripts/conformance/run-checks.ts'
import type { Carrier, Province } from '../../../src/shared/domain/geography.ts'
import { type OutsideWorld, openWorld } from '../simulators/outside-world.ts'
import { type Fault, startWrongSystem } from './wrong-system.ts'

let world: OutsideWorld
/** Holders' names by number, for a system that cannot keep them to itself. */
const names = new Map<string, string>()
beforeAll(async () => {
  world = await openWorld({ seed: 'conformance', today: Date.now })
  await world.control({ reviewFactor: 0.2 })
  const { subscribers } = await fixturesFromDirectory(world.simulators.urls.directory, 'CTCC', '14')
  for (const { msisdn, holder } of subscribers) names.set(msisdn, holder.name)
})
afterAll(() => world.close())

const addressOf = (carrier: Carrier, province: Province) =>
  world.simulators.urls.bssTemplate.replace('{carrier}', carrier).replace('{province}', province)

async function tryOut(address: string, carrier: Carrier, province: Province, only?: string[]): Promise<CheckResult[]> {
  const fixtures = await fixturesFromDirectory(world.simulators.urls.directory, carrier, province)
  return runChecks(openConversation(address, 5_000), fixtures, {
    readOnly: false,
    patienceMs: 30_000,
    ...(only ? { only } : {}),
  })
}

describe('the simulated home provinces', () => {
  test.each([
    ['CMCC', '23'],
    ['CUCC', '41'],
    ['CTCC', '14'],
    ['CBN', '50'],
  ] as const)('%s in %s keep every rule of the port', async (carrier, province) => {
    const results = await tryOut(addressOf(carrier, province), carrier, province)
    expect(results.filter((result) => result.outcome === 'broken')).toEqual([])
    expect(results.filter((result) => result.outcome === 'holds').length).toBeGreaterThanOrEqual(20)
  })
})

const replaced =
  (path: RegExp, from: RegExp, to: string): Fault =>
  (passing) =>
    path.test(passing.path) ? { text: passing.text.replace(from, to) } : undefined

/** What carriers get wrong, and the check that must say so. */
const faults: [string, string, Fault][] = [
  ['number.known', 'answers for another carrier', replaced(/number-query/, /"carrier":"CTCC"/, '"carrier":"CBN"')],
  [
    'number.masked',
    'shows names to anyone',
    ({ path, request, text }) =>
      path === '/number-query'
        ? { text: text.replace(/"maskedName":"[^"]*"/, `"maskedName":"${names.get(JSON.parse(request).msisdn)}"`) }
        : undefined,
  ],
  [
    'number.unknown',
    'answers 500 for unknown numbers',
    ({ text }) => (text.includes('NOT_FOUND') ? { status: 500 } : undefined),
  ],
  [
    'authentication.wrong',
    'explains refusals with the record',
    ({ path, request, text }) =>
      path === '/authentication' && text.includes('NAME_MISMATCH')
        ? { text: text.replace('"params":{}', `"params":{"on":"${JSON.parse(request).identificationId}"}`) }
        : undefined,
  ],
  [
    'authentication.wrong',
    'does not look at the password',
    replaced(/authentication/, /.*PASSWORD_FAIL.*/, '{"result":"ok","holderName":"某"}'),
  ],
  [
    'authentication.premium',
    'forgets the often-called numbers',
    replaced(/authentication/, /.*FRIEND_NUMBER_FAIL.*/, '{"result":"ok","holderName":"某"}'),
  ],
  ['preCheck.whole', 'counts in tenths of a fen', replaced(/pre-check/, /"monthlyFeeLi":\d+/, '"monthlyFeeLi":19003')],
  [
    'preCheck.whole',
    'invents blocker codes',
    replaced(/pre-check/, /"blockers":\[/, '"blockers":[{"code":"COMPUTER_SAYS_NO","params":{}},'),
  ],
  [
    'preCheck.arrears',
    'tells another sum than its bills',
    replaced(/pre-check/, /"code":"ARREARS","params":\{"unpaidLi":\d+/, '"code":"ARREARS","params":{"unpaidLi":10'),
  ],
  ['preCheck.home', 'does not know its own province', replaced(/pre-check/, /NOT_REMOTE/, 'POINTS_LOST')],
  [
    'protocol.garbage',
    'falls over garbage',
    ({ status }) => (status === 400 ? { status: 500, text: 'NullPointerException\n  at Billing.java:12' } : undefined),
  ],
  [
    'protocol.keyNeeded',
    'asks for no key',
    ({ key, status }) =>
      status === 400 && !key ? { status: 200, text: '{"result":"ok","serviceOrderId":"1"}' } : undefined,
  ],
  [
    'protocol.idempotency',
    'takes another body under the same key',
    ({ status }) => (status === 409 ? { status: 200, text: '{"result":"ok","serviceOrderId":"2"}' } : undefined),
  ],
  [
    'payment.refusals',
    'takes too much money',
    replaced(/payments/, /.*OVERPAID.*/, '{"result":"ok","postedAt":1,"reference":"P"}'),
  ],
  [
    'payment.reversal',
    'gives back more than was paid',
    replaced(/reversal/, /.*REVERSAL_TOO_LARGE.*/, '{"result":"ok","reversedAt":1,"reference":"R"}'),
  ],
  [
    'order.oneAtATime',
    'takes a second order',
    replaced(/service-orders$/, /.*ALREADY_DISPATCHED.*/, '{"result":"ok","serviceOrderId":"2"}'),
  ],
  [
    'order.wholeRoad',
    'bills other sums than its lines',
    replaced(/final-bill/, /"outstandingLi":\d+/, '"outstandingLi":123450'),
  ],
  [
    'order.wholeRoad',
    'sells numbers after thirty days',
    ({ path, text }) => {
      const ended = path === '/deactivation' ? /"agingUntil":(\d+)/.exec(text) : null
      return ended ? { text: text.replace(ended[1]!, String(Number(ended[1]) - 60 * 86_400_000)) } : undefined
    },
  ],
]

describe('a home province with a fault', () => {
  test.each(faults)('%s notices one that %s', async (check, _what, fault) => {
    const wrong = await startWrongSystem(addressOf('CTCC', '14'), fault)
    try {
      const [result] = await tryOut(wrong.url, 'CTCC', '14', [check])
      expect(result).toMatchObject({ id: check, outcome: 'broken' })
      expect(result?.detail).toMatch(/expected|answer/)
    } finally {
      wrong.close()
    }
  })

  test('one that hangs is told with the deadline', async () => {
    await world.control({ targets: { 'bss:CTCC:14': { next: { hang: 1 }, only: ['number-query'] } } })
    const fixtures = await fixturesFromDirectory(world.simulators.urls.directory, 'CTCC', '14')
    const [result] = await runChecks(openConversation(addressOf('CTCC', '14'), 700), fixtures, {
      readOnly: true,
      patienceMs: 1_000,
      only: ['number.known'],
    })
    await world.control({ targets: { 'bss:CTCC:14': { latencyMs: 0, jitterMs: 0 } } })
    expect(result).toMatchObject({ outcome: 'broken' })
    expect(result?.detail).toContain('no answer within 700 ms')
  })
})
