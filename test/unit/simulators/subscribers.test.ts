import { describe, expect, it } from 'vitest'
import { generateSubscribers } from '../../../service/simulators/base/generate.ts'
import { planSegments } from '../../../service/simulators/base/segment-plan.ts'
import { agreementTypes } from '../../../src/shared/domain/account.ts'
import { ageOn, monthsAfter, parseDate } from '../../../src/shared/domain/calendar.ts'
import { carriers, provinces } from '../../../src/shared/domain/geography.ts'
import { checkDocument, identificationTypes, readIdNumber } from '../../../src/shared/domain/identity-document.ts'
import { parseMsisdn } from '../../../src/shared/domain/msisdn.ts'
import { lookUpSegment } from '../../../src/shared/domain/segments.ts'
import { base, prefixes, today } from './try-out-base.ts'

const scenarioLines = (name: string) => base.lines.filter((line) => line.scenario === name)

describe('the generated subscriber base', () => {
  it('is the same for the same seed and day', () => {
    const again = generateSubscribers('unit', today, prefixes)
    expect(again.people).toEqual(base.people)
    expect(again.lines).toEqual(base.lines)
  })

  it('keeps people and numbers on another day, while bills move with the day', () => {
    const later = generateSubscribers('unit', parseDate('2027-03-05')!, prefixes)
    const identity = (from: typeof base) => from.people.map((p) => [p.id, p.name, p.identificationId, p.portraitSeed])
    const numbers = (from: typeof base) => from.lines.map((l) => [l.msisdn, l.personId, l.carrier, l.servicePassword])
    expect(identity(later)).toEqual(identity(base))
    expect(numbers(later)).toEqual(numbers(base))
    expect(later.lines.flatMap((l) => l.bills)).not.toEqual(base.lines.flatMap((l) => l.bills))
  })

  it('holds other people under another seed', () => {
    const other = generateSubscribers('another', today, prefixes)
    const known = new Set(base.people.map((person) => person.identificationId))
    const shared = other.people.filter((person) => known.has(person.identificationId))
    expect(shared.length).toBeLessThan(other.people.length / 100)
  })

  it('has at least 20,000 people, each with a number of their own or coming for somebody else', () => {
    expect(base.people.length).toBeGreaterThanOrEqual(20_000)
    const actors = base.lines.flatMap((line) => line.actors.map((actor) => actor.personId))
    expect(new Set([...base.lines.map((line) => line.personId), ...actors]).size).toBe(base.people.length)
    expect(new Set(base.lines.map((line) => line.msisdn)).size).toBe(base.lines.length)
    expect(new Set(base.people.map((person) => person.identificationId)).size).toBe(base.people.length)
  })

  it('has customers of every carrier in every province', () => {
    const served = new Set(base.lines.map((line) => `${line.carrier}/${line.province}`))
    for (const carrier of carriers) for (const province of provinces) expect(served).toContain(`${carrier}/${province}`)
  })

  it('gives numbers that the segment table places in the right province and prefix carrier', () => {
    const provincesBySegment = new Map(planSegments(prefixes).map((s) => [s.segment, s.province]))
    for (const line of base.lines) {
      const number = parseMsisdn(line.msisdn)
      if (!number.ok) throw new Error(line.msisdn)
      const found = lookUpSegment(number.value, { prefixes, provinces: provincesBySegment })
      expect(found).toMatchObject({
        ok: true,
        value: { homeProvince: line.province, prefixCarrier: line.prefixCarrier },
      })
    }
  })
})

