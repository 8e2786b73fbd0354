import { z } from 'zod'
import { blockerEntry } from '../../../src/shared/domain/blocker-catalogue.ts'
import circumstanceFile from '../data/blocker-circumstances.json' with { type: 'json' }
import { type Scenario, scenarioSchema } from './scenarios.ts'

const wishes = { carrier: true, province: true, person: true, line: true } as const
const textSchema = z.object({ zh: z.string(), en: z.string() })

/** How somebody comes into one coded circumstance; `how` where the clerk has to do something for it. */
const fileSchema = z.strictObject({
  byCode: z.array(
    scenarioSchema.pick(wishes).partial({ province: true }).extend({ code: z.string(), how: textSchema.optional() }),
  ),
  combinations: z.array(scenarioSchema.pick({ name: true, zh: true, en: true, expect: true, line: true })),
})
const file = fileSchema.parse(circumstanceFile)

/** Provinces whose systems look at everything and have no month-end window. */
const plainProvinces = ['33', '31', '23', '61'] as const
const peopleEach = 3

/** The scenario in which a coded blocker is met. */
export function circumstanceName(code: string): string {
  return `finding-${code}`
}

/** One scenario per coded blocker, named by the catalogue in both languages, then combinations of several. */
export const blockerCircumstances: readonly Scenario[] = [
  ...file.byCode.map(({ code, how, province, ...rest }, index): Scenario => {
    const entry = blockerEntry(code)
    if (!entry) throw new Error(`no such blocker: ${code}`)
    return {
      ...rest,
      name: circumstanceName(code),
      zh: `${entry.zh} ${code}`,
      en: `${entry.en} ${code}`,
      expect: how ?? entry.remedy,
      count: peopleEach,
      province: province ?? plainProvinces[index % plainProvinces.length]!,
    }
  }),
  ...file.combinations.map(
    (combination, index): Scenario => ({
      ...combination,
      name: `combination-${combination.name}`,
      count: peopleEach,
      province: plainProvinces[index % plainProvinces.length]!,
      person: {},
    }),
  ),
]
