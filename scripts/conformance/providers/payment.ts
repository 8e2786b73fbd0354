import { z } from 'zod'
import type { Check } from '../check.ts'
import { expect, expectOk, expectRefused, expectSame } from '../conversation.ts'
import { protocolChecks, until } from './protocol.ts'
import type { ProviderScene } from './scene.ts'

const authorisationSchema = z.object({
  method: z.enum(['card', 'code']).default('card'),
  authorizationCode: z.string().min(4),
  amountLi: z.int().positive(),
  takenAt: z.int(),
})

/** What the suite needs of a payment provider's test system. Authorisations are used up: each is claimed for good. */
export const paymentFixturesSchema = z.object({
  merchant: z.string(),
  /** Real ones, nobody's so far, with their own amounts. */
  authorisations: z.array(authorisationSchema).min(4),
  /** Returns that terminals made, nobody's so far; `takenAt` is when. */
  returns: z.array(authorisationSchema).min(2),
  /** A code no terminal has given. */
  unknownCode: z.string().min(4),
  /** A real authorisation with an amount that is not its own. */
  wrongAmount: authorisationSchema,
  /** A card that money can be paid to, and one that cannot. */
  card: z.object({ cardNumber: z.string(), holderName: z.string() }),
  badCard: z.object({ cardNumber: z.string(), holderName: z.string() }),
})
export type PaymentFixtures = z.infer<typeof paymentFixturesSchema>
type Scene = ProviderScene<PaymentFixtures>

const spent = new WeakMap<PaymentFixtures, number>()
const spentReturns = new WeakMap<PaymentFixtures, number>()

/** A claim of an authorisation nobody has used yet. */
function freshClaim(scene: Scene): Record<string, unknown> {
  const { fixtures } = scene
  const next = spent.get(fixtures) ?? 0
  spent.set(fixtures, next + 1)
  const authorisation = fixtures.authorisations[next % fixtures.authorisations.length]
  return { paymentId: scene.newId(), merchant: fixtures.merchant, ...authorisation }
}

function freshRefund(scene: Scene, card = scene.fixtures.card): Record<string, unknown> {
  return {
    refundId: scene.newId(),
    amountLi: 1230,
    holderName: card.holderName,
    destination: { kind: 'bankCard', cardNumber: card.cardNumber },
  }
}

/** A return of a terminal nobody has used yet. */
function freshReturn(scene: Scene): Record<string, unknown> {
  const { fixtures } = scene
  const next = spentReturns.get(fixtures) ?? 0
  spentReturns.set(fixtures, next + 1)
  const { takenAt, ...returned } = fixtures.returns[next % fixtures.returns.length]!
  return { refundId: scene.newId(), merchant: fixtures.merchant, ...returned, returnedAt: takenAt }
}

const giveBack = (scene: Scene, request: Record<string, unknown>, key = `return:${request.refundId}`) =>
  scene.system.call('returns', request, { key })
const returnOf = (scene: Scene, refundId: unknown) =>
  scene.system.call('returns.state', undefined, { parts: { refundId: String(refundId) } })
const claim = (scene: Scene, request: Record<string, unknown>, key = `claim:${request.paymentId}`) =>
  scene.system.call('claims', request, { key })
const refund = (scene: Scene, request: Record<string, unknown>, key = `refund:${request.refundId}`) =>
  scene.system.call('refunds', request, { key })
const claimOf = (scene: Scene, paymentId: unknown) =>
  scene.system.call('claims.state', undefined, { parts: { paymentId: String(paymentId) } })
const refundOf = (scene: Scene, refundId: unknown) =>
  scene.system.call('refunds.state', undefined, { parts: { refundId: String(refundId) } })

