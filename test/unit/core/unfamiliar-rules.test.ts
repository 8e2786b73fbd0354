import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkPacks } from '../../../src/shared/domain/rules/check/check-packs.ts'
import { rulePackSchema } from '../../../src/shared/domain/rules/rule-pack.ts'
import { type Counter, openCounter } from '../../support/core/core-harness.ts'
import { preCheckedCase, sign, signIn } from '../../support/core/counter-steps.ts'
import { doubleAccount, premiumAgreement } from '../../support/core/double-data.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'
import { signer } from '../../support/signed-rules.ts'

/*
 * A pack written from docs/guide/rule-packs.md alone, with shapes no shipped pack uses: tiers with a floor and a cap, a statutory
 * alternative, a price that grows with use, one that falls by the day, a hard block until gifted credit is used up.
 */
const shipped = new URL('../../../resources/rule-packs/', import.meta.url)
const written = new URL('../../fixtures/rule-packs/', import.meta.url)
const textsOf = (folder: URL) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ name: file, text: readFileSync(new URL(file, folder), 'utf8') }))
const name = 'cn-ctcc-14@2026-10.json'

let service: ServiceDouble
let counter: Counter
beforeAll(async () => {
  service = await startServiceDouble()
  const pack = rulePackSchema.parse(JSON.parse(readFileSync(new URL(name, written), 'utf8')))
  service.publishRules(await signer.sign(pack))
  counter = await openCounter(service.url)
  await signIn(counter)
})
afterAll(async () => {
  await counter.close()
  await service.close()
})

function agreement(id: string, agreementType: string, terms: Record<string, number>) {
  return { ...premiumAgreement, id, agreementType, name: id, terms }
}

test('the check has nothing against it', { timeout: 60_000 }, () => {
  expect(checkPacks([...textsOf(shipped), ...textsOf(written)]).findings).toEqual([])
})

test('a case under it shows both rules, charges the lower one, and goes to the signature', async () => {
  service.state.account = (msisdn) => ({
    ...doubleAccount(msisdn),
    agreements: [premiumAgreement, agreement('grows', 'MIN_SPEND', { monthlyGuaranteeFen: 5900 })],
  })
  let view = await preCheckedCase(counter, 1)
  const { caseId } = view.case
  const [premium, growing] = view.progress.quotes.map(({ quote }) => quote!)
  expect(premium).toMatchObject({
    ruleId: 'premium-law',
    amountFen: 358800,
    chosenBy: 'lowest',
    packVersion: '2026-10',
  })
  expect(premium!.alternatives).toMatchObject([{ ruleId: 'premium', amountFen: 800000 }])
  expect(premium!.alternatives[0]!.steps[1]!.tier).toMatchObject({ by: 'elapsedMonths' })
  expect(growing).toMatchObject({ grows: true, amountFen: 12000 })
  expect(view.outlook['A-1']!.free!.on).toBe('2033-12-01')
  for (const agreementId of ['A-1', 'grows'])
    await counter.done('case.chooseAgreement', { caseId, agreementId, option: 'terminate' })
  view = await counter.done('case.view', { caseId })
  expect(view.progress.settlement!.lines.map(({ amountFen }) => amountFen)).toEqual([358800, 12000])
  for (const { subject, granted } of view.progress.approvalsNeeded)
    if (!granted)
      await counter.done('case.approve', {
        caseId,
        subject,
        reason: 'in order',
        approver: { staffId: '200', password: 'right' },
      })
  await counter.done('case.saveSettlement', {
    caseId,
    contact: { name: '李四', phone: '13800138000' as never },
    disconnectReason: 'moved',
  })
  const { html } = await counter.done('case.acceptance', { caseId })
  for (const words of ['不超过十二个月', '8,000.00', '几条规则都适用，收取其中对客户最低的', '推定'])
    expect(html).toContain(words)
  await counter.done('case.takePayment', { caseId, method: 'cash', amountFen: 370800 as never })
  expect((await sign(counter, caseId)).case.signature?.signedTotalFen).toBe(370800)
})

test('gifted credit that is not used up holds the agreement, with the day; nothing is chosen or charged', async () => {
  service.state.account = (msisdn) => ({
    ...doubleAccount(msisdn),
    agreements: [agreement('gift', 'PREPAY_GIFT_CREDIT', { remainingGiftFen: 2500, giftPerMonthFen: 1000 })],
  })
  const { case: case_, progress, outlook } = await preCheckedCase(counter, 2)
  const { hold } = progress.quotes[0]!.quote!
  expect(hold!.reason.zh).toContain('还没有用完')
  expect(hold!.until).toMatch(/-01$/)
  expect(outlook.gift!.free!.on).toBe(hold!.until)
  expect(progress.missing.find(({ code }) => code === 'hold')).toMatchObject({
    severity: 'stops',
    params: { until: hold!.until },
  })
  const choice = { caseId: case_.caseId, agreementId: 'gift', option: 'terminate' } as const
  expect(await counter.call('case.chooseAgreement', choice)).toMatchObject({ error: { code: 'quote.held' } })
  expect((await counter.call('case.chooseAgreement', { ...choice, option: 'keep' })).ok).toBe(true)
  expect((await counter.done('case.postpone', { caseId: case_.caseId })).case.postponed!.until).toBe(hold!.until)
})
