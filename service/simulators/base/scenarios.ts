import { z } from 'zod'
import { agreementTypeSchema, lineStates, recentChangeKinds } from '../../../src/shared/domain/account.ts'
import { askerSchema } from '../../../src/shared/domain/asker.ts'
import { carrierSchema, provinceSchema } from '../../../src/shared/domain/geography.ts'
import { identificationTypeSchema } from '../../../src/shared/domain/identity-document.ts'
import scenarioFile from '../data/scenarios.json' with { type: 'json' }

const textSchema = z.object({ zh: z.string(), en: z.string() })
const findingSchema = z.strictObject({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
})

/** A plainly named circumstance for trying out; the people who are in it are drawn from the seed. */
export const scenarioSchema = z.strictObject({
  name: z.string(),
  zh: z.string(),
  en: z.string(),
  expect: textSchema,
  /** How many people are in it. */
  count: z.int().positive(),
  /** Prefix carrier; absent: the four in turn. */
  carrier: carrierSchema.optional(),
  province: z.union([provinceSchema, z.literal('all')]),
  city: z.string().optional(),
  person: z
    .strictObject({
      identificationType: identificationTypeSchema.optional(),
      age: z.tuple([z.int(), z.int()]).optional(),
      expired: z.boolean().optional(),
      portrait: z.boolean().optional(),
    })
    .default({}),
  /** Somebody who comes in place of the holder. Ages in 2026. */
  actor: z.strictObject({ asker: askerSchema, relation: z.string(), age: z.tuple([z.int(), z.int()]) }).optional(),
  line: z
    .strictObject({
      state: z.enum(lineStates).default('active'),
      premium: z.boolean().default(false),
      realNamed: z.boolean().default(true),
      portedTo: carrierSchema.optional(),
      findings: z.array(findingSchema).default([]),
      agreements: z
        .array(
          z.strictObject({
            agreementType: agreementTypeSchema,
            monthsTotal: z.int().positive(),
            monthsLeft: z.int().nonnegative(),
            terms: z.record(z.string(), z.int()),
            devices: z.array(z.string()).optional(),
          }),
        )
        .default([]),
      bills: z.array(z.strictObject({ amountFen: z.int().positive(), overdueDays: z.int() })).default([]),
      /** Bills of past months that are paid; an invoice may have been issued for them. */
      paidBills: z
        .array(z.strictObject({ amountFen: z.int().positive(), monthsAgo: z.int().positive(), invoiced: z.boolean() }))
        .default([]),
      unbilledFen: z.int().nonnegative().default(0),
      depositFen: z.int().nonnegative().default(0),
      points: z.int().nonnegative().default(0),
      buckets: z
        .array(z.strictObject({ kind: z.enum(['cash', 'gift']), name: z.string(), remainingFen: z.int().positive() }))
        .default([]),
      review: z.array(findingSchema).default([]),
      /** Hours before the day begins on which the world is made. */
      recentChanges: z
        .array(z.strictObject({ kind: z.enum(recentChangeKinds), hoursAgo: z.int().nonnegative() }))
        .default([]),
    })
    .prefault({}),
})
export type Scenario = z.infer<typeof scenarioSchema>

/** The scenario table, in the order in which its people are drawn. */
export const scenarios: readonly Scenario[] = z.array(scenarioSchema).parse(scenarioFile)
