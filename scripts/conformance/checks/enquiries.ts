import { blockerEntry } from '../../../src/shared/domain/blocker-catalogue.ts'
import type { Check, Scene } from '../check.ts'
import { type Answer, expect, expectOk, expectRefused, expectSame } from '../conversation.ts'
import type { Subscriber } from '../fixtures.ts'

const quietly = (answer: Answer, person: Subscriber): void => {
  const told = answer.reply.text.normalize('NFKC')
  expect(!told.includes(person.holder.name), 'a refusal that does not carry the holder’s name', answer.value)
  expect(!told.includes(person.holder.identificationId), 'a refusal without the document number', answer.value)
}

const credentials = (person: Subscriber) => ({
  msisdn: person.msisdn,
  identificationType: person.holder.identificationType,
  identificationId: person.holder.identificationId,
  name: person.holder.name,
  servicePassword: person.servicePassword,
  oftenCalledNumbers: person.oftenCalledNumbers,
})

/** Another last character of the same class, so that the document stays well-formed to the eye. */
const other = (text: string): string => text.slice(0, -1) + (text.endsWith('1') ? '2' : '1')

const preCheck = (scene: Scene, msisdn: string, handlingProvince = scene.fixtures.handlingProvince) =>
  scene.bss.call('pre-check', { msisdn, handlingProvince })

