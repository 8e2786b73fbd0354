import { homeAccountSchema } from '../../../../src/shared/domain/account.ts'
import type { Blocker } from '../../../../src/shared/domain/blocker.ts'
import { blockerSchema } from '../../../../src/shared/domain/blocker.ts'
import { explainFindings } from '../../../../src/shared/domain/blocker-findings.ts'
import { blockerPolicyOn } from '../../../../src/shared/domain/blocker-policy.ts'
import { millisecondsPerDay, shanghaiDate } from '../../../../src/shared/domain/calendar.ts'
import { fen } from '../../../../src/shared/domain/money.ts'
import {
  type FiguresApproval,
  type NewFigures,
  type Recheck,
  recheckFigures,
} from '../../../../src/shared/domain/recheck.ts'
import type { Result } from '../../../../src/shared/domain/result.ts'
import {
  type EffectiveRules,
  resolveNamedRules,
  resolveRules,
} from '../../../../src/shared/domain/rules/resolve-rules.ts'
import type { OrderSubmit } from '../../../../src/shared/protocol/jobs.ts'
import type { PaymentTable, ProductOrderTable } from '../../database/tables.ts'
import { mapAccount, mapBlockers } from '../../pre-checks/map-account.ts'
import { approvalsOfFigures } from '../../risk/approvals-of-figures.ts'
import type { PublishedRules } from '../../rule-packs/rule-book.ts'
import type { ServiceContext } from '../../service-context.ts'
import { queueSms } from '../queue-sms.ts'
import { submissionOf } from '../submission-of.ts'
import { postOpenPayments } from './hand-over.ts'
import { again, homeOf, type Step, type StepResult } from './step.ts'

type Allocation = { kind: string; ref?: string; amountFen: number }

/** Findings that stop a cancellation now and were not there when the customer signed. */
async function newBlockers(
  context: ServiceContext,
  submission: OrderSubmit,
  rules: EffectiveRules,
  fresh: { account: Parameters<typeof explainFindings>[0]['account']; blockers: Blocker[] },
): Promise<string[]> {
  const signed = await context.db
    .selectFrom('pre_check')
    .select('blockers')
    .where('pre_check_id', '=', submission.preCheckId)
    .executeTakeFirstOrThrow()
  const known = new Set(
    blockerSchema
      .array()
      .parse(JSON.parse(signed.blockers))
      .map(({ code }) => code),
  )
  const on = shanghaiDate(context.clock.now())
  return explainFindings({
    account: fresh.account,
    blockers: fresh.blockers,
    policy: blockerPolicyOn(rules.blockers, on),
    acknowledgements: [],
    tasks: [],
    on,
  })
    .filter(({ code, effect }) => effect === 'stops' && !known.has(code))
    .map(({ code }) => code)
}

/** Brings the order back to the customer with what it would cost now. Nothing was ended. */
function backToCustomer(
  context: ServiceContext,
  found: Extract<Recheck, { kind: 'more' }>,
  about: {
    submission: OrderSubmit
    rules: EffectiveRules
    payments: readonly PaymentTable[]
    approvals: FiguresApproval[]
  },
): StepResult {
  const { submission, rules, payments, approvals } = about
  const now = context.clock.now()
  const until = now + rules.deadlines.resupply.days * millisecondsPerDay
  const paidFen = payments.reduce((sum, payment) => sum + payment.amount_fen, 0)
  const { settlement, agreements } = found.figures ?? submission
  const figures: NewFigures = {
    figuresId: context.newId(),
    pricedAt: pricedAtOf(submission),
    signedTotalFen: submission.settlement.totalFen,
    settlement,
    agreements,
    reasons: found.reasons,
    dueFen: fen(Math.max(0, settlement.payableFen - paidFen)),
    acceptable: found.figures !== undefined,
    approvals,
  }
  const params = { signedFen: submission.settlement.totalFen, amountFen: settlement.totalFen }
  return {
    kind: 'change',
    next: context.timing.reviewPollSeconds,
    change: {
      stage: 'returned',
      set: {
        approved_at: null,
        resupply_by: until,
        returned_for: JSON.stringify({ code: 'FIGURES_CHANGED', params }),
        figures: JSON.stringify(figures),
        attempts: 0,
      },
      events: [{ code: 'figuresChanged', params: { ...params, until } }],
    },
    also: (tx, changed) => queueSms(tx, context, changed, 'figuresChanged'),
  }
}

