import type { AgreementType } from '../../../src/shared/domain/account.ts'
import type { Asker } from '../../../src/shared/domain/asker.ts'
import { blockerEntry } from '../../../src/shared/domain/blocker-catalogue.ts'
import { addDays, daysBetween, type ShanghaiDate, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type { Province } from '../../../src/shared/domain/geography.ts'
import type { PreCheckAnswer } from '../../src/connectors/wire/home-bss.ts'
import { liFromFen, namedFenToLi } from '../../src/connectors/wire/li.ts'
import type { Finding, Line, Person } from '../base/subscriber.ts'
import {
  accountView,
  agreementsInForce,
  currentState,
  findingsNow,
  stoppedForArrears,
  unbilledLi,
} from './account-view.ts'
import { findLine, type HomeSystem } from './system.ts'

/** Which blocker an agreement in force raises, by its kind. */
const blockerOfAgreement: Record<AgreementType, string> = {
  PREMIUM_NUMBER: 'CONTRACT_PREMIUM',
  TERMINAL_SUBSIDY: 'CONTRACT_TERMINAL',
  OWN_DEVICE_PREPAY: 'CONTRACT_MARKETING',
  PREPAY_GIFT_CREDIT: 'CONTRACT_MARKETING',
  PREPAY_GIFT_ITEM: 'CONTRACT_MARKETING',
  DISCOUNT_PLAN: 'CONTRACT_MARKETING',
  MIN_SPEND: 'CONTRACT_NON_SIGNED',
  FMC_BUNDLE: 'CONTRACT_MARKETING',
  BROADBAND_TERM: 'CONTRACT_MARKETING',
  DEVICE_LEASE: 'DEVICE_NOT_RETURNED',
  FAMILY_SHARE: 'CONTRACT_NON_SIGNED',
  ADD_ON_TERM: 'CONTRACT_NON_SIGNED',
  GROUP_BENEFIT: 'CONTRACT_NON_SIGNED',
}

/** What the papers of an asker settle, so that it no longer stands in the way. */
const settledBy: Partial<Record<string, Asker>> = {
  CORPORATE_OWNED: 'organisation',
  OWNER_DECEASED: 'heir',
  UNKNOWN_NUMBER: 'disowned',
}

/** Dry-runs the cancellation: the account and everything that stands in the way, in one pass. */
export function preCheck(
  system: HomeSystem,
  msisdn: string,
  handlingProvince?: Province,
  asker?: Asker,
): PreCheckAnswer {
  const found = findLine(system, msisdn)
  if (!found.found) return found.refusal
  const { line, holder } = found
  const blockers = findBlockers(system, line, holder, asker)
  if (handlingProvince === line.province) blockers.unshift({ code: 'NOT_REMOTE', params: {} })
  return { result: 'ok', account: accountView(system, line, holder), blockers }
}

/** All blockers of a line as this system sees them, after what its profile ignores. Money in li. */
export function findBlockers(system: HomeSystem, line: Line, holder: Person, asker: Asker = 'holder'): Finding[] {
  const today = shanghaiDate(system.now())
  const order = system.world.openOrder(line.msisdn)
  const found: Finding[] = [
    ...stateBlockers(system, line),
    ...(holder.identificationType === 'UNIT_LICENSE' ? [{ code: 'CORPORATE_OWNED', params: {} }] : []),
    ...(line.realNamed || system.world.isRemoved(line.msisdn, 'REALNAME_MISSING')
      ? []
      : [{ code: 'REALNAME_MISSING', params: {} }]),
    ...(order ? [{ code: 'PENDING_ORDER', params: { orderId: order.order.orderId } }] : []),
    ...agreementBlockers(system, line, today),
    ...moneyBlockers(system, line, today),
    ...(inMonthEndWindow(system, today) && !line.findings.some(({ code }) => code === 'MONTH_END_WINDOW')
      ? [{ code: 'MONTH_END_WINDOW', params: {} }]
      : []),
  ]
  const { treatments } = system.profile
  return found
    .filter((blocker) => treatments[blocker.code] !== 'ignore' && settledBy[blocker.code] !== asker)
    .map(({ code, params }) => ({
      code,
      params: { ...namedFenToLi(params), ...(treatments[code] === 'ask' ? { treatment: 'ask' } : {}) },
    }))
}

function stateBlockers(system: HomeSystem, line: Line): Finding[] {
  const state = currentState(line, system.world)
  const stopped = stoppedForArrears(line, system.world)
  const findings = findingsNow(line, system.world)
    .filter((finding) => (blockerEntry(finding.code)?.stage ?? 'precheck') === 'precheck')
    .filter((finding) => finding.params.cause !== 'arrears' || stopped)
  const known = findings.some((finding) => finding.code === 'STATE_CANCELLED')
  return state === 'terminated' && !known ? [{ code: 'STATE_CANCELLED', params: {} }, ...findings] : findings
}

function agreementBlockers(system: HomeSystem, line: Line, today: ShanghaiDate): Finding[] {
  return agreementsInForce(line, system.world, today).map((agreement) => ({
    code: blockerOfAgreement[agreement.agreementType],
    params: { agreementId: agreement.id, endDate: agreement.endDate },
  }))
}

function moneyBlockers(system: HomeSystem, line: Line, today: ShanghaiDate): Finding[] {
  const { world } = system
  const found: Finding[] = []
  const unpaid = line.bills.filter((bill) => world.unpaidLi(line, bill) > 0)
  if (unpaid.length > 0) {
    const unpaidLi = unpaid.reduce((sum, bill) => sum + world.unpaidLi(line, bill), 0)
    const overdueDays = Math.max(0, ...unpaid.map((bill) => daysBetween(bill.paymentDueDate, today)))
    found.push({ code: 'ARREARS', params: { unpaidLi, bills: unpaid.length, overdueDays } })
  }
  const running = unbilledLi(line, world)
  if (running > 0) found.push({ code: 'UNBILLED_CURRENT', params: { unbilledLi: running } })
  if (world.ended.has(line.msisdn)) return found
  const cashFen = line.buckets.reduce((sum, bucket) => sum + (bucket.kind === 'cash' ? bucket.remainingFen : 0), 0)
  if (cashFen > 0) found.push({ code: 'BALANCE_LEFT', params: { cashLi: liFromFen(cashFen) } })
  if (line.depositFen > 0) found.push({ code: 'DEPOSIT_LEFT', params: { depositLi: liFromFen(line.depositFen) } })
  if (line.points > 0) found.push({ code: 'POINTS_LOST', params: { points: line.points } })
  return found
}

function inMonthEndWindow(system: HomeSystem, today: ShanghaiDate): boolean {
  const window = system.profile.monthEndWindow
  if (!window) return false
  const inLastDays = addDays(today, window.lastDays).slice(0, 7) !== today.slice(0, 7)
  return inLastDays || Number(today.slice(8)) <= window.firstDays
}
