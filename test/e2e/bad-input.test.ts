import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type CounterWindow, enterDocument, takePictures } from '../../scripts/demo/counter-window.ts'
import type { ErrorCode } from '../../src/shared/contract/errors.ts'
import type { Result } from '../../src/shared/domain/result.ts'
import type { MessageKey, MessageParams } from '../../src/shared/i18n/translate.ts'
import { emptySegment, numberOfNobody, segmentOf, wrongIdNumbers } from '../support/e2e/odd-numbers.ts'
import { type Counter, clerk, openCounter, ownProvince, signInAs } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase } from '../support/e2e/prepare-case.ts'
import { knock, changesNothing as nothingChanges, refusedWith } from '../support/e2e/refusals.ts'
import { contactPhone, enterOneOf, tabTo } from '../support/e2e/walk.ts'
import { typedDocument } from '../support/typed-document.ts'

let counter: Counter
let window: CounterWindow

beforeAll(async () => {
  counter = await openCounter()
  window = counter.window
  await signInAs(window, clerk)
})
afterAll(() => counter?.close())
beforeEach(() => counter.toDesk(window))
keepPicturesOfFailures(() => counter)

const changesNothing = (work: () => Promise<void>) => nothingChanges(counter, work)
const says = (code: ErrorCode, params?: MessageParams) => window.reads(`error.${code}` as MessageKey, params)

describe('numbers', () => {
  test.each<[string, string, ErrorCode, MessageParams]>([
    ['too short', '13912', 'number.malformed', {}],
    ['of a thing', '1440012345678', 'number.iot', {}],
    ['of a satellite', '13491234567', 'number.satellite', {}],
    ['with a prefix nobody has', '16012345678', 'number.unknownPrefix', { prefix: '160' }],
    ['of a segment nobody knows', `${emptySegment}1234`, 'number.unknownSegment', { segment: emptySegment }],
    ['of the own province', `${segmentOf(ownProvince)}1234`, 'number.notRemote', {}],
  ])('a number %s is refused with its sentence', async (_what, typed, code, params) => {
    await changesNothing(async () => {
      await window.press('F2', 'Control+a')
      await window.type(typed)
      await window.press('Enter')
      await says(code, params)
      expect(window.page.url()).toContain('#/desk')
    })
    await window.press('Escape')
  })

  test('a number that has a case leads to that case instead of a second one', async () => {
    const person = await counter.next('clean')
    const open = await prepareCase(counter, person, 'opened')
    await changesNothing(async () => {
      await window.press('F2', 'Control+a')
      await window.type(person.msisdn)
      await window.press('Enter')
      await says('case.alreadyOpen', { caseNumber: open.case.caseNumber })
      await window.enter('desk.openExisting', { caseNumber: open.case.caseNumber })
      await window.reads('case.stub.heading', { caseNumber: open.case.caseNumber })
    })
  })

  test('a number that the home province does not know is said to be unknown', async () => {
    const { msisdn } = await counter.next('clean')
    await window.press('F2')
    await window.type(await numberOfNobody(counter.stack.simulators.directory, msisdn.slice(0, 7)))
    await window.press('Enter')
    await says('number.notFound')
    await window.enter('case.deed.queryNumber')
    await says('number.notFound')
  })
})

