import type { Case } from '../../../shared/domain/case.ts'
import { maskName } from '../../../shared/domain/masking.ts'
import { type AskerRule, checkRefundRoute } from '../../../shared/domain/papers.ts'
import { refundName } from '../../../shared/domain/refund-name.ts'
import { refundAccount } from '../../../shared/domain/refund-routes.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { Contact, Refund } from '../../../shared/protocol/jobs.ts'

/**
 * Checks where a refund goes: to the holder, or whom the asker's rule names, and not to the number that is about to end (domain
 * facts, chapter 2). Errors: `document.missing`, `case.recalled`, `refund.notHolder`, `refund.routeForAsker`, `refund.accountMissing`,
 * `refund.cardNumber`, `refund.sameNumber`.
 */
export function checkRefund(case_: Case, refund: Refund, rule: AskerRule | undefined): Result<Refund> {
  const route = rule ? checkRefundRoute(rule, refund.route) : ok(undefined)
  if (!route.ok) return route
  const holder = refundName(case_, rule)
  if (!holder) return fail(case_.recalled ? 'case.recalled' : 'document.missing')
  const plain = (name: string) => name.replace(/[\s·•.．]/g, '')
  // Once submitted, the page knows the name only masked; whoever hands it back means the holder all the same.
  if (![plain(holder), plain(maskName(holder))].includes(plain(refund.holderName)))
    return fail('refund.notHolder', { field: 'refund.holderName' })
  const account = refundAccount(refund, case_.msisdn)
  if (!account.ok) return account
  return ok({
    route: refund.route,
    ...(account.value === undefined ? {} : { account: account.value }),
    holderName: holder,
  })
}

/** The contact has to be reachable after the number has ended. Error: `contact.sameNumber`. */
export function checkContact(case_: Case, contact: Contact): Result<Contact> {
  return contact.phone === case_.msisdn ? fail('contact.sameNumber', { field: 'contact.phone' }) : ok(contact)
}
