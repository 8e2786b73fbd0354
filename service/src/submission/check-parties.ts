import { secondRole } from '../../../src/shared/domain/asker.ts'
import { plainNumber } from '../../../src/shared/domain/identification-number.ts'
import { type IdentityDocument, identityDocumentSchema } from '../../../src/shared/domain/identity-document.ts'
import { type AskerRule, checkRefundRoute, type PaperRules, ruleFor } from '../../../src/shared/domain/papers.ts'
import { refundAccount } from '../../../src/shared/domain/refund-routes.ts'
import { documentOfRole } from '../../../src/shared/domain/related-party.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Settlement } from '../../../src/shared/domain/settlement.ts'
import type { OrderSubmit, Refund } from '../../../src/shared/protocol/jobs.ts'
import type { IdentityProofTable } from '../database/tables.ts'

function sameDocument(one: IdentityDocument, other: IdentityDocument): boolean {
  return (
    one.identificationType === other.identificationType &&
    plainNumber(one.identificationId) === plainNumber(other.identificationId)
  )
}

/**
 * Who signs is who was proved, each in their role; money goes to whom the rule names, by a route that this asker may use, and neither
 * contact nor refund hangs on the number that ends (domain facts, chapter 2). Errors: `proof.idMismatch`, `proof.nameMismatch`,
 * `asker.documentMissing`, `contact.sameNumber`, `refund.*`.
 */
export function checkParties(
  order: OrderSubmit,
  proof: IdentityProofTable,
  settlement: Settlement,
  rules: PaperRules,
): Result<undefined> {
  const people = checkPeople(order, proof)
  if (!people.ok) return people
  const [{ msisdn }] = order.productOrderItem
  if (order.contact.phone === msisdn) return fail('contact.sameNumber', { field: 'contact.phone' })
  const { refund } = order
  if (settlement.refundableFen > 0 && !refund) return fail('refund.accountMissing', { field: 'refund' })
  if (!refund) return ok(undefined)
  const rule = ruleFor(rules, proof.asker)
  const route = checkRefundRoute(rule, refund.route)
  return route.ok ? checkRefund(refund, msisdn, refundName(rule, proof)) : route
}

/** The name of whom money goes back to by an asker's rule. */
export function refundName(
  rule: AskerRule,
  proof: Pick<IdentityProofTable, 'holder_name' | 'second_document'>,
): string {
  return rule.refund.to === 'second' && proof.second_document
    ? identityDocumentSchema.parse(JSON.parse(proof.second_document)).name
    : proof.holder_name
}

function checkPeople(order: OrderSubmit, proof: IdentityProofTable): Result<undefined> {
  if (order.asker !== proof.asker) return fail('proof.idMismatch', { field: 'asker' })
  const role = secondRole(order.asker)
  if (order.relatedParty.length !== (role ? 2 : 1)) return fail('asker.documentMissing', { field: 'relatedParty' })
  for (const [who, kept] of [
    ['holder', proof.document],
    [role, proof.second_document],
  ] as const) {
    if (!who) continue
    const signed = documentOfRole(order.relatedParty, who)
    if (!signed || !kept) return fail('asker.documentMissing', { field: 'relatedParty' })
    const proved = identityDocumentSchema.parse(JSON.parse(kept))
    if (!sameDocument(signed, proved)) return fail('proof.idMismatch', { field: 'relatedParty.identificationId' })
    if (signed.name !== proved.name) return fail('proof.nameMismatch', { field: 'relatedParty.name' })
  }
  return ok(undefined)
}

/** Money goes back to the holder, to an account that fits its route and outlives the number. Errors: `refund.*`. */
export function checkRefund(refund: Refund, msisdn: string, holderName: string): Result<undefined> {
  if (refund.holderName !== holderName) return fail('refund.notHolder', { field: 'refund.holderName' })
  const account = refundAccount(refund, msisdn)
  return account.ok ? ok(undefined) : account
}
