import type { SubscriberBase } from '../base/subscriber.ts'
import type { AccountChange } from './settings.ts'

/** Changes an account behind everybody's back, as life does between a signature and its execution. False for an unknown number. */
export function changeAccount(base: SubscriberBase, msisdn: string, change: AccountChange): boolean {
  const line = base.line(msisdn)
  if (!line) return false
  const { agreement, agreementFrom, agreementGone, finding, ...amounts } = change
  for (const [name, amount] of Object.entries(amounts)) Object.assign(line, { [name]: amount })
  if (agreement)
    line.agreements = line.agreements.map((one) =>
      one.id === agreement.id ? { ...one, terms: { ...one.terms, ...agreement.terms } } : one,
    )
  const [other] = agreementFrom ? (base.line(agreementFrom)?.agreements ?? []) : []
  if (other) line.agreements = [...line.agreements, { ...other, id: `${other.id}-${msisdn}` }]
  if (agreementGone) line.agreements = line.agreements.filter((one) => one.id !== agreementGone)
  if (finding) line.findings = [...line.findings, { code: finding, params: {} }]
  return true
}
