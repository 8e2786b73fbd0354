import { identityDocumentSchema } from '../../../src/shared/domain/identity-document.ts'
import { refundAccount } from '../../../src/shared/domain/refund-routes.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Settlement } from '../../../src/shared/domain/settlement.ts'
import type { OrderSubmit, Refund } from '../../../src/shared/protocol/jobs.ts'
import type { IdentityProofTable } from '../database/tables.ts'

/**
 * Who signs is who was proved, money goes to the holder only, and neither contact nor refund hangs on the number that ends
 * (domain facts, chapter 2). Errors: `proof.idMismatch`, `proof.nameMismatch`, `contact.sameNumber`, `refund.*`.
 */
export function checkParties(order: OrderSubmit, proof: IdentityProofTable, settlement: Settlement): Result<undefined> {
  const proved = identityDocumentSchema.parse(JSON.parse(proof.document))
  const signed = order.relatedParty
  if (
    signed.identificationType !== proved.identificationType ||
    signed.identificationId.replace(/\s/g, '').toUpperCase() !== proved.identificationId
  )
    return fail('proof.idMismatch', { field: 'relatedParty.identificationId' })
  if (signed.name !== proved.name) return fail('proof.nameMismatch', { field: 'relatedParty.name' })
  const [{ msisdn }] = order.productOrderItem
  if (order.contact.phone === msisdn) return fail('contact.sameNumber', { field: 'contact.phone' })
  const { refund } = order
  if (settlement.refundableFen > 0 && !refund) return fail('refund.accountMissing', { field: 'refund' })
  return refund ? checkRefund(refund, msisdn, proof.holder_name) : ok(undefined)
}

/** Money goes back to the holder, to an account that fits its route and outlives the number. Errors: `refund.*`. */
export function checkRefund(refund: Refund, msisdn: string, holderName: string): Result<undefined> {
  if (refund.holderName !== holderName) return fail('refund.notHolder', { field: 'refund.holderName' })
  const account = refundAccount(refund, msisdn)
  return account.ok ? ok(undefined) : account
}
