import type { AgreementType, lineStates, recentChangeKinds } from '../../../src/shared/domain/account.ts'
import type { Asker } from '../../../src/shared/domain/asker.ts'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type { Carrier, Province } from '../../../src/shared/domain/geography.ts'
import type { IdentificationType } from '../../../src/shared/domain/identity-document.ts'

/** One person (or organisation) with one document. */
export interface Person {
  id: string
  name: string
  identificationType: IdentificationType
  identificationId: string
  issuingAuthority: string
  validFrom: ShanghaiDate | null
  /** Null: no end (长期). */
  validTo: ShanghaiDate | null
  /** What the drawn portrait is made from; null when the police library holds none. */
  portraitSeed: number | null
}

export type LineState = (typeof lineStates)[number]

/** A home system may have codes of its own, which no catalogue knows; here they begin with `X_`. */
export function isOwnCode(code: string): boolean {
  return code.startsWith('X_')
}

/** A coded circumstance of a line, or one step of its review. */
export interface Finding {
  code: string
  params: Record<string, string | number>
}

export interface HeldAgreement {
  id: string
  agreementType: AgreementType
  name: string
  startDate: ShanghaiDate
  endDate: ShanghaiDate
  /** Integers; money in fen with the suffix `Fen`. */
  terms: Record<string, number>
  devices: { id: string; name: string }[]
}

/** Amounts in fen. */
export interface HeldBill {
  id: string
  billingPeriod: string
  amountFen: number
  unpaidFen: number
  paymentDueDate: ShanghaiDate
  invoiced: boolean
}

export interface HeldBucket {
  id: string
  kind: 'cash' | 'gift'
  name: string
  remainingFen: number
}

/** One mobile number with everything its home province knows. */
export interface Line {
  msisdn: string
  personId: string
  /** Serving carrier; differs from `prefixCarrier` after porting. */
  carrier: Carrier
  prefixCarrier: Carrier
  province: Province
  city: string
  state: LineState
  cardType: string
  productName: string
  monthlyFeeFen: number
  openedOn: ShanghaiDate
  premium: boolean
  realNamed: boolean
  servicePassword: string
  oftenCalledNumbers: string[]
  unbilledFen: number
  /** Charged with the final bill only, though no account shows it: a home system that makes mistakes. */
  unseenFen?: number
  /** Numbers of invoices where the books know them: another one is not taken. */
  invoiceNumbers?: Record<string, string>
  depositFen: number
  points: number
  bundleMembers: { msisdn: string; relation: string }[]
  /** What somebody did to the line lately, UTC milliseconds. */
  recentChanges: { kind: (typeof recentChangeKinds)[number]; at: number }[]
  findings: Finding[]
  /** What the home province answers, submission by submission, before it approves; null: as the profile has it. */
  review: Finding[] | null
  /** Name of the try-out scenario, or empty. */
  scenario: string
  /** People who may come in place of the holder, for trying out: by whom they ask, and how they are related. */
  actors: { asker: Asker; personId: string; relation: string }[]
  agreements: HeldAgreement[]
  bills: HeldBill[]
  buckets: HeldBucket[]
}

/** The whole subscriber base with its indexes. */
export interface SubscriberBase {
  people: readonly Person[]
  lines: readonly Line[]
  person(id: string): Person | undefined
  line(msisdn: string): Line | undefined
  /** People by document number, for the face comparison. */
  holder(identificationId: string): Person | undefined
}

/** Builds the indexes over people and lines. */
export function indexSubscribers(people: readonly Person[], lines: readonly Line[]): SubscriberBase {
  const byId = new Map(people.map((person) => [person.id, person]))
  const byNumber = new Map(lines.map((line) => [line.msisdn, line]))
  const byDocument = new Map(people.map((person) => [person.identificationId, person]))
  return {
    people,
    lines,
    person: (id) => byId.get(id),
    line: (msisdn) => byNumber.get(msisdn),
    holder: (identificationId) => byDocument.get(identificationId),
  }
}