/** The instant whose months and late-fee days count for an order: that of its first signature. */
function pricedAtOf(submission: OrderSubmit) {
  return submission.pricedAt ?? submission.authorization.signedAt
}

/**
 * The rules an order is priced by: those it names. An order from before orders named any has those that were in force on the day of its
 * signature, as they were known then; where none of them can be read any more, as they are known now: what comes out dearer goes
 * back to the customer in any case.
 */
function rulesOf(order: ProductOrderTable, submission: OrderSubmit, published: PublishedRules): Result<EffectiveRules> {
  const place = { carrier: submission.carrier, province: submission.homeProvince }
  if (submission.rulePacks.length > 0) return resolveNamedRules(published.packs, place, submission.rulePacks)
  const on = shanghaiDate(pricedAtOf(submission))
  const then = resolveRules(published.knownAt(order.created_at), place, on)
  return then.ok ? then : resolveRules(published.packs, place, on)
}

/** What a second person must sign for because of figures that are others than were submitted. */
async function approvalsIfOthers(
  context: ServiceContext,
  submission: OrderSubmit,
  rules: EffectiveRules,
  found: Recheck,
): Promise<FiguresApproval[]> {
  const figures = found.kind === 'asSigned' ? undefined : found.kind === 'less' ? found : found.figures
  return figures ? approvalsOfFigures(context.db, submission, rules, figures) : []
}

/**
 * Stage `homeReview`, approved, before the first irrevocable call: reads the account anew and prices it by the signed rules on the day
 * of the signature. What is as signed goes on; what is cheaper goes on with the lower figures, unless it pays out a sum that a second
 * person must sign for; that and anything dearer goes back to the customer, and nothing is ended.
 */
export const lookAgain: Step = async (context, order) => {
  const posting = await postOpenPayments(context, order)
  if (posting.kind !== 'posted') return posting.result
  const answer = await context.homeBss.orderAccount(homeOf(order), order.order_id)
  if (answer.outcome !== 'ok') return again(answer)
  const account = mapAccount(answer.value.account)
  const blockers = mapBlockers(answer.value.blockers)
  if (!account || !blockers) return again({ outcome: 'unexpected' })
  const submission = submissionOf(order)
  const rules = rulesOf(order, submission, await context.rules.published(context.db))
  if (!rules.ok) return again({ outcome: 'refused', code: rules.error.code })
  const { payments } = posting
  const found = recheckFigures({
    signed: submission,
    account: homeAccountSchema.parse(account),
    rules: rules.value,
    pricedAt: pricedAtOf(submission),
    posted: payments.flatMap((payment) => JSON.parse(payment.allocations) as Allocation[]),
    newBlockers: await newBlockers(context, submission, rules.value, { account, blockers }),
  })
  const approvals = await approvalsIfOthers(context, submission, rules.value, found)
  const about = { submission, rules: rules.value, payments, approvals }
  if (found.kind === 'more') return backToCustomer(context, found, about)
  if (found.kind === 'less' && approvals.length > 0) {
    const { settlement, agreements } = found
    const reasons = [
      {
        code: 'approvalNeeded' as const,
        fromFen: submission.settlement.refundableFen,
        toFen: settlement.refundableFen,
      },
    ]
    return backToCustomer(context, { kind: 'more', reasons, figures: { settlement, agreements } }, about)
  }
  const set = { rechecked_at: context.clock.now() }
  if (found.kind === 'asSigned') return { kind: 'change', next: 'now', change: { set } }
  const { settlement, agreements } = found
  const corrections = { ...JSON.parse(order.corrections ?? '{}'), settlement, agreements }
  return {
    kind: 'change',
    next: 'now',
    change: {
      set: { ...set, corrections: JSON.stringify(corrections) },
      events: [
        {
          code: 'costsLess',
          params: { signedFen: submission.settlement.totalFen, amountFen: settlement.totalFen },
        },
      ],
    },
  }
}
