import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../../service/src/database/handle.ts'
import { openDatabase } from '../../../service/src/database/open-database.ts'
import { revokeRuleKey } from '../../../service/src/rule-packs/change-rule-keys.ts'
import type { SigningKey } from '../../../service/src/rule-packs/rule-keys.ts'
import { canonicalPack, signPack } from '../../../service/src/rule-packs/signed-pack.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { createHttpCaptureStation } from '../../../src/main/devices/capture/http-capture-station.ts'
import { instant, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type { PenaltyRule } from '../../../src/shared/domain/penalty-rule.ts'
import { checkedCase, signedCase } from '../../support/core/accept-case.ts'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { createCounterClient } from '../../support/counter-client.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'
import { shippedPacks } from '../../support/shipped-rules.ts'

/*
 * The private key that signs rules has become known to a thief, who has a counter of another store as well and brings a pack of their
 * own through the way back for rules a service has forgotten. The operator revokes the key.
 */

import { preparePgliteFolder } from '../../support/pglite.ts'

let world: OutsideWorld
let service: RunningService
let counter: Counter
let folder: string
const database = () => ({ kind: 'pglite' as const, folder })
const clock = { now: () => instant(Date.now()) }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revoked-'))
  await preparePgliteFolder(folder)
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  service = await startServiceOn(world, database())
  counter = await openCounter(service.url, { captureStation: createHttpCaptureStation(world.simulators.urls.capture) })
  await counter.done('device.enrol', { enrolmentCode: 'HQB3-7K2M-9QXT' })
  await counter.done('session.signIn', { staffId: '100217', password: 'counter-trial-217' })
})
afterAll(async () => {
  await counter?.close()
  await service?.close()
  await world?.close()
  await rm(folder, { recursive: true, force: true })
})

/** The operator at the stopped service's database; `meanwhile` looks at the counter before the service is back. */
async function whileStopped<T>(work: (db: Database) => Promise<T>, meanwhile = async () => {}): Promise<T> {
  const port = Number(new URL(service.url).port)
  await service.close()
  const opened = await openDatabase(database() as never)
  let done: T
  try {
    done = await work(opened.db)
  } finally {
    await opened.close()
  }
  await meanwhile()
  service = await startServiceOn(world, database(), { port })
  return done
}

/** The nation's rules from today on, by which a premium number costs a thirtieth. */
function forgedNation() {
  const nation = shippedPacks.find(({ id }) => id === 'cn')!
  const sections = structuredClone(nation.sections) as { penaltyRules: PenaltyRule[] }
  const premium = sections.penaltyRules.find(({ id }) => id === 'premium')!
  for (const step of premium.steps)
    if (step.expression?.includes("'30'")) step.expression = step.expression.replace("'30'", "'1'")
  return { ...nation, version: 'forged', validFrom: shanghaiDate(clock.now()), sections }
}

test('a revoked key: the forged pack is set aside, open cases are priced anew, and what was signed stays payable', async () => {
  const key = await whileStopped((db) =>
    db.selectFrom('rule_key').select(['key_id', 'x', 'd']).executeTakeFirstOrThrow(),
  )
  const signed = await signedCase(counter, world, 'premium')
  const { view, caseId } = await checkedCase(counter, world, 'premium')
  const quoteOf = async () => (await counter.done('case.view', { caseId })).progress.quotes[0]!
  const genuine = view.progress.quotes[0]!.quote!.amountFen
  expect(genuine).toBeGreaterThan(0)

  // The thief strikes before anybody knows.
  const rogue = await createCounterClient(service.url)
  await rogue.enrol('CXL1-2H6K-8MNQ')
  const jws = await signPack(canonicalPack(forgedNation()), key as SigningKey, Date.now())
  expect(await rogue.post('returnPacks', { packs: [jws] })).toMatchObject({ value: { restored: 1 } })
  await until(async () => (await quoteOf()).quote!.amountFen < genuine)
  const stolen = (await quoteOf()).quote!
  // Nothing was chosen yet, but the figure had been read out.
  expect((await quoteOf()).changed).toEqual({ fromFen: genuine, because: 'rulesBeforeChoice' })
  expect(stolen.packs).toContainEqual({ id: 'cn', version: 'forged' })
  await counter.done('case.chooseAgreement', { caseId, agreementId: stolen.agreementId, option: 'terminate' })

  // A counter that has not heard goes on with what it has.
  const { withdrawn } = await whileStopped(
    (db) => revokeRuleKey(db, clock, key.key_id, 'test'),
    async () => expect((await quoteOf()).quote!.amountFen).toBe(stolen.amountFen),
  )
  expect(withdrawn).toEqual(['cn forged'])

  // It hears, takes the genuine ones under the new key, and tells the clerk that the figure is another.
  await until(async () => (await quoteOf()).quote!.amountFen === genuine)
  expect((await quoteOf()).changed).toEqual({ fromFen: stolen.amountFen, because: 'rules' })
  expect(await counter.store.query('SELECT pack_id, version, code FROM rule_refusal')).toEqual([
    { pack_id: 'cn', version: 'forged', code: 'rules.revoked' },
  ])
  const kept = await counter.store.query<{ version: string }>('SELECT version FROM rule_pack')
  expect(kept).toHaveLength(shippedPacks.length)
  const audit = await counter.store.query<{ action: string }>('SELECT action FROM audit')
  expect(audit.map(({ action }) => action)).toEqual(expect.arrayContaining(['rules.keyRevoked', 'rules.refused']))

  // The thief goes on signing: neither the service nor the counter takes it, nor does a counter that starts anew.
  const again = await signPack(canonicalPack({ ...forgedNation(), version: 'again' }), key as SigningKey, Date.now())
  expect(await rogue.post('returnPacks', { packs: [again] })).toMatchObject({ value: { restored: 0 } })
  counter = await counter.reopen()
  expect((await quoteOf()).quote!.amountFen).toBe(genuine)
  await counter.done('session.signIn', { staffId: '100217', password: 'counter-trial-217' })

  // Signed before anything happened, sent after the revocation.
  expect((await counter.done('case.view', { caseId: signed.caseId })).progress.missing).toEqual([])
  await counter.done('case.submit', { caseId: signed.caseId })
  const stage = async () => (await counter.done('case.view', { caseId: signed.caseId })).order?.stage
  await expect.poll(stage, { timeout: 30_000, interval: 100 }).toBe('deactivated')
})
