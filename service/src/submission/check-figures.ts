import canonicalize from 'canonicalize'
import type { HomeAccount } from '../../../src/shared/domain/account.ts'
import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { fen, sumFen } from '../../../src/shared/domain/money.ts'
import { penaltyQuoteSchema, quotePenalty } from '../../../src/shared/domain/penalty-quote.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { type EffectiveRules, resolveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import type { RulePack, RulePlace } from '../../../src/shared/domain/rules/rule-pack.ts'
import { type Settlement, settle } from '../../../src/shared/domain/settlement.ts'
import type { OrderSubmit } from '../../../src/shared/protocol/jobs.ts'

function placeOf({ number }: HomeAccount): RulePlace {
  return { carrier: number.carrier, province: number.homeProvince }
}

/** Computes each signed quote again from the service's own pre-check and packs; every step must be the same. */
function checkQuotes(order: OrderSubmit, account: HomeAccount, packs: readonly RulePack[]): Result<undefined> {
  for (const [index, entry] of order.agreements.entries()) {
    const field = `agreements.${index}`
    const agreement = account.agreements.find((candidate) => candidate.id === entry.agreementId)
    if (!agreement || entry.quote.agreementId !== agreement.id) return fail('case.agreementUnknown', { field })
    if (entry.devicesReturned > agreement.devices.length)
      return fail('quote.changed', { field, params: { agreement: agreement.name } })
    if (order.acceptedAt >= entry.quote.expiresAt) return fail('quote.expired', { field })
    const { quotedAt } = entry.quote
    const rules = resolveRules(packs, placeOf(account), shanghaiDate(quotedAt))
    if (!rules.ok) return rules
    const again = quotePenalty({
      agreement,
      rules: rules.value,
      at: quotedAt,
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
 * Computes the whole settlement again from the pre-check the service kept, on the Shanghai day of acceptance, and holds it against
 * what the customer signed and against their limits. Errors: `case.agreementUnknown`, `case.incomplete`, `quote.*`, `waiver.tooLarge`,
 * `settlement.mismatch`, `limits.exceeded`, `rules.broken`. Answers the rules of the day of acceptance, too.
 */
export function checkFigures(
  order: OrderSubmit,
  account: HomeAccount,
  packs: readonly RulePack[],
): Result<{ settlement: Settlement; waivedFen: number; penaltyFen: number; rules: EffectiveRules }> {
  const quotes = checkQuotes(order, account, packs)
  if (!quotes.ok) return quotes
  const on = shanghaiDate(order.acceptedAt)
  const rules = resolveRules(packs, placeOf(account), on)
  if (!rules.ok) return rules
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
