import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Agreement, agreementTypes } from '../../src/shared/domain/account.ts'
import { type ShanghaiDate, startOfDay } from '../../src/shared/domain/calendar.ts'
import { quotePenalty } from '../../src/shared/domain/penalty-quote.ts'
import { assemblePacks } from '../../src/shared/domain/rules/assemble-packs.ts'
import { resolveRules } from '../../src/shared/domain/rules/resolve-rules.ts'
import { waitingEffect } from '../../src/shared/domain/rules/waiting-effect.ts'
import { quietMoment, type Surroundings } from './support/quiet.ts'
import { publish } from './support/report.ts'
import { median, percentile } from './support/statistics.ts'

const rounds = 7
const perRound = 5_000
/** Following an agreement over years is asked for once per case shown, not once per quote. */
const waitsPerRound = 500

const folder = resolve(import.meta.dirname, '../../resources/rule-packs')
const packs = assemblePacks(
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, value: JSON.parse(readFileSync(resolve(folder, name), 'utf8')) as unknown })),
)
const today = '2026-11-21' as ShanghaiDate
const at = startOfDay(today)
const place = { carrier: 'CTCC', province: '14' } as const
const resolved = resolveRules(packs, place, today)
if (!resolved.ok) throw new Error(resolved.error.code)
const rules = resolved.value
/** Every figure any rule asks for, so that all kinds of agreement can be priced and every alternative applies. */
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
const several = agreements.filter(
  ({ agreementType }) => rules.penaltyRules.filter((rule) => rule.agreementType === agreementType).length > 1,
)

function quote(agreement: Agreement) {
  const result = quotePenalty({ agreement, rules, at, devicesReturned: 0 })
  if (!result.ok || result.value.steps.length === 0) throw new Error(`no quote: ${JSON.stringify(result)}`)
  return result.value
}
function wait(agreement: Agreement) {
  return waitingEffect({ agreement, packs, place, on: today, devicesReturned: 0 })
}
if (several.some((agreement) => quote(agreement).alternatives.length === 0))
  throw new Error('an alternative is missing')

/** Runs `work` over agreements in turn: how many a second, and the 99th percentile of one in microseconds. */
function measure(among: readonly Agreement[], times: number, work: (agreement: Agreement) => unknown) {
  const spent: number[] = []
  const begun = performance.now()
  for (let index = 0; index < times; index += 1) {
    const before = performance.now()
    work(among[index % among.length]!)
    spent.push((performance.now() - before) * 1000)
  }
  return { perSecond: (times / (performance.now() - begun)) * 1000, p99: percentile(spent, 0.99) }
}

const contenders = {
  'all thirteen kinds': () => measure(agreements, perRound, quote),
  'kinds with alternatives': () => measure(several, perRound, quote),
  'effect of waiting': () => measure(agreements, waitsPerRound, wait),
}
const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, [] as ReturnType<typeof measure>[]]))
const around: Surroundings[] = []
for (const run of Object.values(contenders)) run()
for (let round = 0; round < rounds; round += 1) {
  around.push(await quietMoment())
  for (const [name, run] of Object.entries(contenders)) results[name]!.push(run())
}
const perSecond = (name: keyof typeof contenders) => median(results[name]!.map((each) => each.perSecond))
publish({
  name: 'quotes',
  what: `pricing the termination of one agreement with its derivation and every alternative, ${agreements.length} kinds in turn, one core`,
  rounds,
  around,
  lines: Object.keys(contenders).map((name) => ({
    name,
    figures: {
      per_s: perSecond(name as keyof typeof contenders),
      p99_us: median(results[name]!.map((each) => each.p99)),
    },
  })),
  ratios: {
    quotes_per_second: perSecond('all thirteen kinds'),
    quotes_with_alternatives_per_second: perSecond('kinds with alternatives'),
    waiting_effects_per_second: perSecond('effect of waiting'),
  },
  budgets: [
    { key: 'quotes_per_second', limit: 10_000, must: 'reach' },
    { key: 'quotes_with_alternatives_per_second', limit: 10_000, must: 'reach' },
  ],
  versions: {},
})