export const enquiries: readonly Check[] = [
  {
    id: 'number.known',
    title: 'A number of this system is found, with its carrier and home province',
    changes: false,
    run: async (scene) => {
      const person = scene.look('clean')
      const value = expectOk(await scene.bss.call('number-query', { msisdn: person.msisdn }))
      expectSame(
        { msisdn: person.msisdn, carrier: scene.fixtures.carrier, homeProvince: scene.fixtures.province },
        { msisdn: value.msisdn, carrier: value.carrier, homeProvince: value.homeProvince },
        'number, carrier and home province',
      )
    },
  },
  {
    id: 'number.masked',
    title: 'Before authentication only the last character of the name is readable',
    changes: false,
    run: async (scene) => {
      const person = scene.look('clean')
      const answer = await scene.bss.call('number-query', { msisdn: person.msisdn })
      const masked = String(expectOk(answer).maskedName)
      const name = person.holder.name
      expect(masked.endsWith(name.slice(-1)), 'a masked name that ends like the holder’s', masked)
      const readable = [...name.slice(0, -1)].filter(
        (character) => /[\p{L}\p{N}]/u.test(character) && masked.includes(character),
      )
      expect(readable.length === 0 || [...name].length < 2, 'nothing else of the name readable', masked)
      expect(
        !answer.reply.text.includes(person.holder.identificationId),
        'no document number before authentication',
        'one',
      )
    },
  },
  {
    id: 'number.unknown',
    title: 'A number nobody has is refused with NOT_FOUND, by every enquiry',
    changes: false,
    run: async (scene) => {
      const msisdn = scene.fixtures.unknownNumber
      expectRefused(await scene.bss.call('number-query', { msisdn }), 'NOT_FOUND')
      expectRefused(await preCheck(scene, msisdn), 'NOT_FOUND')
      expectRefused(
        await scene.bss.call('authentication', { ...credentials(scene.look('clean')), msisdn }),
        'NOT_FOUND',
      )
    },
  },
  {
    id: 'number.otherCarrier',
    title: 'A ported number is refused with OTHER_CARRIER and the carrier that serves it',
    changes: false,
    run: async (scene) => {
      const msisdn = scene.fixtures.numberOfAnotherCarrier
      if (!msisdn) return
      const answer = await scene.bss.call('number-query', { msisdn })
      expectRefused(answer, 'OTHER_CARRIER', 'NOT_FOUND')
      if (answer.value.code !== 'OTHER_CARRIER') return
      const { carrier } = answer.value.params as Record<string, unknown>
      expect(
        typeof carrier === 'string' && carrier !== scene.fixtures.carrier,
        'params.carrier: who serves it',
        carrier,
      )
    },
  },
  {
    id: 'authentication.right',
    title: 'The holder’s own papers and password are accepted and the name is answered',
    changes: false,
    run: async (scene) => {
      const person = scene.look('clean')
      const value = expectOk(await scene.bss.call('authentication', credentials(person)))
      expect(value.holderName === person.holder.name, `holderName ${person.holder.name}`, value.holderName)
    },
  },
  {
    id: 'authentication.withoutPassword',
    title: 'Without a password (a one-time code was checked) the document alone is compared',
    changes: false,
    run: async (scene) => {
      const { servicePassword: _none, ...rest } = credentials(scene.look('clean'))
      expectOk(await scene.bss.call('authentication', rest))
    },
  },
  {
    id: 'authentication.wrong',
    title: 'Wrong document, name or password is refused with its own code, and tells nothing of the record',
    changes: false,
    run: async (scene) => {
      const person = scene.look('clean')
      const right = credentials(person)
      const wrongId = await scene.bss.call('authentication', {
        ...right,
        identificationId: other(right.identificationId),
      })
      expectRefused(wrongId, 'ID_MISMATCH')
      quietly(wrongId, person)
      const wrongName = await scene.bss.call('authentication', { ...right, name: '欧阳不符' })
      expectRefused(wrongName, 'NAME_MISMATCH')
      quietly(wrongName, person)
      const wrongPassword = await scene.bss.call('authentication', {
        ...right,
        servicePassword: other(right.servicePassword),
      })
      expectRefused(wrongPassword, 'PASSWORD_FAIL')
      quietly(wrongPassword, person)
    },
  },
  {
    id: 'authentication.premium',
    title: 'A premium number also asks for often-called numbers',
    changes: false,
    run: async (scene) => {
      const person = scene.look('premium')
      expectRefused(
        await scene.bss.call('authentication', { ...credentials(person), oftenCalledNumbers: [] }),
        'FRIEND_NUMBER_FAIL',
      )
      expectOk(await scene.bss.call('authentication', credentials(person)))
    },
  },
  {
    id: 'preCheck.whole',
    title: 'The pre-check answers the whole account in whole fen, with blockers from the catalogue',
    changes: false,
    run: async (scene) => {
      for (const kind of ['clean', 'arrears', 'agreements'] as const) {
        let person: Subscriber
        try {
          person = scene.look(kind)
        } catch {
          continue
        }
        const value = expectOk(await preCheck(scene, person.msisdn))
        for (const [path, amount] of amounts(value.account))
          expect(Number.isSafeInteger(amount) && amount % 10 === 0, `whole fen at account.${path}`, amount)
        for (const { code } of value.blockers as { code: string }[])
          expect(blockerEntry(code) !== undefined, 'blocker codes of the catalogue', code)
      }
    },
  },
  {
    id: 'preCheck.arrears',
    title: 'Unpaid bills and the blocker ARREARS go together, and the sums agree',
    changes: false,
    run: async (scene) => {
      const value = expectOk(await preCheck(scene, scene.look('arrears').msisdn))
      const { bills } = value.account as { bills: { unpaidLi: number; amountLi: number }[] }
      const unpaidLi = bills.reduce((sum, bill) => sum + bill.unpaidLi, 0)
      const blocker = (value.blockers as { code: string; params: Record<string, unknown> }[]).find(
        ({ code }) => code === 'ARREARS',
      )
      expect(blocker !== undefined, 'the blocker ARREARS beside unpaid bills', value.blockers)
      if (blocker.params.unpaidLi !== undefined)
        expectSame(unpaidLi, blocker.params.unpaidLi, 'unpaidLi of ARREARS is the sum of the bills')
      for (const bill of bills) expect(bill.unpaidLi <= bill.amountLi, 'no bill unpaid beyond its amount', bill)
    },
  },
  {
    id: 'preCheck.home',
    title: 'Asked by its own province it answers NOT_REMOTE',
    changes: false,
    run: async (scene) => {
      const value = expectOk(await preCheck(scene, scene.look('clean').msisdn, scene.fixtures.province))
      const codes = (value.blockers as { code: string }[]).map(({ code }) => code)
      expect(codes.includes('NOT_REMOTE'), 'the blocker NOT_REMOTE', codes)
    },
  },
  {
    id: 'preCheck.changesNothing',
    title: 'A pre-check is a dry run: asked twice, it answers the same',
    changes: false,
    run: async (scene) => {
      const { msisdn } = scene.look('agreements')
      const withoutTime = (answer: Answer) => {
        const value = structuredClone(expectOk(answer)) as { account: { asOf?: number }; blockers: unknown }
        delete value.account.asOf
        return value
      }
      expectSame(
        withoutTime(await preCheck(scene, msisdn)),
        withoutTime(await preCheck(scene, msisdn)),
        'the same account',
      )
    },
  },
]

/** Every number whose name ends in `Li`, with its path. */
function* amounts(value: unknown, path = ''): Generator<[string, number]> {
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) {
    const here = path ? `${path}.${name}` : name
    if (typeof inner === 'number' && name.endsWith('Li')) yield [here, inner]
    else yield* amounts(inner, here)
  }
}
