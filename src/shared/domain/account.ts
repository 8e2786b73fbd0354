import { z } from 'zod'
import { carrierSchema, provinceSchema } from './geography.ts'
import { dateSchema, fenSchema, instantSchema, msisdnSchema } from './scalars.ts'

/** The thirteen kinds of agreement that may hang on a line (domain facts, `contract_kinds`). */
export const agreementTypes = [
  'PREMIUM_NUMBER',
  'TERMINAL_SUBSIDY',
  'OWN_DEVICE_PREPAY',
  'PREPAY_GIFT_CREDIT',
  'PREPAY_GIFT_ITEM',
  'DISCOUNT_PLAN',
  'MIN_SPEND',
  'FMC_BUNDLE',
  'BROADBAND_TERM',
  'DEVICE_LEASE',
  'FAMILY_SHARE',
  'ADD_ON_TERM',
  'GROUP_BENEFIT',
] as const
export const agreementTypeSchema = z.enum(agreementTypes)
export type AgreementType = z.infer<typeof agreementTypeSchema>

/** What the terms of an agreement may name: integers only, money in fen, so that rules stay exact. */
export const agreementTermsSchema = z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), z.int())

/** TM Forum Agreement: what binds the line, from when to when, on which terms. */
export const agreementSchema = z.object({
  id: z.string().min(1),
  agreementType: agreementTypeSchema,
  name: z.string().min(1),
  agreementPeriod: z.object({ startDate: dateSchema, endDate: dateSchema }),
  terms: agreementTermsSchema,
  /** Leased devices that must come back (modem, set-top box). */
  devices: z.array(z.object({ id: z.string(), name: z.string() })).default([]),
})
export type Agreement = z.infer<typeof agreementSchema>

/** TM Forum CustomerBill, unpaid or paid. */
export const billSchema = z.object({
  id: z.string(),
  billingPeriod: z.string().regex(/^\d{4}-\d{2}$/),
  amountFen: fenSchema,
  unpaidFen: fenSchema,
  /** First day on which the bill counts as late; the late fee runs from here. */
  paymentDueDate: dateSchema,
  invoiced: z.boolean(),
})
export type Bill = z.infer<typeof billSchema>

/** TM Forum Bucket: prepaid money. Cash can be returned, gifts cannot. */
export const bucketSchema = z.object({
  id: z.string(),
  kind: z.enum(['cash', 'gift']),
  name: z.string(),
  remainingFen: fenSchema,
})
export type Bucket = z.infer<typeof bucketSchema>

export const lineStates = [
  'created',
  'pendingActive',
  'active',
  'suspended',
  'pendingTerminate',
  'terminated',
  'cancelled',
  'aborted',
] as const

/** What the operator's system says of a number before anyone has proved who they are: the holder's name stays masked. */
export const numberAnswerSchema = z.object({
  msisdn: msisdnSchema,
  carrier: carrierSchema,
  homeProvince: provinceSchema,
  state: z.enum(lineStates),
  maskedName: z.string(),
  premium: z.boolean(),
  realNamed: z.boolean(),
  cardType: z.string(),
})
export type NumberAnswer = z.infer<typeof numberAnswerSchema>

export const recentChangeKinds = ['simSwap', 'passwordReset', 'stopResume'] as const

/** Everything the home province knows that matters for a cancellation; only given after identification. */
export const homeAccountSchema = z.object({
  number: numberAnswerSchema,
  city: z.string(),
  productName: z.string(),
  monthlyFeeFen: fenSchema,
  openedOn: dateSchema,
  agreements: z.array(agreementSchema),
  bills: z.array(billSchema),
  /** Charges of the running month, billed on demand when the line ends. */
  unbilledFen: fenSchema,
  buckets: z.array(bucketSchema),
  depositFen: fenSchema,
  points: z.int().nonnegative(),
  bundleMembers: z.array(z.object({ msisdn: z.string(), relation: z.string() })),
  /** What somebody did to the line lately that a thief would do first; absent when the home system does not tell. */
  recentChanges: z.array(z.object({ kind: z.enum(recentChangeKinds), at: instantSchema })).optional(),
  asOf: instantSchema,
})
export type HomeAccount = z.infer<typeof homeAccountSchema>
