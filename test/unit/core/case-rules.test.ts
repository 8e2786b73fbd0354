import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Counter, openCounter, remoteNumber } from '../../support/core/core-harness.ts'
import { preCheckedCase, signIn } from '../../support/core/counter-steps.ts'
import { doubleAccount, holderDocument, premiumAgreement, tinyPng } from '../../support/core/double-data.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let service: ServiceDouble
let counter: Counter
let last = 100

beforeAll(async () => {
  service = await startServiceDouble()
  counter = await openCounter(service.url)
  await signIn(counter)
})
afterAll(async () => {
  await counter.close()
  await service.close()
})
beforeEach(() => {
  last += 1
  service.state.account = doubleAccount
  service.state.blockers = []
  service.state.faceOutcome = 'match'
  service.state.intercept = undefined
})

const withPremium = (msisdn: string) => ({
  ...doubleAccount(msisdn),
  number: { ...doubleAccount(msisdn).number, premium: true },
  agreements: [premiumAgreement],
})
const code = (result: { ok: boolean; error?: { code: string; field?: string } }) =>
  result.ok ? 'ok' : `${result.error!.code}${result.error!.field ? ` ${result.error!.field}` : ''}`

describe('the number', () => {
  test.each([
    ['1393510', 'number.malformed msisdn'],
    ['1410000000000', 'number.iot msisdn'],
    ['70012345678', 'number.privacy msisdn'],
    ['12000000000', 'number.unknownPrefix msisdn'],
  ])('%s is refused with its reason', async (msisdn, expected) => {
    expect(code(await counter.call('case.open', { msisdn }))).toBe(expected)
  })

  test('one open case per number, and it is named', async () => {
    const { case: first } = await counter.done('case.open', { msisdn: remoteNumber(last) })
    const again = await counter.call('case.open', { msisdn: `+86 ${remoteNumber(last)}` })
    expect(again).toMatchObject({ error: { code: 'case.alreadyOpen', params: { caseNumber: first.caseNumber } } })
    await counter.done('case.abandon', { caseId: first.caseId, reason: 'customer left' })
    const { case: second } = await counter.done('case.open', { msisdn: remoteNumber(last) })
    expect(second.caseNumber > first.caseNumber).toBe(true)
    expect(second.caseNumber).toMatch(/^SZT1-\d{4}-\d{5}$/)
  })

  test('two calls at once open one case', async () => {
    const both = await Promise.all([1, 2].map(() => counter.call('case.open', { msisdn: remoteNumber(last) })))
    expect(both.map(code).sort()).toEqual(['case.alreadyOpen msisdn', 'ok'])
  })

  test('the network may be down: the draft opens, and the query says so in a value', async () => {
    const { case: case_ } = await counter.done('case.open', { msisdn: remoteNumber(last) })
    service.state.intercept = () => 'cut'
    expect(code(await counter.call('case.queryNumber', { caseId: case_.caseId }))).toBe('connection.offline')
    service.state.intercept = () => ({ status: 503, body: {}, headers: { 'retry-after': '7' } })
    const busy = await counter.call('case.queryNumber', { caseId: case_.caseId })
    expect(busy).toMatchObject({ error: { code: 'connection.busy', params: { seconds: 7 } } })
    service.state.intercept = undefined
    expect((await counter.done('case.queryNumber', { caseId: case_.caseId })).case.number?.maskedName).toBe('**明')
  })
})

describe('document and proof', () => {
  test('a wrong check digit is refused and nothing is saved', async () => {
    const { case: case_ } = await counter.done('case.open', { msisdn: remoteNumber(last) })
    const document = { ...holderDocument, identificationId: '110105194912310021' }
    expect(code(await counter.call('case.saveDocument', { caseId: case_.caseId, document }))).toBe(
      'document.checkDigit identificationId',
    )
    expect((await counter.done('case.view', { caseId: case_.caseId })).case.document).toBeUndefined()
  })

  test('no proof without portrait, and none without a factor', async () => {
    const { case: case_ } = await counter.done('case.open', { msisdn: remoteNumber(last) })
    const { caseId } = case_
    expect(code(await counter.call('case.prove', { caseId, servicePassword: '1' }))).toBe('document.missing')
    await counter.done('case.saveDocument', { caseId, document: { ...holderDocument } })
    expect(code(await counter.call('case.prove', { caseId, servicePassword: '1' }))).toBe('proof.portraitMissing')
    expect(code(await counter.call('case.capture', { caseId, kind: 'portrait' }))).toBe('picture.noStation')
    const broken = { mediaType: 'image/png', contentBase64: tinyPng.slice(0, -12) } as const
    expect(code(await counter.call('case.capture', { caseId, kind: 'portrait', file: broken }))).toBe(
      'picture.unreadable',
    )
    const file = { mediaType: 'image/png', contentBase64: tinyPng } as const
    await counter.done('case.capture', { caseId, kind: 'portrait', file })
    expect(code(await counter.call('case.prove', { caseId }))).toBe('proof.factorMissing')
    expect(code(await counter.call('case.prove', { caseId, servicePassword: '000000' }))).toBe('proof.passwordWrong')
    expect(code(await counter.call('case.preCheck', { caseId }))).toBe('proof.missing')
    expect((await counter.done('case.prove', { caseId, servicePassword: '1' })).case.proof?.holderName).toBe('王小明')
  })

  test('another person on the document voids proof, pre-check and decisions', async () => {
    service.state.account = withPremium
    const { case: case_ } = await settledCaseWithoutPayment()
    const { case: changed } = await counter.done('case.saveDocument', {
      caseId: case_.caseId,
      document: { ...holderDocument, name: '王大明' },
    })
    expect([changed.proof, changed.preCheck]).toEqual([undefined, undefined])
    expect([changed.choices, changed.approvals]).toEqual([[], []])
  })

  test('an expired proof must be renewed before the pre-check', async () => {
    const { case: case_ } = await preCheckedCase(counter, last)
    counter.clock.shift(1_801_000)
    try {
      expect(code(await counter.call('case.preCheck', { caseId: case_.caseId }))).toBe('proof.expired')
    } finally {
      counter.clock.shift(-1_801_000)
    }
  })
})

