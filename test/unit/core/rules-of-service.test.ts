import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RulePack } from '../../../src/shared/domain/rules/rule-pack.ts'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { preCheckedCase, signIn } from '../../support/core/counter-steps.ts'
import { doubleAccount, premiumAgreement } from '../../support/core/double-data.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'
import { createRuleSigner, fewPacks, type SignedPack, signer } from '../../support/signed-rules.ts'

let service: ServiceDouble
let counter: Counter

beforeEach(async () => {
  service = await startServiceDouble()
  counter = await openCounter(service.url)
})
afterEach(async () => {
  await counter.close()
  await service.close()
})

const nation = fewPacks.find(({ id }) => id === 'cn')!
/** The nation's rules from today on under another version, which says something about late fees. */
function nextNation(version: string, ratePerDay = '0.002'): RulePack {
  const sections = nation.sections as Record<string, object>
  return {
    ...nation,
    version,
    validFrom: '2026-08-01' as RulePack['validFrom'],
    sections: { ...sections, lateFee: { ...sections.lateFee, ratePerDay } },
  }
}
const version = async () => (await counter.done('app.view')).rulesVersion
const codes = async () => (await counter.done('desk.view')).attention.map((line) => line.code)
const audited = async (action: string) =>
  (await counter.store.query<{ details: string }>('SELECT details FROM audit WHERE action = ?', [action])).map(
    ({ details }) => JSON.parse(details) as Record<string, unknown>,
  )

test('come with the enrolment, and are there again after a restart without the service', async () => {
  expect(await version()).toBeUndefined()
  await counter.done('device.enrol', { enrolmentCode: 'GOOD-CODE' })
  expect(await version()).toBe(nation.version)
  expect((await counter.done('app.view')).rulesPublishedAt).toBe(1_790_000_000_000)
  expect(await audited('rules.adopted')).toMatchObject([{ packs: fewPacks.length }])
  await service.close()
  counter = await counter.reopen()
  expect(await version()).toBe(nation.version)
  service = await startServiceDouble()
})

test('a case says plainly that they are not there yet, and is priced as soon as they are', async () => {
  service.state.account = (msisdn) => ({ ...doubleAccount(msisdn), agreements: [premiumAgreement] })
  let silent = true
  service.state.intercept = (route) => (silent && route.startsWith('/v1/rule-packs') ? 'cut' : undefined)
  await signIn(counter)
  const view = await preCheckedCase(counter)
  expect(view.progress.quotes[0]!.error?.code).toBe('quote.noPack')
  expect(await codes()).toContain('rulesMissing')
  silent = false
  service.publishRules()
  const { caseId } = view.case
  await until(async () => (await counter.done('case.view', { caseId })).progress.quotes[0]!.quote)
  expect(await codes()).not.toContain('rulesMissing')
  expect(counter.events.some((event) => event.name === 'rules.changed')).toBe(true)
})

test('arrive while the counter waits for changes, and the versions before them stay', async () => {
  await signIn(counter)
  service.publishRules(await signer.sign(nextNation('2026-08')))
  await until(async () => (await version()) === '2026-08')
  const kept = await counter.store.query('SELECT version FROM rule_pack WHERE pack_id = ?', ['cn'])
  expect(kept).toHaveLength(2)
})

test('reach a counter that was enrolled before there were keys', async () => {
  service.state.ruleKeys = []
  service.state.rulePacks = []
  await counter.done('device.enrol', { enrolmentCode: 'GOOD-CODE' })
  expect(await version()).toBeUndefined()
  service.state.ruleKeys = [signer.key]
  service.publishRules(await signer.sign(nation))
  await counter.done('session.signIn', { staffId: '100', password: 'right' })
  await until(async () => (await version()) === nation.version)
})

