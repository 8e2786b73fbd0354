import { z } from 'zod'
import {
  agreementTermsSchema,
  agreementTypeSchema,
  lineStates,
  recentChangeKinds,
} from '../../../src/shared/domain/account.ts'
import { askerSchema, askers } from '../../../src/shared/domain/asker.ts'
import { carrierSchema, provinceSchema } from '../../../src/shared/domain/geography.ts'
import { identificationTypeSchema } from '../../../src/shared/domain/identity-document.ts'
import { dateSchema } from '../../../src/shared/domain/scalars.ts'
import { readFindings, readList, readNamed } from './cells.ts'

/** How each cell of the five files is read. A message says what the cell must be. */

const text = z.string().min(1, 'must not be empty')
const number = z.string().regex(/^1\d{10}$/, 'must be an eleven-digit number')
const integer = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number, zero or more')
  .transform(Number)
const truth = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true')
const date = z.string().pipe(dateSchema)
const dateOrNothing = z.union([z.literal('').transform(() => null), date], 'must be a date YYYY-MM-DD or empty')

/** A cell with an inner form: undefined from `read` means malformed. */
function formed<T>(read: (cell: string) => T | undefined, form: string) {
  return z.string().transform((cell, context) => {
    const value = read(cell)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: `must have the form ${form}` })
    return z.NEVER
  })
}

/** Reads `left:right|left:right` into pairs. */
function readPairs(cell: string): [string, string][] | undefined {
  const pairs = readList(cell).map((item): [string, string] => {
    const at = item.indexOf(':')
    return [item.slice(0, Math.max(at, 0)), item.slice(at + 1)]
  })
  return pairs.every(([left, right]) => left !== '' && right !== '') ? pairs : undefined
}

const findings = formed(readFindings, 'CODE|CODE(name=value;name=value)')

export const rowSchemas = {
  people: z.object({
    id: text,
    name: text,
    identificationType: identificationTypeSchema,
    identificationId: text,
    issuingAuthority: z.string(),
    validFrom: dateOrNothing,
    validTo: dateOrNothing,
    portraitSeed: z.union([z.literal('').transform(() => null), integer], 'must be a whole number or empty'),
  }),
  lines: z.object({
    msisdn: number,
    personId: text,
    carrier: carrierSchema,
    prefixCarrier: carrierSchema,
    province: provinceSchema,
    city: text,
    state: z.enum(lineStates),
    cardType: text,
    productName: text,
    monthlyFeeFen: integer,
    openedOn: date,
    premium: truth,
    realNamed: truth,
    servicePassword: z.string(),
    oftenCalledNumbers: z.string().transform(readList),
    unbilledFen: integer,
    depositFen: integer,
    points: integer,
    bundleMembers: formed(readPairs, 'number:relation|number:relation').transform((pairs) =>
      pairs.map(([msisdn, relation]) => ({ msisdn, relation })),
    ),
    findings,
    review: z.string().transform((cell, context) => {
      if (cell === '') return null
      if (cell === 'approve') return []
      const steps = readFindings(cell)
      if (!steps) context.addIssue({ code: 'custom', message: 'must be empty, approve or CODE|CODE(name=value)' })
      return steps ?? z.NEVER
    }),
    scenario: z.string(),
    recentChanges: formed(readPairs, 'simSwap:1764000000000|stopResume:…').transform((pairs, context) =>
      pairs.map(([kind, at]) => {
        const known = recentChangeKinds.find((one) => one === kind)
        if (!known || !/^\d{1,15}$/.test(at))
          context.addIssue({ code: 'custom', message: 'must be kind:milliseconds|kind:milliseconds' })
        return { kind: known ?? 'simSwap', at: Number(at) }
      }),
    ),
    actors: formed(readPairs, 'asker:person/relation|asker:person/relation').transform((pairs, context) =>
      pairs.flatMap(([asker, rest]) => {
        const parsed = askerSchema.safeParse(asker)
        const [personId = '', relation = ''] = rest.split('/')
        if (!parsed.success) context.addIssue({ code: 'custom', message: `${asker} is none of ${askers.join(', ')}` })
        return parsed.success ? [{ asker: parsed.data, personId, relation }] : []
      }),
    ),
  }),
  agreements: z.object({
    id: text,
    msisdn: number,
    agreementType: agreementTypeSchema,
    name: text,
    startDate: date,
    endDate: date,
    terms: formed(readNamed, 'name=123;name=123').pipe(agreementTermsSchema),
    devices: formed(readPairs, 'id:name|id:name').transform((pairs) => pairs.map(([id, name]) => ({ id, name }))),
  }),
  bills: z.object({
    id: text,
    msisdn: number,
    billingPeriod: z.string().regex(/^\d{4}-\d{2}$/, 'must be a month YYYY-MM'),
    amountFen: integer,
    unpaidFen: integer,
    paymentDueDate: date,
    invoiced: truth,
  }),
  buckets: z.object({
    id: text,
    msisdn: number,
    kind: z.enum(['cash', 'gift'], 'must be cash or gift'),
    name: text,
    remainingFen: integer,
  }),
}
