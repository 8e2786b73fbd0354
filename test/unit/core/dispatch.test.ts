import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CommandName, commandNames, commands } from '../../../src/shared/contract/commands.ts'
import { type Counter, openCounter, remoteNumber } from '../../support/core/core-harness.ts'
import { settledCase, signIn, submittedCase } from '../../support/core/counter-steps.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let service: ServiceDouble
let counter: Counter

beforeAll(async () => {
  service = await startServiceDouble()
  counter = await openCounter(service.url)
})
afterAll(async () => {
  await counter.close()
  await service.close()
})

const staffOf = { clerk: '100', supervisor: '200', trainer: '300', auditor: '400' } as const
/** Not this shape, whatever the command. */
const nonsense = { nonsense: true }

describe('every command and every role', () => {
  test('nobody signed in: only public commands get as far as their input', async () => {
    await counter.done('device.enrol', { enrolmentCode: 'GOOD-CODE' })
    for (const name of commandNames) {
      const result = await counter.raw(name, nonsense)
      const allowed = commands[name].access === 'public'
      expect([name, result.ok ? 'ok' : result.error.code]).toEqual([
        name,
        allowed ? 'request.malformed' : 'auth.required',
      ])
    }
  })

  for (const role of Object.keys(staffOf) as (keyof typeof staffOf)[])
    test(`a ${role} may call what the table says and nothing else`, async () => {
      await signIn(counter, staffOf[role])
      for (const name of commandNames) {
        const { access } = commands[name]
        const allowed = access === 'public' || (access as readonly string[]).includes(role)
        const result = await counter.raw(name, nonsense)
        expect([name, result.ok ? 'ok' : result.error.code]).toEqual([
          name,
          allowed ? 'request.malformed' : 'auth.forbidden',
        ])
      }
    })

  test('an unknown command is refused and logged without what came with it', async () => {
    for (const name of ['case.destroy', '__proto__', 'constructor', '', 7, null, undefined, {}]) {
      const result = await counter.raw(name, { secret: '13900000000' })
      expect(result).toMatchObject({ ok: false, error: { code: 'request.unknownCommand' } })
    }
    expect(JSON.stringify(counter.logged)).not.toContain('13900000000')
  })
})

async function everythingStored(): Promise<string> {
  const tables = ['counter_case', 'attachment', 'outbox_job', 'order_view', 'audit', 'meta']
  const rows = await Promise.all(tables.map((table) => counter.store.query(`SELECT * FROM ${table} ORDER BY 1`)))
  return JSON.stringify(rows, (_, value) => (value instanceof Uint8Array ? value.length : value))
}

describe('garbage', () => {
  test('a mutated input is refused with its field, changes nothing and shows no stack', async () => {
    await signIn(counter, '100')
    const draft = await settledCase(counter, 11)
    const sent = await submittedCase(counter, 12)
    // What is under way settles first: the comparison is about the garbage alone.
    await expect.poll(async () => (await counter.done('outbox.list', {})).jobs.length, { timeout: 5000 }).toBe(0)
    const seeds: Partial<Record<CommandName, object>> = {
      'case.open': { msisdn: remoteNumber(13) },
      'case.list': { filter: 'all', limit: 10 },
      'case.search': { text: '139', limit: 5 },
      'case.chooseAgreement': {
        caseId: draft.case.caseId,
        agreementId: 'A-1',
        option: 'terminate',
        devicesReturned: 0,
      },
      'case.takePayment': { caseId: draft.case.caseId, method: 'cash', amountFen: 100 },
      'order.urge': { caseId: sent.case.caseId, reason: 'please hurry' },
      'order.withdraw': { caseId: sent.case.caseId, reason: 'changed my mind' },
      'outbox.retry': { jobId: crypto.randomUUID() },
    }
    // What a clerk may not call at all is refused before its input is looked at.
    const forClerks = ({ access }: (typeof commands)[CommandName]) =>
      access === 'public' || (access as readonly string[]).includes('clerk')
    const names = commandNames.filter(
      (name) => !name.startsWith('session.') && name !== 'app.setLanguage' && forClerks(commands[name]),
    )
    const before = await everythingStored()
    const bad = fc.oneof(
      fc.constant(null),
      fc.constant([]),
      fc.string(),
      fc.integer({ max: -1 }),
      fc.constant({ $gt: '' }),
      fc.constant('x'.repeat(5000)),
      fc.constant(Number.NaN),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.string({ minLength: 1 }), bad, async (name, key, value) => {
        const seed = seeds[name] ?? { caseId: draft.case.caseId }
        const fields = Object.keys(seed)
        // One field broken, one field too many: neither may get past the schema of any command.
        const broken = { ...seed, [fields[key.length % fields.length]!]: value, [`unknown-${key}`]: value }
        const result = await counter.raw(name, broken)
        expect(result.ok).toBe(false)
        if (result.ok) return
        expect(result.error.code).toBe('request.malformed')
        expect(result.error.field).toBeTruthy()
        expect(JSON.stringify(result)).not.toMatch(/\.ts:\d+|at Object|node_modules/)
      }),
      { numRuns: 300 },
    )
    expect(await everythingStored()).toBe(before)
  })

  test('whatever arrives as input, the answer is a value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...commandNames), fc.anything(), async (name, input) => {
        if (name === 'session.signOut') return
        const result = await counter.raw(name, input)
        expect(typeof result.ok).toBe('boolean')
        if (!result.ok) expect(result.error.code).not.toBe('service.internal')
      }),
      { numRuns: 200 },
    )
  })
})
