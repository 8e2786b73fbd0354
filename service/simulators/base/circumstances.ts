import { type AgreementType, agreementTypes } from '../../../src/shared/domain/account.ts'
import { addDays, type ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import rareCircumstances from '../data/circumstances.json' with { type: 'json' }
import { drawAgreement } from './agreements.ts'
import { firstOfMonth } from './months.ts'
import type { Random } from './random.ts'
import type { HeldBill, Line, LineState } from './subscriber.ts'

interface RareCircumstance {
  code: string
  state?: LineState
  params?: Record<string, string | number>
  relation?: string
  bucket?: { kind: 'cash' | 'gift'; name: string; remainingFen: number }
}

const rare = rareCircumstances as RareCircumstance[]
/** Every so many lines one carries a rare circumstance, all of them in turn. */
const rareEvery = 16

/** A month's bill that is unpaid since `overdueDays` (negative: not yet due). */
export function unpaidBill(id: string, amountFen: number, overdueDays: number, today: ShanghaiDate): HeldBill {
  const paymentDueDate = addDays(today, -overdueDays)
  const billingPeriod = firstOfMonth(paymentDueDate, -1).slice(0, 7)
  return { id, billingPeriod, amountFen, unpaidFen: amountFen, paymentDueDate, invoiced: false }
}

/** A past month's bill that was paid, with or without an invoice. */
export function paidBill(
  id: string,
  amountFen: number,
  monthsAgo: number,
  invoiced: boolean,
  today: ShanghaiDate,
): HeldBill {
  return {
    id,
    billingPeriod: firstOfMonth(today, -monthsAgo).slice(0, 7),
    amountFen,
    unpaidFen: 0,
    paymentDueDate: addDays(firstOfMonth(today, 1 - monthsAgo), 24),
    invoiced,
  }
}

/** Gives an ordinary line its history: paid bills, prepaid money or running charges, points, sometimes more. */
export function addOrdinaryCircumstances(line: Line, index: number, today: ShanghaiDate, random: Random): void {
  const prepaid = random.chance(0.45)
  if (prepaid) addPrepaidMoney(line, random)
  else addPostpaidBills(line, today, random)
  if (random.chance(0.55)) line.points = random.integer(20, 6000)
  if (random.chance(0.06)) line.depositFen = random.pick([5000, 10000, 20000])
  if (random.chance(0.16)) addAgreements(line, today, random)
  if (!prepaid && random.chance(0.1)) addArrears(line, today, random)
  if (index % rareEvery === 0) addRare(line, rare[(index / rareEvery) % rare.length]!, random)
}

function addPrepaidMoney(line: Line, random: Random): void {
  const id = `K${line.msisdn}`
  if (random.chance(0.7))
    line.buckets.push({ id: `${id}-1`, kind: 'cash', name: '现金账户', remainingFen: random.integer(1, 240) * 50 })
  if (random.chance(0.3))
    line.buckets.push({ id: `${id}-2`, kind: 'gift', name: '赠送账户', remainingFen: random.integer(1, 60) * 100 })
}

function addPostpaidBills(line: Line, today: ShanghaiDate, random: Random): void {
  const months = random.integer(1, 3)
  for (let month = 1; month <= months; month++)
    line.bills.push(
      paidBill(
        `B${line.msisdn}-${month}`,
        line.monthlyFeeFen + random.integer(0, 30) * 50,
        month,
        random.chance(0.2),
        today,
      ),
    )
  if (random.chance(0.6)) line.unbilledFen = random.integer(1, line.monthlyFeeFen / 50) * 50
}

function addAgreements(line: Line, today: ShanghaiDate, random: Random): void {
  const types: AgreementType[] = line.premium ? ['PREMIUM_NUMBER'] : [random.pick(agreementTypes.slice(1))]
  if (random.chance(0.2)) types.push(random.pick(agreementTypes.slice(1)))
  for (const type of types) addAgreement(line, type, today, random)
}

/** Adds an agreement with the next free id of the line. */
export function addAgreement(line: Line, type: AgreementType, today: ShanghaiDate, random: Random): void {
  line.agreements.push(drawAgreement(type, `A${line.msisdn}-${line.agreements.length + 1}`, today, random))
}

function addArrears(line: Line, today: ShanghaiDate, random: Random): void {
  const overdue = random.integer(2, 75)
  const count = overdue > 31 ? random.integer(1, 2) : 1
  const paid = line.bills.length
  const unpaid: HeldBill[] = []
  for (let i = 0; i < count; i++) {
    const amount = line.monthlyFeeFen + random.integer(0, 40) * 50
    unpaid.push(unpaidBill(`B${line.msisdn}-${paid + i + 1}`, amount, overdue - 31 * i, today))
  }
  // One bill a month: the unpaid one takes the place of a paid one of the same month.
  const months = new Set(unpaid.map((bill) => bill.billingPeriod))
  line.bills = [...line.bills.filter((bill) => !months.has(bill.billingPeriod)), ...unpaid]
  // A line is stopped after 30 days overdue (Telecommunications Regulations, art. 34).
  if (overdue > 30) {
    line.state = 'suspended'
    line.findings.push({ code: 'STATE_STOP', params: { cause: 'arrears' } })
  }
}

function addRare(line: Line, circumstance: RareCircumstance, random: Random): void {
  const params: Record<string, string | number> = { ...circumstance.params }
  if (circumstance.state) {
    line.state = circumstance.state
    // One stop per line: a line that is lost or frozen is not also stopped for arrears.
    line.findings = line.findings.filter((finding) => finding.code !== 'STATE_STOP')
  }
  if (circumstance.relation) params.msisdn = addBundleMember(line, circumstance.relation, random)
  if (circumstance.bucket) line.buckets.push({ id: `K${line.msisdn}-3`, ...circumstance.bucket })
  line.findings.push({ code: circumstance.code, params })
}

/** Adds a member of a bundle and returns its number; a broadband line has an account number instead. */
export function addBundleMember(line: Line, relation: string, random: Random): string {
  const msisdn = relation === 'broadband' ? `KD${random.digits(10)}` : line.msisdn.slice(0, 7) + random.digits(4)
  line.bundleMembers.push({ msisdn, relation })
  return msisdn
}
