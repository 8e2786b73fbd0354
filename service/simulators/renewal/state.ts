import type { RenewalRequest } from '../../src/connectors/wire/renewal.ts'

export interface RenewalEvent {
  type: 'renewalTaken'
  at: number
  renewal: RenewalRequest
  /** Numbers nothing is done for, with the reason. */
  notEligible: { msisdn: string; code: string }[]
}

export interface RenewalRecord {
  renewal: RenewalRequest
  at: number
  taken: { msisdn: string; apps: { app: string; round: number }[] }[]
}

/** What the renewal platform has passed on to apps. */
export interface RenewalWorld {
  renewals: Map<string, RenewalRecord>
  /** How often each app was asked about each number: `msisdn app`. */
  asked: Map<string, number>
  apply(event: RenewalEvent): void
}

/** A platform that has passed on nothing. */
export function createRenewalWorld(): RenewalWorld {
  const renewals = new Map<string, RenewalRecord>()
  const asked = new Map<string, number>()
  return {
    renewals,
    asked,
    apply: ({ renewal, at, notEligible }) => {
      const out = new Set(notEligible.map(({ msisdn }) => msisdn))
      const taken = renewal.numbers
        .filter(({ msisdn }) => !out.has(msisdn))
        .map(({ msisdn, apps }) => ({
          msisdn,
          apps: apps.map((app) => {
            const round = (asked.get(`${msisdn} ${app}`) ?? 0) + 1
            asked.set(`${msisdn} ${app}`, round)
            return { app, round }
          }),
        }))
      renewals.set(renewal.renewalId, { renewal, at, taken })
    },
  }
}
