import { blockerEntry } from '../../../src/shared/domain/blocker-catalogue.ts'
import { type ShanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import { type Carrier, carriers, type Province } from '../../../src/shared/domain/geography.ts'
import type { PrefixFile } from '../../../src/shared/domain/segments.ts'
import plans from '../data/plans.json' with { type: 'json' }
import { buildAgreement } from './agreements.ts'
import { blockerCircumstances } from './blocker-circumstances.ts'
import { addAgreement, addBundleMember, addOrdinaryCircumstances, paidBill, unpaidBill } from './circumstances.ts'
import { firstOfMonth } from './months.ts'
import { createNumberPool, type DrawnNumber, type NumberPool } from './numbers.ts'
import { drawPerson, type PersonWishes } from './people.ts'
import { allPlaces, placeOf } from './places.ts'
import { createRandom, type Random } from './random.ts'
import { type Scenario, scenarios } from './scenarios.ts'
import { planSegments } from './segment-plan.ts'
import { indexSubscribers, type Line, type Person, type SubscriberBase } from './subscriber.ts'

/** Ordinary lines in all; scenario people come on top. */
const ordinaryLines = 22_000
const carrierShare: Record<Carrier, number> = { CMCC: 0.44, CUCC: 0.22, CTCC: 0.26, CBN: 0.08 }
const leastPerCarrierAndProvince = 24
/** Two lines of one holder, ported lines, premium lines and resale lines among the ordinary ones. */
const secondLineShare = 0.06
const portedShare = 0.04
const premiumShare = 0.012
const resaleShare = 0.006

interface Draft {
  seed: string
  today: ShanghaiDate
  pool: NumberPool
  documents: Set<string>
  people: Person[]
  lines: Line[]
}

/**
 * Draws the whole subscriber base. People, documents and numbers depend on `seed` alone; bills, agreements and the
 * validity of documents are laid out around `today` (Asia/Shanghai). Numbers lie in the segments planned over `prefixes`.
 */
export function generateSubscribers(
  seed: string,
  today: ShanghaiDate,
  prefixes: PrefixFile['prefixes'],
): SubscriberBase {
  const pool = createNumberPool(planSegments(prefixes))
  const draft: Draft = { seed, today, pool, documents: new Set(), people: [], lines: [] }
  for (const scenario of scenarios) drawScenario(draft, scenario)
  const totalWeight = allPlaces.reduce((sum, place) => sum + place.weight, 0)
  for (const place of allPlaces)
    for (const carrier of carriers) {
      const share = Math.round(((ordinaryLines * place.weight) / totalWeight) * carrierShare[carrier])
      const count = Math.max(leastPerCarrierAndProvince, share)
      for (let i = 0; i < count; i++) drawOrdinaryLine(draft, place.code, carrier)
    }
  // Last, so that the people before them stay who they were when a circumstance is added.
  for (const circumstance of blockerCircumstances) drawScenario(draft, circumstance)
  drawActors(draft)
  return indexSubscribers(draft.people, draft.lines)
}

/** People who come for somebody else: after everybody else, so that nobody who is known already changes. */
function drawActors(draft: Draft): void {
  for (const line of draft.lines) {
    const wish = scenarios.find((scenario) => scenario.name === line.scenario)?.actor
    if (!wish) continue
    const person = addPerson(draft, line.province, {
      identificationType: 'RESIDENT_ID',
      expired: false,
      portrait: true,
      age: wish.age,
    })
    line.actors = [{ asker: wish.asker, personId: person.id, relation: wish.relation }]
  }
}

function addPerson(draft: Draft, province: Province, wishes?: PersonWishes): Person {
  const person = drawPerson(
    draft.seed,
    draft.people.length + 1,
    placeOf(province),
    draft.today,
    draft.documents,
    wishes,
  )
  draft.people.push(person)
  return person
}

function drawOrdinaryLine(draft: Draft, province: Province, carrier: Carrier): void {
  const index = draft.lines.length
  const random = createRandom(`${draft.seed}/line/${index}`)
  const earlier = draft.people.at(-1)
  const previousLine = draft.lines.at(-1)
  const sameHolder = random.chance(secondLineShare) && previousLine?.province === province && !previousLine.scenario
  const person = sameHolder && earlier ? earlier : addPerson(draft, province)
  const premium = random.chance(premiumShare)
  const resale = random.chance(resaleShare)
  const drawn = resale
    ? draft.pool.drawResale(province, random)
    : draft.pool.draw(carrier, province, random, { premium })
  const line = blankLine(draft, person, drawn, random)
  line.premium = premium && !resale
  if (line.premium) takeLargestPlan(line)
  if (!resale && random.chance(portedShare)) portTo(line, random.pick(carriers.filter((c) => c !== carrier)))
  addOrdinaryCircumstances(line, index, draft.today, random)
  if (resale) line.findings.push({ code: 'SPECIAL_PRODUCT', params: { product: '移动通信转售' } })
  if (line.premium && line.agreements.length === 0) addAgreement(line, 'PREMIUM_NUMBER', draft.today, random)
  if (random.chance(0.003)) line.realNamed = false
  draft.lines.push(line)
}

function drawScenario(draft: Draft, scenario: Scenario): void {
  for (let i = 0; i < scenario.count; i++) {
    const random = createRandom(`${draft.seed}/scenario/${scenario.name}/${i}`)
    const place = scenario.province === 'all' ? allPlaces[i % allPlaces.length]! : placeOf(scenario.province)
    const carrier = scenario.carrier ?? carriers[(i + Math.floor(i / allPlaces.length)) % carriers.length]!
    const person = addPerson(draft, place.code, {
      identificationType: 'RESIDENT_ID',
      expired: false,
      portrait: true,
      ...definedOnly(scenario.person),
    })
    const wish = { premium: scenario.line.premium, ...(scenario.city ? { city: scenario.city } : {}) }
    const line = blankLine(draft, person, draft.pool.draw(carrier, place.code, random, wish), random)
    applyScenario(line, scenario, draft.today, random)
    draft.lines.push(line)
  }
}

function applyScenario(line: Line, scenario: Scenario, today: ShanghaiDate, random: Random): void {
  const wish = scenario.line
  line.scenario = scenario.name
  line.state = wish.state
  line.premium = wish.premium
  if (wish.premium) takeLargestPlan(line)
  if (wish.portedTo) portTo(line, wish.portedTo)
  line.findings = wish.findings.map((finding) => ({ code: finding.code, params: { ...finding.params } }))
  line.realNamed = wish.realNamed
  for (const finding of line.findings) {
    const relation = blockerEntry(finding.code)?.task?.relation
    if (relation) finding.params.msisdn = addBundleMember(line, relation, random)
  }
  line.agreements = wish.agreements.map((agreement, index) => {
    const { devices, ...rest } = agreement
    return buildAgreement(devices ? { ...rest, devices } : rest, `A${line.msisdn}-${index + 1}`, today)
  })
  const unpaid = wish.bills.map((bill, index) =>
    unpaidBill(`B${line.msisdn}-${index + 1}`, bill.amountFen, bill.overdueDays, today),
  )
  const paid = wish.paidBills.map(({ amountFen, monthsAgo, invoiced }, index) =>
    paidBill(`B${line.msisdn}-${unpaid.length + index + 1}`, amountFen, monthsAgo, invoiced, today),
  )
  line.bills = [...unpaid, ...paid]
  line.buckets = wish.buckets.map((bucket, index) => ({ id: `K${line.msisdn}-${index + 1}`, ...bucket }))
  line.unbilledFen = wish.unbilledFen
  line.depositFen = wish.depositFen
  line.recentChanges = wish.recentChanges.map(({ kind, hoursAgo }) => ({
    kind,
    at: startOfDay(today) - hoursAgo * 3_600_000,
  }))
  line.points = wish.points
  line.review = wish.review.map((step) => ({ code: step.code, params: { ...step.params } }))
}

function blankLine(draft: Draft, person: Person, drawn: DrawnNumber, random: Random): Line {
  const { segment, msisdn } = drawn
  const plan = random.pick(plans[segment.prefixCarrier])
  const openedMonthsAgo = random.integer(14, 160)
  return {
    msisdn,
    personId: person.id,
    carrier: segment.prefixCarrier,
    prefixCarrier: segment.prefixCarrier,
    province: segment.province,
    city: segment.city,
    state: 'active',
    cardType: random.pick(['USIM', 'USIM', 'USIM', 'eSIM']),
    productName: plan.name,
    monthlyFeeFen: plan.monthlyFeeFen,
    openedOn: firstOfMonth(draft.today, -openedMonthsAgo),
    premium: false,
    realNamed: true,
    servicePassword: random.digits(6),
    oftenCalledNumbers: Array.from({ length: 5 }, () => draft.pool.anyNumber(random)),
    unbilledFen: 0,
    depositFen: 0,
    points: 0,
    bundleMembers: [],
    recentChanges: [],
    findings: [],
    review: null,
    scenario: '',
    actors: [],
    agreements: [],
    bills: [],
    buckets: [],
  }
}

/** A premium number comes with a plan near its guaranteed spend. */
function takeLargestPlan(line: Line): void {
  const largest = plans[line.carrier].reduce((one, other) => (other.monthlyFeeFen > one.monthlyFeeFen ? other : one))
  line.productName = largest.name
  line.monthlyFeeFen = largest.monthlyFeeFen
}

function portTo(line: Line, carrier: Carrier): void {
  line.carrier = carrier
  line.productName = plans[carrier][0]!.name
  line.monthlyFeeFen = plans[carrier][0]!.monthlyFeeFen
}

function definedOnly(wishes: Scenario['person']): PersonWishes {
  return Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined)) as PersonWishes
}
