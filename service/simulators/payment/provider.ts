import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type {
  ClaimAnswer,
  ClaimRequest,
  RefundOutAnswer,
  RefundOutRequest,
  RefundOutState,
  ReturnRequest,
} from '../../src/connectors/wire/payment.ts'
import { type Outcome, refused, refusedOutcome } from '../bss/system.ts'
import type { World } from '../bss/world.ts'
import data from '../data/payment.json' with { type: 'json' }
import type { RefundRecord } from './state.ts'

/** What the provider looks at: the world, its clock, and how fast things settle. */
export interface Provider {
  world: World
  /** UTC milliseconds by the world's clock. */
  now(): number
  /** Multiplies the time things take; 0 is at once. */
  factor(): number
}

/** The payment provider also counts what reaches it. */
export interface PaymentProvider extends Provider {
  /** How often a refund was sent here. */
  timesSent(refundId: string): number
}

const behaviours = z
  .object({
    codes: z.array(
      z.object({
        prefix: z.string(),
        refusal: z.string().optional(),
        shortByLi: z.int().optional(),
        capturedAfterSeconds: z.number().optional(),
      }),
    ),
    cards: z.array(
      z.object({
        prefix: z.string(),
        refusal: z.string().optional(),
        returned: z.string().optional(),
        forgets: z.boolean().optional(),
      }),
    ),
    highestRefundLi: z.int(),
    refundSettlesAfterSeconds: z.number(),
  })
  .parse(data)

const codeQuirk = (code: string) => behaviours.codes.find(({ prefix }) => code.startsWith(prefix))
const cardQuirk = ({ destination }: RefundOutRequest) =>
  destination.kind === 'bankCard'
    ? behaviours.cards.find(({ prefix }) => destination.cardNumber.startsWith(prefix))
    : undefined

function hasPassed(provider: Provider, since: number, seconds: number): boolean {
  return provider.now() - since >= seconds * 1000 * provider.factor()
}

function claimAnswer(provider: Provider, paymentId: string): ClaimAnswer {
  const record = provider.world.payment.claims.get(paymentId)
  if (!record) return refused('UNKNOWN_CLAIM')
  const seconds = codeQuirk(record.claim.authorizationCode)?.capturedAfterSeconds ?? 0
  return {
    result: 'ok',
    transactionId: record.transactionId,
    state: hasPassed(provider, record.at, seconds) ? 'captured' : 'authorized',
  }
}

/** How a claim stands now. */
export function claimState(provider: Provider, paymentId: string): ClaimAnswer {
  return claimAnswer(provider, paymentId)
}

/** An authorisation becomes that of one payment; a refusal leaves no trace. */
export function claim(provider: Provider, request: ClaimRequest): Outcome<ClaimAnswer> {
  const { payment } = provider.world
  const earlier = payment.claims.get(request.paymentId)
  if (earlier)
    return isDeepStrictEqual(earlier.claim, request)
      ? { answer: claimAnswer(provider, request.paymentId), events: [] }
      : refusedOutcome('ALREADY_CLAIMED')
  const quirk = codeQuirk(request.authorizationCode)
  if (quirk?.refusal)
    return refusedOutcome(
      quirk.refusal,
      quirk.shortByLi === undefined ? {} : { amountLi: Math.max(10, request.amountLi - quirk.shortByLi) },
    )
  if (payment.holderOf(request)) return refusedOutcome('ALREADY_CLAIMED')
  const at = provider.now()
  const transactionId = `T${String(payment.claims.size + 1).padStart(10, '0')}`
  return {
    answer: {
      result: 'ok',
      transactionId,
      state: (quirk?.capturedAfterSeconds ?? 0) * provider.factor() > 0 ? 'authorized' : 'captured',
    },
    events: [{ type: 'authorizationClaimed', at, transactionId, claim: request }],
  }
}

function returnAnswer(provider: Provider, refundId: string): ClaimAnswer {
  const record = provider.world.payment.returns.get(refundId)
  if (!record) return refused('UNKNOWN_RETURN')
  const seconds = codeQuirk(record.returned.authorizationCode)?.capturedAfterSeconds ?? 0
  const state = hasPassed(provider, record.at, seconds) ? 'captured' : 'authorized'
  return { result: 'ok', transactionId: record.transactionId, state }
}