/** Every rule of the payment port. */
export const paymentChecks: readonly Check<Scene>[] = [
  ...protocolChecks<PaymentFixtures>({
    operationId: 'refunds',
    draft: (scene) => freshRefund(scene),
    changed: (draft) => ({ ...draft, amountLi: 4560 }),
  }),
  {
    id: 'claim.unknown',
    title: 'An authorisation nobody gave is refused and leaves no trace',
    changes: false,
    run: async (scene) => {
      const request: Record<string, unknown> = {
        ...freshClaim(scene),
        authorizationCode: scene.fixtures.unknownCode,
      }
      expectRefused(await claim(scene, request), 'UNKNOWN_AUTHORIZATION')
      expectRefused(await claimOf(scene, request.paymentId), 'UNKNOWN_CLAIM')
    },
  },
  {
    id: 'claim.amount',
    title: 'An authorisation of another amount is refused',
    changes: false,
    run: async (scene) => {
      const { merchant, wrongAmount } = scene.fixtures
      expectRefused(await claim(scene, { paymentId: scene.newId(), merchant, ...wrongAmount }), 'AMOUNT_DIFFERS')
    },
  },
  {
    id: 'claim.oneOwner',
    title: 'One authorisation belongs to one payment, whoever asks and however often',
    changes: true,
    run: async (scene) => {
      const request = freshClaim(scene)
      const first = expectOk(await claim(scene, request))
      expectSame(
        first.transactionId,
        expectOk(await claim(scene, request, scene.newId())).transactionId,
        'its own again',
      )
      expectSame(first.transactionId, expectOk(await claimOf(scene, request.paymentId)).transactionId, 'when asked for')
      expectRefused(await claim(scene, { ...request, paymentId: scene.newId() }), 'ALREADY_CLAIMED')
    },
  },
  {
    id: 'claim.captured',
    title: 'A claimed authorisation becomes captured and stays so',
    changes: true,
    run: async (scene) => {
      const request = freshClaim(scene)
      expectOk(await claim(scene, request))
      const captured = (answer: { value: Record<string, unknown> }) => answer.value.state === 'captured'
      await until(scene, () => claimOf(scene, request.paymentId), captured, 'captured')
      expect(captured(await claimOf(scene, request.paymentId)), 'captured still', 'another state')
    },
  },
  {
    id: 'return.unknown',
    title: 'A return no terminal made is refused and leaves no trace',
    changes: false,
    run: async (scene) => {
      const request: Record<string, unknown> = {
        ...freshReturn(scene),
        authorizationCode: scene.fixtures.unknownCode,
      }
      expectRefused(await giveBack(scene, request), 'UNKNOWN_AUTHORIZATION')
      expectRefused(await returnOf(scene, request.refundId), 'UNKNOWN_RETURN')
    },
  },
  {
    id: 'return.oneOwner',
    title: 'One return of a terminal belongs to one refund, whoever asks and however often',
    changes: true,
    run: async (scene) => {
      const request = freshReturn(scene)
      const first = expectOk(await giveBack(scene, request))
      expectSame(
        first.transactionId,
        expectOk(await giveBack(scene, request, scene.newId())).transactionId,
        'its own again',
      )
      expectSame(first.transactionId, expectOk(await returnOf(scene, request.refundId)).transactionId, 'when asked for')
      expectRefused(await giveBack(scene, { ...request, refundId: scene.newId() }), 'ALREADY_CLAIMED')
    },
  },
  {
    id: 'refund.once',
    title: 'One refundId is paid once, under whatever key; another amount under it is refused',
    changes: true,
    run: async (scene) => {
      const request = freshRefund(scene)
      const first = expectOk(await refund(scene, request))
      expectSame(first.reference, expectOk(await refund(scene, request, scene.newId())).reference, 'the same refund')
      expectRefused(await refund(scene, { ...request, amountLi: 4560 }, scene.newId()), 'DUPLICATE_REFUND')
    },
  },
  {
    id: 'refund.final',
    title: 'A refund becomes paid, and stays paid',
    changes: true,
    run: async (scene) => {
      const request = freshRefund(scene)
      const { reference } = expectOk(await refund(scene, request))
      const final = await until(
        scene,
        () => refundOf(scene, request.refundId),
        (answer) => answer.value.state !== 'pending',
        'a final state',
      )
      expectSame({ state: 'paid', reference }, { state: final.value.state, reference: final.value.reference }, 'paid')
      expectSame('paid', expectOk(await refundOf(scene, request.refundId)).state, 'paid still')
    },
  },
  {
    id: 'refund.refused',
    title: 'A card that cannot be paid to is refused, or sent back with a code; it is never paid',
    changes: true,
    run: async (scene) => {
      const request = freshRefund(scene, scene.fixtures.badCard)
      const answer = await refund(scene, request)
      if (answer.value.result === 'refused') {
        expectRefused(answer, 'CARD_UNKNOWN', 'NAME_MISMATCH', 'AMOUNT_LIMIT')
        expectRefused(await refundOf(scene, request.refundId), 'UNKNOWN_REFUND')
        return
      }
      const final = await until(
        scene,
        () => refundOf(scene, request.refundId),
        ({ value }) => value.state !== 'pending',
        'a final state',
      )
      expect(final.value.state === 'returned' && final.value.code !== undefined, 'returned with a code', final.value)
    },
  },
  {
    id: 'refund.unknown',
    title: 'A refund nobody asked for is unknown',
    changes: false,
    run: async (scene) => expectRefused(await refundOf(scene, scene.newId()), 'UNKNOWN_REFUND'),
  },
]

/** Fixtures for the product's own simulated provider, whose behaviour follows from how a code or card begins. */
export function simulatedPaymentFixtures(now: number, newCode: () => string): PaymentFixtures {
  const authorisation = (authorizationCode: string) => ({
    method: 'card' as const,
    authorizationCode,
    amountLi: 97_030,
    takenAt: now,
  })
  return {
    merchant: 'CONFORMANCE',
    authorisations: Array.from({ length: 8 }, () => authorisation(`9${newCode()}`)),
    returns: Array.from({ length: 4 }, () => authorisation(`8${newCode()}`)),
    unknownCode: '000042',
    wrongAmount: authorisation('111142'),
    card: { cardNumber: '6222021234567890128', holderName: '王小明' },
    badCard: { cardNumber: '6200021234567890128', holderName: '王小明' },
  }
}
