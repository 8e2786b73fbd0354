import type { HomeAccount } from './account.ts'
import { daysBetween, type Instant, shanghaiDate } from './calendar.ts'
import type { IdentityDocument } from './identity-document.ts'
import type { Fen } from './money.ts'
import { neverHours, type RiskFactName } from './risk-condition.ts'
import type { RiskCount } from './risk-policy.ts'

/** A count as the service found it. */
export type CountedOrders = Omit<RiskCount, 'name'> & { value: number }

/** What a policy may look at. Counts are absent at the counter: only the service sees the whole country. */
export interface RiskFacts {
  values: Record<RiskFactName, boolean | number | string>
  counts: readonly CountedOrders[]
}

/** Where the facts come from; both sides hand in what they know themselves. */
export interface RiskSituation {
  account: HomeAccount
  asker: string
  document: Pick<IdentityDocument, 'entry' | 'identificationType'>
  faceByEye: boolean
  blacklisted: boolean
  penaltyFen: Fen
  waivedFen: Fen
  refundFen: Fen
  payableFen: Fen
  at: Instant
  counts?: readonly CountedOrders[]
}

const hourMs = 3_600_000
const shanghaiOffsetMs = 8 * hourMs

/** Turns a situation into the named facts of conditions. Hours are whole, rounded down; amounts in fen. */
export function riskFactsOf(situation: RiskSituation): RiskFacts {
  const { account, at } = situation
  const hoursSince = (kind: string): number => {
    const times = (account.recentChanges ?? []).filter((change) => change.kind === kind).map((change) => change.at)
    return times.length === 0 ? neverHours : Math.max(0, Math.floor((at - Math.max(...times)) / hourMs))
  }
  return {
    values: {
      premium:
        account.number.premium || account.agreements.some((agreement) => agreement.agreementType === 'PREMIUM_NUMBER'),
      penaltyFen: situation.penaltyFen,
      waivedFen: situation.waivedFen,
      refundFen: situation.refundFen,
      payableFen: situation.payableFen,
      faceByEye: situation.faceByEye,
      manualEntry: situation.document.entry === 'manual',
      blacklisted: situation.blacklisted,
      asker: situation.asker,
      documentType: situation.document.identificationType,
      hour: new Date(at + shanghaiOffsetMs).getUTCHours(),
      daysSinceOpened: Math.max(0, daysBetween(account.openedOn, shanghaiDate(at))),
      agreements: account.agreements.length,
      changesTold: account.recentChanges !== undefined,
      hoursSinceSimSwap: hoursSince('simSwap'),
      hoursSincePasswordReset: hoursSince('passwordReset'),
      hoursSinceResume: hoursSince('stopResume'),
    },
    counts: situation.counts ?? [],
  }
}
