import canonicalize from 'canonicalize'
import type { HomeAccount } from '../../../src/shared/domain/account.ts'
import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { fen, sumFen } from '../../../src/shared/domain/money.ts'
import { penaltyQuoteSchema, quotePenalty, quotesBindUntil } from '../../../src/shared/domain/penalty-quote.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { type EffectiveRules, packInForce, resolveNamedRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import { packIdsFor, type RulePack, type RulePlace } from '../../../src/shared/domain/rules/rule-pack.ts'
import { type Settlement, settle } from '../../../src/shared/domain/settlement.ts'
import type { OrderSubmit } from '../../../src/shared/protocol/jobs.ts'
import type { PublishedRules } from '../rule-packs/rule-book.ts'

function placeOf({ number }: HomeAccount): RulePlace {
  return { carrier: number.carrier, province: number.homeProvince }
}

/** A counter that was online when it proved its customer has had this long to hear of newer rules. */
const rulesLagMs = 3_600_000

/**
 * The rules the order was signed under: the versions it names. They count while their quotes live, whatever has been published since;
 * but not when newer ones had been out for an hour before the signature. Errors: `quote.noPack`, `rules.broken`,
 * `quote.rulesOutdated`.
 */
function signedRules(order: OrderSubmit, account: HomeAccount, published: PublishedRules): Result<EffectiveRules> {
  const place = placeOf(account)
  const { signedAt } = order.authorization
  const on = shanghaiDate(signedAt)
  const rules = resolveNamedRules(published.packs, place, order.rulePacks)
  if (!rules.ok) return rules
  const named = (pack: RulePack) =>
    order.rulePacks.some(({ id, version }) => id === pack.id && version === pack.version)
  const candidates = [...published.knownAt(signedAt - rulesLagMs), ...published.packs.filter(named)]
  const inForce = packIdsFor(place).flatMap((id) => packInForce(candidates, id, on) ?? [])
  const newer = inForce.find(
    (pack, index) => (index === 0 ? pack.id !== order.rulePacks.at(-1)?.id : false) || !named(pack),
  )
  return newer
    ? fail('quote.rulesOutdated', { field: 'rulePacks', params: { pack: newer.id, version: newer.version } })
    : rules
}

/** Computes each signed quote again from the service's own pre-check and the rules signed; every step must be the same. */
function checkQuotes(order: OrderSubmit, account: HomeAccount, rules: EffectiveRules): Result<undefined> {
  for (const [index, entry] of order.agreements.entries()) {
    const field = `agreements.${index}`
    const agreement = account.agreements.find((candidate) => candidate.id === entry.agreementId)
    if (!agreement || entry.quote.agreementId !== agreement.id) return fail('case.agreementUnknown', { field })
    if (entry.devicesReturned > agreement.devices.length)
      return fail('quote.changed', { field, params: { agreement: agreement.name } })
    if (order.acceptedAt >= entry.quote.expiresAt) return fail('quote.expired', { field })
    if (entry.quote.quotedAt !== order.authorization.signedAt) return fail('quote.expired', { field })
    const again = quotePenalty({
      agreement,
      rules,
      at: entry.quote.quotedAt,
      devicesReturned: entry.devicesReturned,
    })
    if (!again.ok) return again
    if (canonicalize(penaltyQuoteSchema.parse(again.value)) !== canonicalize(entry.quote))
      return fail('quote.changed', {
        field,
        params: { agreement: agreement.name, signedFen: entry.quote.amountFen, amountFen: again.value.amountFen },
      })
    if (again.value.hold)
      return fail('quote.held', { field, params: { agreement: agreement.name, until: again.value.hold.until } })
    if (entry.waivedFen < 0 || entry.waivedFen > again.value.amountFen)
      return fail('waiver.tooLarge', {
        field,
        params: { waivedFen: entry.waivedFen, amountFen: again.value.amountFen },
      })
  }
  const listed = new Set(order.agreements.map((entry) => entry.agreementId))
  if (listed.size !== order.agreements.length) return fail('case.agreementUnknown', { field: 'agreements' })
  const left = account.agreements.find((agreement) => !listed.has(agreement.id))
  return left ? fail('case.incomplete', { field: 'agreements', params: { missing: left.name } }) : ok(undefined)
}

/** The lines that decide about money, in an order that does not depend on who listed them. */
function fingerprint(settlement: Settlement): string {
  const lines = settlement.lines.map(({ kind, ref = '', amountFen }) => `${kind}|${ref}|${amountFen}`).sort()
  return canonicalize({ ...settlement, lines })!
}

/**
 * Computes the whole settlement again from the pre-check the service kept, on the Shanghai day of the signature, and holds it against
 * what the customer signed and against their limits. Errors: `case.agreementUnknown`, `case.incomplete`, `quote.*`, `waiver.tooLarge`,
 * `settlement.mismatch`, `limits.exceeded`, `rules.broken`. Answers the rules it was signed
 * under, too.
 */
export function checkFigures(
  order: OrderSubmit,
  account: HomeAccount,
  published: PublishedRules,
): Result<{ settlement: Settlement; waivedFen: number; penaltyFen: number; rules: EffectiveRules }> {
  const { signedAt } = order.authorization
  const rules = signedRules(order, account, published)
  if (!rules.ok) return rules
  if (order.acceptedAt >= quotesBindUntil(rules.value, signedAt))
    return fail('quote.expired', { field: 'authorization.signedAt' })
  const quotes = checkQuotes(order, account, rules.value)
  if (!quotes.ok) return quotes
  const on = shanghaiDate(signedAt)
  const settlement = settle({
    account,
    quotes: order.agreements.map((entry) => entry.quote),
    waivers: order.agreements.map(({ agreementId, waivedFen }) => ({ agreementId, waivedFen })),
    lateFee: rules.value.lateFee,
    on,
  })
  if (fingerprint(settlement) !== fingerprint(order.settlement))
    return fail('settlement.mismatch', {
      field: 'settlement',
      params: { expectedFen: settlement.totalFen, actualFen: order.settlement.totalFen },
    })
  const penaltyFen = sumFen(order.agreements.map((entry) => entry.quote.amountFen))
  const waivedFen = sumFen(order.agreements.map((entry) => entry.waivedFen))
  if (penaltyFen - waivedFen > order.limits.highestPenaltyFen)
    return fail('limits.exceeded', {
      field: 'limits.highestPenaltyFen',
      params: { amountFen: fen(penaltyFen - waivedFen), limitFen: order.limits.highestPenaltyFen },
    })
  if (settlement.payableFen > order.limits.highestPayableFen)
    return fail('limits.exceeded', {
      field: 'limits.highestPayableFen',
      params: { amountFen: settlement.payableFen, limitFen: order.limits.highestPayableFen },
    })
  return ok({ settlement, waivedFen, penaltyFen, rules: rules.value })
}
