import { z } from 'zod'
import type { Fen } from './money.ts'
import { fail, ok, type Result } from './result.ts'
import { fenSchema, msisdnSchema } from './scalars.ts'

/** Ways on which the cash part of a balance can go back (domain facts, chapter 3). */
export const refundRoutes = ['bankCard', 'mobileNumber', 'originalChannel', 'cash'] as const
export const refundRouteSchema = z.enum(refundRoutes)
export type RefundRoute = z.infer<typeof refundRouteSchema>

/** What a carrier's province says of one way: whether it is open, up to how much, who must look, how long it takes. */
export const refundRouteRuleSchema = z.object({
  route: refundRouteSchema,
  allowed: z.boolean(),
  /** The most that goes this way, in fen; `null` for no limit. */
  highestFen: fenSchema.nullable(),
  /** Above this a second person must approve, whatever the risk policy says; `null` for never. */
  secondPersonAboveFen: fenSchema.nullable(),
  /** Working days until the customer has it; 0 is at once. */
  workingDays: z.int().nonnegative(),
  condition: z.object({ zh: z.string().min(1), en: z.string().min(1) }),
  source: z.object({ zh: z.string().min(1), en: z.string().min(1) }),
  assumed: z.boolean(),
})
export type RefundRouteRule = z.infer<typeof refundRouteRuleSchema>

/** A way as it is offered for an amount. */
export interface RefundOption {
  rule: RefundRouteRule
  /** Why it cannot be taken; undefined when it can. */
  closed: 'notAllowed' | 'overLimit' | undefined
  secondPerson: boolean
}

/** Every way the rules know, with what stands against it for this amount, in the order of the rules. */
export function refundOptions(rules: readonly RefundRouteRule[], amountFen: Fen): RefundOption[] {
  return rules.map((rule) => ({
    rule,
    closed: !rule.allowed
      ? 'notAllowed'
      : rule.highestFen !== null && amountFen > rule.highestFen
        ? 'overLimit'
        : undefined,
    secondPerson: rule.secondPersonAboveFen !== null && amountFen > rule.secondPersonAboveFen,
  }))
}

/** True when the chosen way wants a second person for the amount. */
export function routeNeedsSecondPerson(
  rules: readonly RefundRouteRule[],
  route: RefundRoute | undefined,
  amountFen: Fen,
): boolean {
  return refundOptions(rules, amountFen).some(({ rule, secondPerson }) => rule.route === route && secondPerson)
}

/** The way is open for the amount. Errors: `refund.routeClosed`, `refund.overLimit` with `limitFen`. */
export function checkRefundRoute(
  rules: readonly RefundRouteRule[],
  route: RefundRoute,
  amountFen: Fen,
): Result<undefined> {
  const option = refundOptions(rules, amountFen).find(({ rule }) => rule.route === route)
  if (!option || option.closed === 'notAllowed') return fail('refund.routeClosed', { field: 'refund.route' })
  return option.closed === 'overLimit'
    ? fail('refund.overLimit', { field: 'refund.route', params: { limitFen: option.rule.highestFen! } })
    : ok(undefined)
}

/** True for 13 to 19 digits whose check digit is right (Luhn, ISO/IEC 7812-1 annex B). */
function isCardNumber(digits: string): boolean {
  if (!/^\d{13,19}$/.test(digits) || /^0+$/.test(digits)) return false
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

/**
 * The account a refund goes to, without separators, when it fits its way: a card number with its check digit, or a mobile number that
 * is not the one that ends. Cash and the original channel have none. Errors: `refund.accountMissing`, `refund.cardNumber`,
 * `refund.sameNumber`.
 */
export function refundAccount(
  refund: { route: RefundRoute; account?: string | undefined },
  endingMsisdn: string,
): Result<string | undefined> {
  const account = refund.account?.replace(/[\s-]/g, '') ?? ''
  const missing = () => fail('refund.accountMissing', { field: 'refund.account' })
  switch (refund.route) {
    case 'cash':
    case 'originalChannel':
      return ok(undefined)
    case 'bankCard':
      if (!/^\d{13,19}$/.test(account)) return missing()
      return isCardNumber(account) ? ok(account) : fail('refund.cardNumber', { field: 'refund.account' })
    case 'mobileNumber':
      if (account === endingMsisdn) return fail('refund.sameNumber', { field: 'refund.account' })
      return msisdnSchema.safeParse(account).success ? ok(account) : missing()
  }
}