describe('documents', () => {
  test('each wrong entry is named beside its field and nothing of it is saved', async () => {
    const person = await counter.next('clean')
    const { page } = window
    const { caseId } = (await prepareCase(counter, person, 'opened')).case
    await showCase(counter, window, caseId)
    await window.press('F3')
    await page.locator('input[name="identificationId"]').waitFor()
    const { identificationId: id, name } = person.person
    await tabTo(window, 'input[name="identificationId"]')
    await changesNothing(async () => {
      // A card with a chip that is typed for no reason is not taken either: the choice takes the focus.
      await window.type(id)
      await window.press('Tab')
      await window.type(name)
      await window.press('Tab', 'Tab', 'Tab', 'Tab', 'Space')
      await window.press('Enter', 'Enter')
      await window.reads('case.identity.needReason')
      await window.press('4', 'Enter', 'Enter')
      await window.reads('case.identity.needNote')
      await tabTo(window, '[data-manual-reason] input', 'Shift+Tab')
      await window.press('1')
      await window.saysNoMore('case.identity.needReason')
      await tabTo(window, 'input[type="checkbox"]', 'Shift+Tab')
      await window.press('Space')
      await tabTo(window, 'input[name="name"]', 'Shift+Tab')
      await window.press('Control+a', 'Delete')
      for (const [typed, code, params] of wrongIdNumbers(id, new Date().getFullYear())) {
        await tabTo(window, 'input[name="identificationId"]', 'Shift+Tab')
        await window.press('Control+a')
        await window.type(typed)
        await window.press('Tab')
        await says(code, params)
        // Insisting does not help: the field takes the focus again.
        await window.type(name)
        await window.press('Tab', 'Tab', 'Tab', 'Tab', 'Space')
        await window.enter('case.deed.saveDocument')
        await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'identificationId')
        await says(code, params)
        await tabTo(window, 'input[type="checkbox"]')
        await window.press('Space')
        await tabTo(window, 'input[name="name"]', 'Shift+Tab')
        await window.press('Control+a', 'Delete')
      }
    })
    await changesNothing(async () => {
      await tabTo(window, 'input[name="identificationId"]', 'Shift+Tab')
      await window.press('Control+a')
      await window.type(id)
      await tabTo(window, 'input[name="name"]')
      await window.type(name)
      await tabTo(window, 'input[name="validTo"]')
      await window.type('20200101')
      await window.enter('case.deed.saveDocument')
      await says('document.expired', { date: '2020-01-01' })
      await window.press('Control+a')
      await window.type('20300231')
      await window.enter('case.deed.saveDocument')
      await window.reads('case.identity.dateMalformed')
    })
  })

  test('the core refuses the same, whoever asks', async () => {
    const expired = await counter.next('expired-document')
    const minor = await counter.next('minor')
    const { caseId } = (await counter.done('case.open', { msisdn: expired.msisdn })).case
    await changesNothing(async () => {
      refusedWith(
        await counter.ask('case.saveDocument', { caseId, document: typedDocument(expired) }),
        'document.expired',
      )
      refusedWith(await counter.ask('case.saveDocument', { caseId, document: typedDocument(minor) }), 'document.minor')
    })
  })
})

describe('proof', () => {
  test('a wrong password is counted down until the number is locked, and proves nothing', async () => {
    const person = await counter.next('clean')
    const { caseId } = (await prepareCase(counter, person, 'photographed')).case
    await showCase(counter, window, caseId)
    await window.page.locator('input[name="servicePassword"]').waitFor()
    await changesNothing(async () => {
      for (const left of [5, 4, 3, 2, 1]) {
        await tabTo(window, 'input[name="servicePassword"]')
        await window.type('000000' === person.servicePassword ? '111111' : '000000')
        await window.enter('case.deed.prove')
        await says('proof.passwordWrong', { left })
      }
      await tabTo(window, 'input[name="servicePassword"]')
      await window.type('999999')
      await window.enter('case.deed.prove')
      await says('proof.locked', { minutes: 60 })
      // From here on the right password does not help either.
      refusedWith(await counter.ask('case.prove', { caseId, servicePassword: person.servicePassword }), 'proof.locked')
    })
  })

  test('an impostor is told apart by the face; the holder goes on with a new portrait', async () => {
    const [person, impostor] = [await counter.next('clean'), await counter.next('clean')]
    const { caseId } = (await prepareCase(counter, person, 'documented')).case
    await showCase(counter, window, caseId)
    await counter.control({ counter: { person: impostor.msisdn } })
    await takePictures(window)
    await window.page.locator('input[name="servicePassword"]').waitFor()
    await changesNothing(async () => {
      await window.type(person.servicePassword)
      await window.enter('case.deed.prove')
      await says('proof.faceMismatch')
      expect(await window.page.getByText(/\{\w+\}/).count()).toBe(0)
    })
    await counter.control({ counter: { person: 'auto' } })
    await window.enter('case.deed.retakePortrait')
    await window.enter('case.deed.prove')
    await window.reads('case.identity.proved')
  })

  test('a name that differs from the home province leads back to the document', async () => {
    const person = await counter.next('clean')
    const other = { ...person, person: { ...person.person, name: `${person.person.name}明` } }
    const { caseId } = (await prepareCase(counter, person, 'opened')).case
    await showCase(counter, window, caseId)
    await window.press('F3')
    await enterDocument(window, other)
    await takePictures(window)
    await window.page.locator('input[name="servicePassword"]').waitFor()
    await changesNothing(async () => {
      await window.type(person.servicePassword)
      await window.enter('case.deed.prove')
      await says('proof.nameMismatch')
    })
    await window.enter('case.identity.edit')
    await window.page.locator('input[name="identificationId"]').waitFor()
  })
})

