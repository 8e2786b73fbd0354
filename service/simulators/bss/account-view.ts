import type { NumberAnswer } from '../../../src/shared/domain/account.ts'
import { instant, type ShanghaiDate, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type { Msisdn } from '../../../src/shared/domain/msisdn.ts'
import type { WireAccount } from '../../src/connectors/wire/home-bss.ts'
import { liFromFen, namedFenToLi } from '../../src/connectors/wire/li.ts'
import type { Finding, HeldAgreement, Line, LineState, Person } from '../base/subscriber.ts'
import type { HomeSystem } from './system.ts'
import type { World } from './world.ts'

/** The name as the home province gives it before identification: all but the last character masked. */
function maskedName(name: string, mask: string): string {
  const characters = [...name]
  return mask.repeat(Math.max(1, characters.length - 1)) + (characters.length > 1 ? characters.at(-1) : '')
}

/** True while the line is stopped for arrears and something is still unpaid; full payment resumes it. */
export function stoppedForArrears(line: Line, world: World): boolean {
  return isArrearsStop(line) && line.bills.some((bill) => world.unpaidLi(line, bill) > 0)
}

function isArrearsStop(line: Line): boolean {
  return line.findings.some((finding) => finding.code === 'STATE_STOP' && finding.params.cause === 'arrears')
}

/** The findings of a line that nobody has removed since. */
export function findingsNow(line: Line, world: World): Finding[] {
  return line.findings.filter((finding) => !world.isRemoved(line.msisdn, finding.code))
}

const stops = /^STATE_|^FRAUD_STOP$|^JUDICIAL_FREEZE$/

/** The line's state now. */
export function currentState(line: Line, world: World): LineState {
  if (world.ended.has(line.msisdn)) return 'terminated'
  if (line.state === 'suspended' && isArrearsStop(line) && !stoppedForArrears(line, world)) return 'active'
  const stopped = line.findings.filter((finding) => stops.test(finding.code))
  const resumed = stopped.length > 0 && stopped.every((finding) => world.isRemoved(line.msisdn, finding.code))
  return resumed && line.state !== 'terminated' ? 'active' : line.state
}

/** Agreements that still bind the line. */
export function agreementsInForce(line: Line, world: World, today: ShanghaiDate): HeldAgreement[] {
  return line.agreements.filter((a) => a.endDate >= today && !world.terminatedAgreements.has(a.id))
}

/** Running charges not yet paid, in li. */
export function unbilledLi(line: Line, world: World): number {
  return Math.max(0, liFromFen(line.unbilledFen) - world.paidLi(line.msisdn, ['unbilled']))
}

/** What anyone may know of a number. */
export function numberView(system: HomeSystem, line: Line, holder: Person): NumberAnswer {
  return {
    msisdn: line.msisdn as Msisdn,
    carrier: line.carrier,
    homeProvince: line.province,
    state: currentState(line, system.world),
    maskedName: maskedName(holder.name, system.profile.maskCharacter),
    premium: line.premium,
    realNamed: line.realNamed,
    cardType: line.cardType,
  }
}

/** Everything the home province knows that matters for a cancellation, money in li. */
export function accountView(system: HomeSystem, line: Line, holder: Person): WireAccount {
  const { world } = system
  const now = system.now()
  return {
    number: numberView(system, line, holder),
    city: line.city,
    productName: line.productName,
    monthlyFeeLi: liFromFen(line.monthlyFeeFen),
    openedOn: line.openedOn,
    agreements: agreementsInForce(line, world, shanghaiDate(now)).map((agreement) => ({
      id: agreement.id,
      agreementType: agreement.agreementType,
      name: agreement.name,
      agreementPeriod: { startDate: agreement.startDate, endDate: agreement.endDate },
      terms: namedFenToLi(agreement.terms),
      devices: agreement.devices,
    })),
    bills: line.bills.map((bill) => ({
      id: bill.id,
      billingPeriod: bill.billingPeriod,
      amountLi: liFromFen(bill.amountFen),
      unpaidLi: world.unpaidLi(line, bill),
      paymentDueDate: bill.paymentDueDate,
      invoiced: bill.invoiced && !world.voidedInvoices.has(bill.id),
    })),
    unbilledLi: unbilledLi(line, world),
    buckets: world.ended.has(line.msisdn)
      ? []
      : line.buckets.map(({ id, kind, name, remainingFen }) => ({
          id,
          kind,
          name,
          remainingLi: liFromFen(remainingFen),
        })),
    depositLi: world.ended.has(line.msisdn) ? 0 : liFromFen(line.depositFen),
    points: line.points,
    bundleMembers: line.bundleMembers,
    recentChanges: line.recentChanges.map(({ kind, at }) => ({ kind, at: instant(at) })),
    asOf: instant(now),
  }
}