describe('the documents of the generated people', () => {
  it('pass the check of the counter, but for expired documents and minors', () => {
    const failures = new Map<string, number>()
    for (const person of base.people) {
      const { validFrom, ...rest } = person
      const checked = checkDocument({ ...rest, ...(validFrom ? { validFrom } : {}), entry: 'manual' }, today)
      if (!checked.ok) failures.set(checked.error.code, (failures.get(checked.error.code) ?? 0) + 1)
    }
    expect([...failures.keys()].sort()).toEqual(['document.expired', 'document.minor'])
    expect(failures.get('document.expired')).toBeLessThan(base.people.length / 50)
    expect(failures.get('document.minor')).toBeLessThan(base.people.length / 50)
  })

  it('are of all eleven types', () => {
    expect(new Set(base.people.map((p) => p.identificationType))).toEqual(new Set(identificationTypes))
  })

  it('show adults of 18 to 90 years and some minors', () => {
    const ages = base.people
      .filter((person) => person.identificationType === 'RESIDENT_ID')
      .map((person) => ageOn(readIdNumber(person.identificationId)!.birth, today))
    expect(Math.max(...ages)).toBeLessThanOrEqual(90)
    expect(ages.filter((age) => age < 18).length).toBeGreaterThan(20)
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(5)
  })

  it('bear two-character surnames and names with the middle dot', () => {
    expect(base.people.some((person) => person.name.startsWith('欧阳'))).toBe(true)
    expect(base.people.some((person) => /^\p{Script=Han}+·\p{Script=Han}+$/u.test(person.name))).toBe(true)
  })
})

describe('what hangs on the lines', () => {
  it('includes all thirteen kinds of agreement, in force and with whole-fen terms', () => {
    const agreements = base.lines.flatMap((line) => line.agreements)
    expect(new Set(agreements.map((a) => a.agreementType))).toEqual(new Set(agreementTypes))
    for (const agreement of agreements) {
      expect(agreement.startDate <= today && agreement.endDate >= today).toBe(true)
      expect(Object.values(agreement.terms).every(Number.isSafeInteger)).toBe(true)
      if (agreement.agreementType === 'DEVICE_LEASE') expect(agreement.devices.length).toBeGreaterThan(0)
    }
  })

  it('includes paid and overdue bills, cash and gifts, deposits, points, bundles, ported and premium numbers', () => {
    const bills = base.lines.flatMap((line) => line.bills)
    const buckets = base.lines.flatMap((line) => line.buckets)
    expect(bills.some((bill) => bill.unpaidFen === 0 && bill.amountFen > 0)).toBe(true)
    expect(bills.some((bill) => bill.unpaidFen > 0 && bill.paymentDueDate < today)).toBe(true)
    expect(new Set(buckets.map((bucket) => bucket.kind))).toEqual(new Set(['cash', 'gift']))
    expect(base.lines.some((line) => line.depositFen > 0)).toBe(true)
    expect(base.lines.some((line) => line.points > 0)).toBe(true)
    expect(base.lines.some((line) => line.bundleMembers.length > 0)).toBe(true)
    expect(base.lines.filter((line) => line.carrier !== line.prefixCarrier).length).toBeGreaterThan(200)
    expect(base.lines.filter((line) => line.premium).length).toBeGreaterThan(100)
    expect(base.lines.every((line) => line.oftenCalledNumbers.length >= 3)).toBe(true)
  })

  it('leaves exactly 205 months on the Taiyuan premium number, whatever the day', () => {
    for (const day of ['2026-11-21', '2027-01-31', '2028-02-29']) {
      const [line] = generateSubscribers('unit', parseDate(day)!, prefixes).lines.filter(
        (l) => l.scenario === 'premium',
      )
      expect(line).toMatchObject({ province: '14', city: '太原', carrier: 'CTCC', premium: true })
      expect(line!.agreements[0]).toMatchObject({
        agreementType: 'PREMIUM_NUMBER',
        terms: { monthlyGuaranteeFen: 29900 },
      })
      expect(monthsAfter(parseDate(day)!, line!.agreements[0]!.endDate)).toBe(205)
    }
    expect(scenarioLines('premium')[0]!.agreements[0]!.endDate).toBe('2043-12-31')
  })

  it('stops the line in arrears for two overdue bills', () => {
    for (const line of scenarioLines('arrears')) {
      expect(line.state).toBe('suspended')
      expect(line.bills.filter((bill) => bill.unpaidFen > 0 && bill.paymentDueDate < today)).toHaveLength(2)
    }
  })
})

describe('the bills of a line', () => {
  it('are one a month, each with its own id', () => {
    for (const line of base.lines) {
      expect(new Set(line.bills.map((bill) => bill.billingPeriod)).size).toBe(line.bills.length)
      expect(new Set(line.bills.map((bill) => bill.id)).size).toBe(line.bills.length)
    }
  })
})