describe('money', () => {
  test('a refund to somebody else and the number itself as contact are refused', async () => {
    const person = await counter.next('prepaid-refund')
    const { caseId } = (await prepareCase(counter, person, 'checked')).case
    const { page } = window
    await showCase(counter, window, caseId)
    await window.press('F6')
    await page.locator('input[name="refund.account"]').waitFor()
    await changesNothing(async () => {
      await tabTo(window, 'input[name="refund.account"]')
      await window.type('6222021234567890128')
      await window.press('Tab', 'Control+a')
      await window.type('王不是机主')
      await tabTo(window, 'input[name="contact.phone"]')
      await window.type(contactPhone)
      await window.press('Tab', 'Tab', '1')
      await enterOneOf(window, ['case.deed.saveSettlement', 'case.deed.saveAgain'])
      await says('refund.notHolder')
      await window.press('Control+a')
      await window.type(person.person.name)
      await tabTo(window, 'input[name="contact.phone"]')
      await window.press('Control+a')
      await window.type(person.msisdn)
      await enterOneOf(window, ['case.deed.saveSettlement', 'case.deed.saveAgain'])
      await says('contact.sameNumber')
    })
  })

  test('money beyond what is due is refused over HTTP, a part leaves the rest due, and twice is once too often', async () => {
    const person = await counter.next('arrears')
    const { caseId, ...rest } = (await prepareCase(counter, person, 'settled')).case
    expect(rest.payments).toEqual([])
    const due = (await counter.done('case.view', { caseId })).progress.settlement!.payableFen
    const take = (amountFen: number, method: 'cash' | 'card' = 'cash') =>
      counter.ask('case.takePayment', { caseId, method, amountFen: amountFen as never })
    await changesNothing(async () => {
      for (const wrong of [due + 1, 0, -due, due * 100])
        expect(refusedWith(await take(wrong), 'payment.amountDiffers').params).toMatchObject({ due, paid: wrong })
      refusedWith(await take(due, 'card'), 'payment.authorizationMissing')
      refusedWith(await take(due + 0.5), 'request.malformed')
    })
    const part = 1
    expect((await take(part)).ok).toBe(true)
    await changesNothing(async () => {
      expect(refusedWith(await take(due), 'payment.amountDiffers').params).toMatchObject({ due: due - part, paid: due })
      refusedWith(await counter.ask('case.submit', { caseId }), 'case.incomplete')
    })
    expect((await take(due - part)).ok).toBe(true)
    await changesNothing(async () => {
      refusedWith(await take(due), 'payment.alreadyTaken')
    })
  })
})

describe('the counter’s door', () => {
  const harmless = JSON.stringify({ name: 'app.view', input: {} })

  test.each<[string, Record<string, string>, string, number, ErrorCode]>([
    ['half a JSON', {}, '{"name":"case.op', 400, 'request.malformed'],
    ['a list', {}, '[]', 400, 'request.malformed'],
    ['another kind of content', { 'content-type': 'text/plain' }, harmless, 400, 'request.malformed'],
    ['a command nobody knows', {}, '{"name":"case.destroy","input":{}}', 200, 'request.unknownCommand'],
    ['a command from the prototype', {}, '{"name":"__proto__","input":{}}', 200, 'request.unknownCommand'],
    ['an input of another shape', {}, '{"name":"case.open","input":{"msisdn":12}}', 200, 'request.malformed'],
    ['an input with more than asked', {}, '{"name":"app.view","input":{"admin":true}}', 200, 'request.malformed'],
    ['a wrong token', { 'x-counterfoil-token': 'guess' }, harmless, 401, 'auth.required'],
    ['a foreign origin', { origin: 'https://example.com' }, harmless, 403, 'request.forbiddenOrigin'],
    ['a foreign host', { host: 'counter.example.com' }, harmless, 403, 'request.forbiddenOrigin'],
    ['another site in the browser', { 'sec-fetch-site': 'cross-site' }, harmless, 403, 'request.forbiddenOrigin'],
  ])('%s is turned away and changes nothing', async (_what, headers, body, status, code) => {
    await changesNothing(async () => {
      const answer = await knock(counter, headers, body)
      expect(answer.status).toBe(status)
      refusedWith(JSON.parse(answer.text) as Result<unknown>, code)
      expect(answer.text).not.toMatch(/node:|\.ts:|\.js:|\bat /)
    })
  })
})

test('no page met an error', () => {
  expect(counter.problems).toEqual([])
})
