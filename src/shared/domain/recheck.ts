import { z } from 'zod'
import type { Agreement, HomeAccount } from './account.ts'
import { shanghaiDate } from './calendar.ts'
import { type Fen, fen, sumFen } from './money.ts'
import { penaltyQuoteSchema, quotePenalty } from './penalty-quote.ts'
import { approvalSubjectSchema } from './risk-policy.ts'
import type { EffectiveRules } from './rules/resolve-rules.ts'
import { fenSchema, type Instant, instantSchema } from './scalars.ts'
import { type Settlement, settle, settlementSchema } from './settlement.ts'

/** Why nothing may be ended on the old signature: each has a sentence (`recheck.<code>`). */
export const recheckReasonSchema = z.object({
  code: z.enum([
    'agreementDearer',
    'agreementNew',
    'agreementGone',
    'agreementChanged',
    'chargesHigher',
    'creditLower',
    'blocker',
    'approvalNeeded',
  ]),
  /** The agreement's name, or the blocker's code. */
  subject: z.string().optional(),
  fromFen: fenSchema.optional(),
  toFen: fenSchema.optional(),
})
export type RecheckReason = z.infer<typeof recheckReasonSchema>

const terminationSchema = z.object({
  agreementId: z.string(),
  quote: penaltyQuoteSchema,
  devicesReturned: z.int().nonnegative(),
  waivedFen: fenSchema,
})

/** A subject that these figures bring up anew. */
const figuresApprovalSchema = z.object({
  subject: approvalSubjectSchema,
  agreementId: z.string().optional(),
  amountFen: fenSchema.optional(),
})
export type FiguresApproval = z.infer<typeof figuresApprovalSchema>

/** The approval that answers what new figures ask for: of the same thing and sum, given after the order came back. */
export function answersFigures(
  asked: FiguresApproval,
  given: {
    subject: string
    agreementId?: string | undefined
    waivedFen?: number | undefined
    amountFen?: number | undefined
  },
): boolean {
  return (
    given.subject === asked.subject &&
    given.agreementId === asked.agreementId &&
    (given.waivedFen ?? given.amountFen) === asked.amountFen
  )
}

/** What new figures ask for beside the approval that answers it, if it has been given since the case was submitted. */
export function approvalsOfFigures<A extends Parameters<typeof answersFigures>[1] & { approvedAt: number }>(
  { approvals, submittedAt = 0 }: { approvals: readonly A[]; submittedAt?: number | undefined },
  figures: Pick<NewFigures, 'approvals'>,
): { asked: FiguresApproval; approval: A | undefined }[] {
  return figures.approvals.map((asked) => ({
    asked,
    approval: approvals.find((given) => given.approvedAt >= submittedAt && answersFigures(asked, given)),
  }))
}

/** What an order would cost now, beside what was signed; the customer accepts exactly this or withdraws. */
export const newFiguresSchema = z.object({
  figuresId: z.uuid(),
  /** The instant whose months and late-fee days count: that of the first signature. */
  pricedAt: instantSchema,
  signedTotalFen: fenSchema,
  settlement: settlementSchema,
  agreements: z.array(terminationSchema),
  reasons: z.array(recheckReasonSchema).min(1),
  /** Still to be paid at the counter when it is accepted. */
  dueFen: fenSchema,
  /** False when it cannot be priced: all the customer can do is withdraw. */
  acceptable: z.boolean(),
  /** What a second person has to sign for before they can be accepted: each for exactly this sum. */
  approvals: z.array(figuresApprovalSchema).default([]),
})
export type NewFigures = z.infer<typeof newFiguresSchema>

export interface SignedFigures {
  agreements: readonly {
    agreementId: string
    quote: { amountFen: Fen; agreementName: string; agreementType: string }
    devicesReturned: number
    waivedFen: Fen
  }[]
  settlement: Settlement
  limits: { highestPenaltyFen: Fen; highestPayableFen: Fen }
}

export interface RecheckRequest {
  signed: SignedFigures
  /** The account as the home province shows it now. */
  account: HomeAccount
  /** The rules that were signed. */
  rules: EffectiveRules
  pricedAt: Instant
  /** What was posted at the home province for this order and has made its bills and running charges smaller. */
  posted: readonly { kind: string; ref?: string | undefined; amountFen: number }[]
  /** Codes of findings that stop a cancellation and were not there when it was signed. */
  newBlockers: readonly string[]
}

type Figures = Pick<NewFigures, 'settlement' | 'agreements'>
export type Recheck =
  | { kind: 'asSigned' }
  /** Cheaper for the customer: carried out with these figures, and the difference goes back. */
  | ({ kind: 'less' } & Figures)
  /** Nothing may be ended. Without figures it cannot even be priced. */
  | { kind: 'more'; reasons: RecheckReason[]; figures: Figures | undefined }

