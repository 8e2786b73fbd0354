import { type Agreement, agreementTypes } from '../../src/shared/domain/account.ts'
import { type ShanghaiDate, startOfDay } from '../../src/shared/domain/calendar.ts'
import { quotePenalty } from '../../src/shared/domain/penalty-quote.ts'
import { resolveRules } from '../../src/shared/domain/rules/resolve-rules.ts'
import { shippedPacks } from '../support/shipped-rules.ts'
import { quietMoment, type Surroundings } from './support/quiet.ts'
import { publish } from './support/report.ts'
import { median, percentile } from './support/statistics.ts'

const rounds = 7
const perRound = 5_000

const today = '2026-11-21' as ShanghaiDate
const at = startOfDay(today)
const resolved = resolveRules(shippedPacks, { carrier: 'CTCC', province: '14' }, today)
if (!resolved.ok) throw new Error(resolved.error.code)
const rules = resolved.value
/** Every figure any rule asks for, so that all kinds of agreement can be priced. */
const terms = Object.fromEntries(rules.terms.map(({ name }, index) => [name, 10_000 + index * 100]))
const agreements = agreementTypes.map(
  (agreementType): Agreement => ({
    id: agreementType,
    agreementType,
    name: agreementType,
    agreementPeriod: { startDate: '2025-01-01' as ShanghaiDate, endDate: '2028-12-31' as ShanghaiDate },
    terms,
    devices: [{ id: 'D1', name: 'modem' }],
  }),
)

function quote(index: number) {
  const agreement = agreements[index % agreements.length]!
  const result = quotePenalty({ agreement, rules, at, devicesReturned: 0 })
  if (!result.ok || result.value.steps.length === 0) throw new Error(`no quote: ${JSON.stringify(result)}`)
}

const perSecond: number[] = []
const p99: number[] = []
const around: Surroundings[] = []
for (let index = 0; index < perRound; index += 1) quote(index)
for (let round = 0; round < rounds; round += 1) {
  around.push(await quietMoment())
  const times: number[] = []
  const begun = performance.now()
  for (let index = 0; index < perRound; index += 1) {
    const before = performance.now()
    quote(index)
    times.push((performance.now() - before) * 1000)
  }
  perSecond.push((perRound / (performance.now() - begun)) * 1000)
  p99.push(percentile(times, 0.99))
}
publish({
  name: 'quotes',
  what: `pricing the termination of one agreement with its derivation, ${agreements.length} kinds in turn, one core`,
  rounds,
  around,
  lines: [{ name: 'quotePenalty', figures: { per_s: median(perSecond), p99_us: median(p99) } }],
  ratios: { quotes_per_second: median(perSecond) },
  budgets: [],
  versions: {},
})
