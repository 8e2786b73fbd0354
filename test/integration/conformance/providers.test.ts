import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ProviderPort, runProviderChecks } from '../../../scripts/conformance/providers/run-providers.ts'
import { type OutsideWorld, openWorld } from '../simulators/outside-world.ts'
import { type Fault, startWrongSystem } from './wrong-system.ts'

let world: OutsideWorld
let numberInUse: string
beforeAll(async () => {
  world = await openWorld({ seed: 'conformance', today: Date.now })
  await world.control({ reviewFactor: 0.05, targets: { payment: { latencyMs: 0 }, renewal: { latencyMs: 0 } } })
  const people = await fetch(`${world.simulators.urls.directory}/directory.json?scenario=clean&limit=1`)
  numberInUse = ((await people.json()) as { msisdn: string }[])[0]!.msisdn
})
afterAll(() => world.close())

const tryOut = (port: ProviderPort, url = world.simulators.urls[port], only?: string[]) =>
  runProviderChecks(port, {
    url,
    numberInUse,
    deadlineMs: 5_000,
    patienceMs: 4_000,
    readOnly: false,
    ...(only ? { only } : {}),
  })

describe('the simulated providers', () => {
  test.each([
    ['payment', 13],
    ['renewal', 8],
  ] as const)('%s keeps every rule of its port', async (port, checks) => {
    const results = await tryOut(port)
    expect(results.filter(({ outcome }) => outcome !== 'holds')).toEqual([])
    expect(results).toHaveLength(checks)
  })

  test('nothing is changed when only questions are allowed', async () => {
    const results = await runProviderChecks('payment', {
      url: world.simulators.urls.payment,
      deadlineMs: 5_000,
      patienceMs: 1_000,
      readOnly: true,
    })
    expect(results.filter(({ outcome }) => outcome === 'notTried').map(({ id }) => id)).toContain('refund.once')
    expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([])
  })
})

const replaced =
  (path: RegExp, from: RegExp, to: string): Fault =>
  (passing) =>
    path.test(passing.path) ? { text: passing.text.replace(from, to) } : undefined
const taken = '{"result":"ok","transactionId":"T1","state":"captured"}'
/** Another reference with every answer, as of whoever pays anew each time. */
let payments = 0

/** What providers get wrong, and the check that must say so. */
const faults: [ProviderPort, string, string, Fault][] = [
  ['payment', 'claim.unknown', 'believes any code', replaced(/claims$/, /.*UNKNOWN_AUTHORIZATION.*/, taken)],
  ['payment', 'claim.amount', 'does not look at the amount', replaced(/claims$/, /.*AMOUNT_DIFFERS.*/, taken)],
  ['payment', 'claim.oneOwner', 'gives an authorisation twice', replaced(/claims$/, /.*ALREADY_CLAIMED.*/, taken)],
  ['payment', 'return.unknown', 'believes any return', replaced(/returns$/, /.*UNKNOWN_AUTHORIZATION.*/, taken)],
  ['payment', 'return.oneOwner', 'gives a return twice', replaced(/returns$/, /.*ALREADY_CLAIMED.*/, taken)],
  ['payment', 'claim.captured', 'never takes the money', replaced(/claims\/.+/, /captured/, 'authorized')],
  [
    'payment',
    'refund.once',
    'pays anew under another key',
    (passing) =>
      passing.path === '/refunds'
        ? { text: passing.text.replace(/"reference":"[^"]*"/, () => `"reference":"F${++payments}"`) }
        : undefined,
  ],
  ['payment', 'refund.final', 'sends everything back', replaced(/refunds\/.+/, /"paid"/, '"returned"')],
  [
    'payment',
    'refund.refused',
    'takes any card and pays',
    replaced(/refunds/, /.*(CARD_UNKNOWN|UNKNOWN_REFUND).*/, '{"result":"ok","reference":"F","state":"paid","at":1}'),
  ],
  [
    'payment',
    'refund.unknown',
    'answers 500 for what it does not know',
    ({ text }) => (text.includes('UNKNOWN_REFUND') ? { status: 500 } : undefined),
  ],
  [
    'payment',
    'refunds.garbage',
    'falls over garbage',
    ({ status }) => (status === 400 ? { status: 500, text: 'NullPointerException\n  at Bank.java:12' } : undefined),
  ],
  [
    'payment',
    'refunds.keyNeeded',
    'asks for no key',
    ({ key, status }) =>
      status === 400 && !key ? { status: 200, text: '{"result":"ok","reference":"F","state":"pending"}' } : undefined,
  ],
  [
    'payment',
    'refunds.idempotency',
    'takes another body under the same key',
    ({ status }) =>
      status === 409 ? { status: 200, text: '{"result":"ok","reference":"F","state":"pending"}' } : undefined,
  ],
  ['renewal', 'renewal.everyApp', 'forgets an app', replaced(/renewals\/.+/, /\{"app":"alipay"[^}]*\},?/g, '')],
  [
    'renewal',
    'renewal.once',
    'takes another submission under the same number',
    replaced(/renewals$/, /.*DUPLICATE_RENEWAL.*/, '{"result":"ok","receivedAt":1,"notEligible":[]}'),
  ],
  [
    'renewal',
    'renewal.finalStays',
    'never answers',
    replaced(/renewals\/.+/, /"state":"(accepted|refused|notCovered)"/g, '"state":"pushed"'),
  ],
  [
    'renewal',
    'renewal.inUse',
    'renews numbers in use',
    replaced(/renewals$/, /"notEligible":\[.*\]/, '"notEligible":[]'),
  ],
  [
    'renewal',
    'renewal.unknown',
    'knows everything',
    replaced(/renewals\/.+/, /.*UNKNOWN_RENEWAL.*/, '{"result":"ok","numbers":[]}'),
  ],
]

describe('a provider with a fault', () => {
  test.each(faults)('%s: %s notices one that %s', async (port, check, _what, fault) => {
    const wrong = await startWrongSystem(world.simulators.urls[port], fault)
    try {
      const [result] = await tryOut(port, wrong.url, [check])
      expect(result).toMatchObject({ id: check, outcome: 'broken' })
      expect(result?.detail).toMatch(/expected|answer/)
    } finally {
      wrong.close()
    }
  })
})