/** The account with what this order paid put back, so that it compares with the day it was signed. */
function beforePayment(account: HomeAccount, posted: RecheckRequest['posted']): HomeAccount {
  const paid = (kind: string, ref?: string) =>
    posted
      .filter((one) => one.kind === kind && (ref === undefined || one.ref === ref))
      .reduce((sum, one) => sum + one.amountFen, 0)
  return {
    ...account,
    bills: account.bills.map((bill) => ({ ...bill, unpaidFen: fen(bill.unpaidFen + paid('bill', bill.id)) })),
    unbilledFen: fen(account.unbilledFen + paid('unbilled')),
  }
}

const sumOf = ({ lines }: Settlement, kinds: readonly string[]): Fen =>
  sumFen(lines.filter((line) => kinds.includes(line.kind)).map((line) => line.amountFen))

/** Prices each agreement of the account anew by the signed rules, as the customer chose. */
function priceAgain(request: RecheckRequest, reasons: RecheckReason[]): NewFigures['agreements'] | undefined {
  const { signed, account, rules, pricedAt } = request
  const priced: NewFigures['agreements'] = []
  let whole = true
  const price = (agreement: Agreement, devicesReturned: number, waivedFen: Fen) => {
    const again = quotePenalty({ agreement, rules, at: pricedAt, devicesReturned })
    if (!again.ok || again.value.hold) {
      whole = false
      reasons.push({ code: 'agreementChanged', subject: agreement.name })
      return
    }
    const quote = penaltyQuoteSchema.parse(again.value)
    priced.push({
      agreementId: agreement.id,
      quote,
      devicesReturned,
      waivedFen: fen(Math.min(waivedFen, quote.amountFen)),
    })
  }
  for (const { agreementId, quote, devicesReturned, waivedFen } of signed.agreements) {
    const agreement = account.agreements.find(({ id }) => id === agreementId)
    if (!agreement) {
      reasons.push({ code: 'agreementGone', subject: quote.agreementName, fromFen: quote.amountFen })
      continue
    }
    if (agreement.agreementType !== quote.agreementType)
      reasons.push({ code: 'agreementChanged', subject: agreement.name, fromFen: quote.amountFen })
    price(agreement, devicesReturned, waivedFen)
    const now = priced.at(-1)
    if (now?.agreementId === agreementId && now.quote.amountFen - now.waivedFen > quote.amountFen - waivedFen)
      reasons.push({
        code: 'agreementDearer',
        subject: agreement.name,
        fromFen: quote.amountFen,
        toFen: now.quote.amountFen,
      })
  }
  for (const agreement of account.agreements.filter(({ id }) =>
    signed.agreements.every((one) => one.agreementId !== id),
  )) {
    price(agreement, 0, fen(0))
    const now = priced.at(-1)
    reasons.push({
      code: 'agreementNew',
      subject: agreement.name,
      ...(now?.agreementId === agreement.id ? { toFen: now.quote.amountFen } : {}),
    })
  }
  return whole ? priced : undefined
}

/**
 * Holds what an order would cost now against what was signed, after the home province has approved and before anything is ended. Priced
 * by the signed rules on the day of the signature, so that only a change of the account makes a difference. Anything dearer for the
 * customer than they signed, an agreement that appeared, vanished or became another, or a new finding that stops, brings it back.
 */
export function recheckFigures(request: RecheckRequest): Recheck {
  const { signed, rules } = request
  const reasons: RecheckReason[] = request.newBlockers.map((subject) => ({ code: 'blocker', subject }))
  const agreements = priceAgain(request, reasons)
  if (!agreements) return { kind: 'more', reasons, figures: undefined }
  const settlement = settle({
    account: beforePayment(request.account, request.posted),
    quotes: agreements.map(({ quote }) => quote),
    waivers: agreements.map(({ agreementId, waivedFen }) => ({ agreementId, waivedFen })),
    lateFee: rules.lateFee,
    on: shanghaiDate(request.pricedAt),
  })
  const compare = (code: RecheckReason['code'], kinds: readonly string[]) => {
    const [fromFen, toFen] = [sumOf(signed.settlement, kinds), sumOf(settlement, kinds)]
    if (toFen > fromFen) reasons.push({ code, fromFen, toFen })
  }
  // A larger limit than the figure itself was given knowingly; without one, the figure is the limit.
  const { highestPayableFen } = signed.limits
  const mostFen = highestPayableFen > signed.settlement.payableFen ? highestPayableFen : signed.settlement.totalFen
  if (settlement.totalFen > mostFen) {
    compare('chargesHigher', ['bill', 'lateFee', 'unbilled'])
    compare('creditLower', ['cashBalance', 'deposit'])
    if (reasons.length === 0)
      reasons.push({ code: 'chargesHigher', fromFen: signed.settlement.totalFen, toFen: settlement.totalFen })
  }
  const figures = { settlement, agreements }
  if (reasons.length > 0) return { kind: 'more', reasons, figures }
  return settlement.totalFen < signed.settlement.totalFen ? { kind: 'less', ...figures } : { kind: 'asSigned' }
}