/** What a set may hold instead of the pack it lists. */
const tampered: Record<string, (honest: SignedPack) => Promise<SignedPack>> = {
  'a changed figure': async ({ listed, jws }) => {
    const [head, payload, signature] = jws.split('.')
    const text = Buffer.from(payload!, 'base64url').toString().replace('0.002', '0.001')
    return { listed, jws: `${head}.${Buffer.from(text).toString('base64url')}.${signature}` }
  },
  'the signature of a stranger': async ({ listed }) => ({
    listed,
    jws: (await (await createRuleSigner()).sign(nextNation('2026-08'))).jws,
  }),
  'another version than it lists': async (honest) => ({
    listed: { ...honest.listed, version: '2026-09' },
    jws: honest.jws,
  }),
  'an earlier first day than it lists': async (honest) => ({
    listed: { ...honest.listed, validFrom: '2026-07-31' as never },
    jws: honest.jws,
  }),
  'another pack under its name': async ({ listed }) => ({ listed, jws: (await signer.sign(nextNation('x'))).jws }),
  'words from a later version of the program': () =>
    signer.sign({ ...nextNation('2026-08'), sections: { horoscopes: [] } } as never),
}

for (const [what, tamper] of Object.entries(tampered))
  test(`are refused as a whole with ${what}: reported, set aside, and the rules before stay in force`, async () => {
    await signIn(counter)
    const good = await signer.sign({ ...fewPacks.find(({ id }) => id === 'cn-ctcc')!, version: 'good' })
    service.publishRules(good, await tamper(await signer.sign(nextNation('2026-08'))))
    await until(async () => (await codes()).some((code) => code.startsWith('rulesRefused.')))
    expect(await version()).toBe(nation.version)
    const kept = await counter.store.query<{ version: string }>('SELECT version FROM rule_pack')
    expect(kept.map((row) => row.version)).not.toContain('good')
    expect(await audited('rules.refused')).toHaveLength(1)
    expect(await counter.store.query('SELECT code FROM rule_refusal')).toHaveLength(1)
    counter = await counter.reopen()
    expect((await codes()).some((code) => code.startsWith('rulesRefused.'))).toBe(true)

    // Put right at the service, the next answer brings them.
    service.state.rulePacks = service.state.rulePacks.slice(0, -1)
    service.publishRules(await signer.sign(nextNation('2026-08')))
    await until(async () => (await version()) === '2026-08')
    expect((await codes()).some((code) => code.startsWith('rulesRefused.'))).toBe(false)
  })

test('an older list replayed takes nothing away, and a version with another content takes nothing over', async () => {
  await signIn(counter)
  const older = service.state.rulePacks
  service.publishRules(await signer.sign(nextNation('2026-08')))
  await until(async () => (await version()) === '2026-08')
  service.state.rulePacks = older
  service.publishRules()
  await until(() => service.state.returnedPacks.length > 0)
  expect(await version()).toBe('2026-08')
  expect(service.state.returnedPacks).toEqual([(await signer.sign(nextNation('2026-08'))).jws])

  service.publishRules(await signer.sign(nextNation('2026-08', '0.0001')))
  await until(async () => (await codes()).includes('rulesRefused.differs'))
  expect(await version()).toBe('2026-08')
})

test('a new key is believed when an earlier one vouches for it', async () => {
  await signIn(counter)
  const stranger = await createRuleSigner()
  service.state.ruleKeys = [signer.key, stranger.key]
  service.publishRules(await stranger.sign(nextNation('2026-08')))
  await until(async () => (await codes()).includes('rulesRefused.signature'))
  expect(await version()).toBe(nation.version)
})

test('what was changed in the store is set aside at the next start and fetched again', async () => {
  await signIn(counter)
  await counter.store.transaction(async (tx) =>
    tx.run("UPDATE rule_pack SET jws = replace(jws, '.', 'A.') WHERE pack_id = 'cn'"),
  )
  counter = await counter.reopen()
  expect(counter.logged.map((line) => line.code)).toContain('rules.setAside')
  await until(async () => (await version()) === nation.version)
  expect(await audited('rules.refused')).toHaveLength(1)
})