/** How a return on a terminal stands now. */
export function returnState(provider: Provider, refundId: string): ClaimAnswer {
  return returnAnswer(provider, refundId)
}

/** A terminal's return becomes that of one refund; a refusal leaves no trace. */
export function claimReturn(provider: Provider, request: ReturnRequest): Outcome<ClaimAnswer> {
  const { payment } = provider.world
  const earlier = payment.returns.get(request.refundId)
  if (earlier)
    return isDeepStrictEqual(earlier.returned, request)
      ? { answer: returnAnswer(provider, request.refundId), events: [] }
      : refusedOutcome('ALREADY_CLAIMED')
  // A payment that was never one cannot go back.
  if (request.original && codeQuirk(request.original.authorizationCode)?.refusal)
    return refusedOutcome('ORIGINAL_UNKNOWN')
  const quirk = codeQuirk(request.authorizationCode)
  if (quirk?.refusal)
    return refusedOutcome(
      quirk.refusal,
      quirk.shortByLi === undefined ? {} : { amountLi: Math.max(10, request.amountLi - quirk.shortByLi) },
    )
  if (payment.returnerOf(request)) return refusedOutcome('ALREADY_CLAIMED')
  const transactionId = `B${String(payment.returns.size + 1).padStart(10, '0')}`
  return {
    answer: {
      result: 'ok',
      transactionId,
      state: (quirk?.capturedAfterSeconds ?? 0) * provider.factor() > 0 ? 'authorized' : 'captured',
    },
    events: [{ type: 'returnClaimed', at: provider.now(), transactionId, returned: request }],
  }
}

function stateOfRefund(provider: Provider, { refund, at }: RefundRecord): 'pending' | 'paid' | 'returned' {
  if (!hasPassed(provider, at, behaviours.refundSettlesAfterSeconds)) return 'pending'
  return cardQuirk(refund)?.returned ? 'returned' : 'paid'
}

/** Takes a refund in, once per `refundId`; the bank decides a little later. */
export function takeRefund(provider: Provider, request: RefundOutRequest): Outcome<RefundOutAnswer> {
  const { payment, base } = provider.world
  const earlier = payment.refunds.get(request.refundId)
  if (earlier)
    return isDeepStrictEqual(earlier.refund, request)
      ? {
          answer: { result: 'ok', reference: earlier.reference, state: stateOfRefund(provider, earlier) },
          events: [],
        }
      : refusedOutcome('DUPLICATE_REFUND')
  if (request.amountLi > behaviours.highestRefundLi)
    return refusedOutcome('AMOUNT_LIMIT', { limitLi: behaviours.highestRefundLi })
  const refusal = cardQuirk(request)?.refusal
  if (refusal) return refusedOutcome(refusal)
  const { destination } = request
  if (destination.kind === 'originalChannel' && !base.line(destination.msisdn))
    return refusedOutcome('NO_ORIGINAL_PAYMENT')
  const reference = `F${String(payment.refunds.size + 1).padStart(10, '0')}`
  return {
    answer: { result: 'ok', reference, state: 'pending' },
    events: [{ type: 'refundTaken', at: provider.now(), reference, refund: request }],
  }
}

/** How a refund stands now. */
export function refundState(provider: PaymentProvider, refundId: string): RefundOutState {
  const record = provider.world.payment.refunds.get(refundId)
  if (!record) return refused('UNKNOWN_REFUND')
  // Its books lost what it took, until it is sent once more.
  if (cardQuirk(record.refund)?.forgets && provider.timesSent(refundId) < 2) return refused('UNKNOWN_REFUND')
  const state = stateOfRefund(provider, record)
  const code = cardQuirk(record.refund)?.returned
  return {
    result: 'ok',
    reference: record.reference,
    state,
    ...(state === 'returned' && code ? { code } : {}),
    params: {},
    at: record.at,
  }
}
