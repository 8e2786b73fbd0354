import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { carrierSchema, provinceSchema } from '../../src/shared/domain/geography.ts'
import { identificationTypeSchema } from '../../src/shared/domain/identity-document.ts'
import { dateSchema, msisdnSchema } from '../../src/shared/domain/scalars.ts'

/** A line of the test base with what its holder would show and say. */
export const subscriberSchema = z.object({
  msisdn: msisdnSchema,
  holder: z.object({
    identificationType: identificationTypeSchema,
    identificationId: z.string().min(1),
    name: z.string().min(1),
    issuingAuthority: z.string().default(''),
    validFrom: dateSchema.nullish().transform((date) => date ?? undefined),
    validTo: dateSchema.nullable(),
  }),
  servicePassword: z.string().min(1),
  oftenCalledNumbers: z.array(z.string()).default([]),
})
export type Subscriber = z.infer<typeof subscriberSchema>

/** What the suite needs of the other side's test base. Lines are used up: some will have ended afterwards. */
export const fixturesSchema = z.object({
  carrier: carrierSchema,
  province: provinceSchema,
  /** A province that is not the home province. */
  handlingProvince: provinceSchema,
  subscribers: z.array(subscriberSchema).min(1),
  /** A well-formed number this system does not have. */
  unknownNumber: msisdnSchema,
  /** A number of the province that another carrier serves, if there is one. */
  numberOfAnotherCarrier: msisdnSchema.optional(),
})
export type Fixtures = z.infer<typeof fixturesSchema>

/** Reads a fixtures file; throws with the place of what is wrong. */
export async function readFixtures(path: string): Promise<Fixtures> {
  const parsed = fixturesSchema.safeParse(JSON.parse(await readFile(path, 'utf8')))
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

const entrySchema = z.object({
  msisdn: msisdnSchema,
  province: provinceSchema,
  available: z.boolean(),
  person: subscriberSchema.shape.holder,
  servicePassword: z.string(),
  oftenCalledNumbers: z.array(z.string()),
})

async function entries(directory: string, query: Record<string, string>): Promise<z.infer<typeof entrySchema>[]> {
  const answer = await fetch(`${directory}/directory.json?${new URLSearchParams(query)}`)
  if (!answer.ok) throw new Error(`${directory} answers ${answer.status}`)
  return z.array(entrySchema).parse(await answer.json())
}

/** Fixtures from the directory page of the product's own simulators. */
export async function fixturesFromDirectory(
  directory: string,
  carrier: Fixtures['carrier'],
  province: Fixtures['province'],
): Promise<Fixtures> {
  const here = await entries(directory, { carrier, province, limit: '200' })
  const others = (await entries(directory, { province, limit: '1000' })).filter(
    (entry) => !here.some((own) => own.msisdn === entry.msisdn),
  )
  return fixturesSchema.parse({
    carrier,
    province,
    handlingProvince: province === '32' ? '33' : '32',
    subscribers: here
      .filter((entry) => entry.available)
      .map(({ msisdn, person, servicePassword, oftenCalledNumbers }) => ({
        msisdn,
        holder: person,
        servicePassword,
        oftenCalledNumbers,
      })),
    unknownNumber: '19999999999',
    ...(others[0] ? { numberOfAnotherCarrier: others[0].msisdn } : {}),
  })
}
