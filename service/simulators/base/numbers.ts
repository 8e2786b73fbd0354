import type { Carrier, Province } from '../../../src/shared/domain/geography.ts'
import type { Random } from './random.ts'
import type { PlannedSegment } from './segment-plan.ts'

const premiumTails = ['8888', '6666', '9999', '1688', '5678', '7777', '0001', '1234', '3333', '8866', '9988', '6688']

/** Gives away numbers, each once, out of the planned segments. */
export interface NumberPool {
  draw(carrier: Carrier, province: Province, random: Random, wish?: { city?: string; premium?: boolean }): DrawnNumber
  drawResale(province: Province, random: Random): DrawnNumber
  /** A number that may or may not belong to anyone: for often-called lists. */
  anyNumber(random: Random): string
}

export interface DrawnNumber {
  msisdn: string
  segment: PlannedSegment
}

/** Builds the pool over a plan. */
export function createNumberPool(plan: readonly PlannedSegment[]): NumberPool {
  const taken = new Set<string>()
  const ordinary = new Map<string, PlannedSegment[]>()
  const resale = new Map<string, PlannedSegment[]>()
  for (const segment of plan) {
    const group = segment.resale ? resale : ordinary
    const key = segment.resale ? segment.province : `${segment.prefixCarrier}/${segment.province}`
    const members = group.get(key)
    if (members) members.push(segment)
    else group.set(key, [segment])
  }

  const drawFrom = (segments: readonly PlannedSegment[], random: Random, premium: boolean): DrawnNumber => {
    for (let attempt = 0; ; attempt++) {
      const segment = random.pick(segments)
      // After the premium tails of a small place are gone, any four digits serve.
      const tail = premium && attempt < 200 ? random.pick(premiumTails) : random.digits(4)
      const msisdn = segment.segment + tail
      if (taken.has(msisdn)) continue
      taken.add(msisdn)
      return { msisdn, segment }
    }
  }

  return {
    draw(carrier, province, random, wish = {}) {
      const all = ordinary.get(`${carrier}/${province}`) ?? []
      const inCity = wish.city ? all.filter((segment) => segment.city === wish.city) : all
      return drawFrom(inCity, random, wish.premium ?? false)
    },
    drawResale: (province, random) => drawFrom(resale.get(province) ?? [], random, false),
    anyNumber: (random) => random.pick(plan).segment + random.digits(4),
  }
}
