import type { AgreementType } from '../../../src/shared/domain/account.ts'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import kinds from '../data/agreement-kinds.json' with { type: 'json' }
import { firstOfMonth, lastOfMonth } from './months.ts'
import type { Random } from './random.ts'
import type { HeldAgreement } from './subscriber.ts'

type TermRange = { oneOf: number[] } | { min: number; max: number; step: number }
interface AgreementKind {
  agreementType: AgreementType
  name: string
  months: number
  terms: Record<string, TermRange>
}

const agreementKinds = kinds as unknown as AgreementKind[]
const kindByType = new Map(agreementKinds.map((kind) => [kind.agreementType, kind]))
const leasedDevices = ['光猫', '机顶盒'] as const

/** An agreement with fixed terms whose last month is `monthsLeft` after the running one. */
export function buildAgreement(
  wish: {
    agreementType: AgreementType
    monthsTotal: number
    monthsLeft: number
    terms: Record<string, number>
    devices?: string[]
  },
  id: string,
  today: ShanghaiDate,
): HeldAgreement {
  return {
    id,
    agreementType: wish.agreementType,
    name: kindByType.get(wish.agreementType)!.name,
    startDate: firstOfMonth(today, wish.monthsLeft - wish.monthsTotal + 1),
    endDate: lastOfMonth(today, wish.monthsLeft),
    terms: { ...wish.terms },
    devices: (wish.devices ?? []).map((name, index) => ({ id: `${id}-D${index + 1}`, name })),
  }
}

/** Draws an agreement of a kind, in force on `today`, with terms as that kind carries them (money in fen). */
export function drawAgreement(type: AgreementType, id: string, today: ShanghaiDate, random: Random): HeldAgreement {
  const kind = kindByType.get(type)!
  const terms: Record<string, number> = {}
  for (const [name, range] of Object.entries(kind.terms))
    terms[name] =
      'oneOf' in range
        ? random.pick(range.oneOf)
        : range.min + range.step * random.integer(0, Math.floor((range.max - range.min) / range.step))
  const monthsLeft = random.integer(1, kind.months - 2)
  const devices = type === 'DEVICE_LEASE' ? leasedDevices.slice(0, random.integer(1, 2)) : []
  return buildAgreement({ agreementType: type, monthsTotal: kind.months, monthsLeft, terms, devices }, id, today)
}
