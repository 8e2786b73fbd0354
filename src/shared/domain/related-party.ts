import type { OrderSubmit, RelatedParty } from '../protocol/jobs.ts'
import type { PartyRole } from './asker.ts'
import type { IdentityDocument } from './identity-document.ts'

/** The document of a role in an order; undefined when nobody has it. */
export function documentOfRole(parties: readonly RelatedParty[], role: PartyRole): IdentityDocument | undefined {
  return parties.find((party) => party.role === role)?.document
}

/** Whose number it is. Throws when an order names nobody: it was checked when it was taken in. */
export function holderOf(order: Pick<OrderSubmit, 'relatedParty'>): IdentityDocument {
  const holder = documentOfRole(order.relatedParty, 'holder')
  if (!holder) throw new Error('an order without a holder')
  return holder
}