async function settledCaseWithoutPayment() {
  const view = await preCheckedCase(counter, last)
  const { caseId } = view.case
  for (const agreement of view.case.preCheck!.account.agreements)
    await counter.done('case.chooseAgreement', { caseId, agreementId: agreement.id, option: 'terminate' })
  return counter.done('case.view', { caseId })
}

describe('agreements and approvals', () => {
  test('the premium number comes out as 18,388.50 and needs a second person before money is taken', async () => {
    service.state.account = withPremium
    const { case: case_ } = await preCheckedCase(counter, last)
    const { caseId } = case_
    const pay = () => counter.call('case.takePayment', { caseId, method: 'cash', amountFen: 1_838_850 as never })
    expect(code(await pay())).toBe('case.incomplete')
    await counter.done('case.chooseAgreement', { caseId, agreementId: 'A-1', option: 'terminate' })
    expect(await pay()).toMatchObject({ error: { code: 'approval.missing', params: { subject: 'premiumNumber' } } })
    const approver = { staffId: '100', password: 'right' }
    const request = { caseId, subject: 'premiumNumber', reason: 'in order' } as const
    expect(code(await counter.call('case.approve', { ...request, approver }))).toBe(
      'approval.samePerson approver.staffId',
    )
    const wrong = { staffId: '200', password: 'wrong' }
    expect(code(await counter.call('case.approve', { ...request, approver: wrong }))).toBe('approval.credentials')
    await counter.done('case.approve', { ...request, approver: { staffId: '200', password: 'right' } })
    expect(code(await counter.call('case.approve', { ...request, approver: wrong }))).toBe('approval.notNeeded subject')
    const { progress } = await counter.done('case.view', { caseId })
    expect(progress.settlement?.payableFen).toBe(1_838_850)
    expect(code(await pay())).toBe('ok')
  })

  test('a waiver is no larger than the penalty, and a new decision voids it', async () => {
    service.state.account = withPremium
    const { case: case_ } = await preCheckedCase(counter, last)
    const { caseId } = case_
    const choose = (requestedWaiverFen?: number) =>
      counter.call('case.chooseAgreement', {
        caseId,
        agreementId: 'A-1',
        option: requestedWaiverFen ? 'waiver' : 'terminate',
        ...(requestedWaiverFen ? { requestedWaiverFen: requestedWaiverFen as never } : {}),
      })
    expect(code(await choose(1_838_851))).toBe('waiver.tooLarge requestedWaiverFen')
    await choose(838_850)
    const approver = { staffId: '200', password: 'right' }
    await counter.done('case.approve', { caseId, subject: 'waiver', agreementId: 'A-1', reason: 'goodwill', approver })
    expect((await counter.done('case.view', { caseId })).progress.settlement?.payableFen).toBe(1_000_000)
    await choose()
    expect((await counter.done('case.view', { caseId })).progress.settlement?.payableFen).toBe(1_838_850)
  })

  test('a finding is noted once, and only one the pre-check made', async () => {
    service.state.blockers = [{ code: 'CONTRACT_PREMIUM', params: {} }]
    const { case: case_ } = await preCheckedCase(counter, last)
    const { caseId } = case_
    expect(code(await counter.call('case.acknowledge', { caseId, code: 'STATE_LOST', reason: 'told' }))).toBe(
      'case.blockerUnknown code',
    )
  })

  test('a pre-check that finds something else voids what was decided on the first', async () => {
    service.state.account = withPremium
    const { case: case_ } = await settledCaseWithoutPayment()
    const { caseId } = case_
    const same = await counter.done('case.preCheck', { caseId })
    expect(same.case.choices).toHaveLength(1)
    service.state.account = (msisdn) => ({
      ...withPremium(msisdn),
      agreements: [{ ...premiumAgreement, terms: { ...premiumAgreement.terms, percent: 20 } }],
    })
    expect((await counter.done('case.preCheck', { caseId })).case.choices).toHaveLength(0)
  })
})
