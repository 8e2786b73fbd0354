import type { Agreement } from './account.ts'
import type { Asker } from './asker.ts'
import type { Blocker } from './blocker.ts'
import { allTasks, type ExplainedFinding, explainFindings } from './blocker-findings.ts'
import { blockerPolicyOn } from './blocker-policy.ts'
import { type Instant, type ShanghaiDate, shanghaiDate } from './calendar.ts'
import type { Case } from './case.ts'
import type { CaseStep } from './case-steps.ts'
import { type Fen, sumFen, zeroFen } from './money.ts'
import { type MoneyBack, moneyBackOf } from './money-back.ts'
import { type AskerRule, type NeededPaper, papersNeeded, ruleFor } from './papers.ts'
import { type PenaltyQuote, quotePenalty } from './penalty-quote.ts'
import type { Failure, Result } from './result.ts'
import { assessRisk, type RiskFinding } from './risk-assessment.ts'
import { riskFactsOf } from './risk-facts.ts'
import { type ApprovalSubject, riskPolicyOf } from './risk-policy.ts'
import { type EffectiveRules, resolveNamedRules, resolveRules } from './rules/resolve-rules.ts'
import type { RulePack } from './rules/rule-pack.ts'
import { type Settlement, settle } from './settlement.ts'
import { standingPayments } from './standing-payments.ts'
import { devicesScanned } from './task.ts'

/** What is still missing, as a sentence key with values, in which step, and whether it stops or merely waits. */
export interface MissingItem {
  code:
    | 'document'
    | 'portrait'
    | 'proof'
    | 'proofExpired'
    | 'preCheck'
    | 'blocker'
    | 'acknowledge'
    | 'override'
    | 'task'
    | 'choice'
    | 'quote'
    | 'hold'
    | 'approval'
    | 'riskRefused'
    | 'payment'
    | 'refund'
    | 'invoice'
    | 'keep'
    | 'contact'
    | 'disconnectReason'
    | 'documentFront'
    | 'documentBack'
    | 'asker'
    | 'secondDocument'
    | 'paper'
    | 'signature'
    | 'submit'
  step: CaseStep
  severity: 'stops' | 'waits'
  params: Record<string, string | number>
}

/** A quote beside its agreement, or the reason why there is none. */
export interface AgreementQuote {
  agreementId: string
  quote?: PenaltyQuote
  error?: Failure
  waivedFen: Fen
  /** It was chosen at another price: which, and whether other rules or the calendar have changed it. */
  changed?: { fromFen: Fen; because: 'rules' | 'time' } | undefined
}

/** Something a second person has to look at; an approval counts for exactly this figure. */
export interface ApprovalNeeded {
  subject: ApprovalSubject
  agreementId?: string
  /** The waiver asked for, or the refund. */
  amountFen?: Fen
  granted: boolean
}

export interface CaseRisk {
  policyVersion: string
  findings: RiskFinding[]
  /** What only the service can tell, because it counts over the whole country. */
  undecided: RiskFinding[]
  coolingOffHours: number
}

/** Everything derived from a case on a given instant. Pure: the same case, rules and time give the same answer. */
export interface CaseProgress {
  quotes: AgreementQuote[]
  settlement: Settlement | undefined
  /** What stands in the way, explained, what stops first. */
  findings: ExplainedFinding[]
  paidFen: Fen
  /** What goes with a refund; undefined when nothing goes back. */
  moneyBack: MoneyBack | undefined
  approvalsNeeded: ApprovalNeeded[]
  /** What the policy says of the case as far as it can be known here; the service decides with its own figures. */
  risk: CaseRisk
  /** Who asks, and the one list of papers that needs; undefined where this asker is not accepted, or no rules are in force. */
  asker: { kind: Asker; rule: AskerRule | undefined; papers: NeededPaper[] | undefined }
  missing: MissingItem[]
  steps: Record<CaseStep, 'done' | 'current' | 'open' | 'blocked'>
}

/** The packs at hand; which rules of them a case is under depends on its line and on the day. */
export interface CaseRules {
  packs: readonly RulePack[]
}

/** How many devices of an agreement came back: those that were scanned, or more where the clerk counted more. */
export function devicesReturnedOf(case_: Case, agreement: Agreement): number {
  const counted = case_.choices.find((choice) => choice.agreementId === agreement.id)?.devicesReturned ?? 0
  const ids = agreement.devices.map((device) => device.id)
  return Math.max(counted, devicesScanned(case_.tasks ?? [], ids).length)
}

/**
 * The rules a case is under at an instant: of its line's carrier and home province, as far as they are known (before the operator
 * has answered, those of the prefix). Errors: `quote.noPack`, `rules.broken`.
 */
export function rulesOfCase(case_: Case, { packs }: CaseRules, now: Instant): Result<EffectiveRules> {
  const { carrier, homeProvince: province } = case_.preCheck?.account.number ??
    case_.number ?? { carrier: case_.segment.prefixCarrier, homeProvince: case_.segment.homeProvince }
  const place = { carrier, province }
  const signed = livingSignature(case_, now)
  if (signed) {
    const named = resolveNamedRules(packs, place, signed.rulePacks)
    if (named.ok) return named
  }
  return resolveRules(packs, place, shanghaiDate(now))
}

/** The signature while the quotes under it bind. */
function livingSignature({ signature }: Case, now: Instant) {
  if (!signature?.rulePacks || now >= (signature.boundUntil ?? 0)) return undefined
  return { ...signature, rulePacks: signature.rulePacks }
}

/** The instant whose figures count: that of the signature while it binds, otherwise the one asked for. */
export function figuresInstant(case_: Case, now: Instant): Instant {
  return livingSignature(case_, now)?.signedAt ?? now
}

/** What the customer was told when they chose, if it is another figure now. */
function changeSince(choice: Case['choices'][number] | undefined, quote: PenaltyQuote): AgreementQuote['changed'] {
  const { quoted } = choice ?? {}
  if (!quoted || quoted.amountFen === quote.amountFen) return undefined
  const versions = (packs: readonly { id: string; version: string }[]) =>
    packs.map(({ id, version }) => `${id} ${version}`).join(' ')
  const because = versions(quoted.packs) === versions(quote.packs) ? 'time' : 'rules'
  return { fromFen: quoted.amountFen, because }
}

/** Who asks by the rules of the line's place, and what they need. */
function askerOf(case_: Case, rules: Result<EffectiveRules>): CaseProgress['asker'] {
  const kind = case_.asker?.kind ?? 'holder'
  if (!rules.ok) return { kind, rule: undefined, papers: undefined }
  const needed = papersNeeded(rules.value, kind, {
    holder: case_.document?.identificationType,
    second: case_.asker?.document?.identificationType,
  })
  return { kind, rule: ruleFor(rules.value, kind), papers: needed.ok ? needed.value.papers : undefined }
}

function quotesOf(case_: Case, rules: Result<EffectiveRules>, now: Instant): AgreementQuote[] {
  const account = case_.preCheck?.account
  if (!account) return []
  return account.agreements.map((agreement) => {
    const choice = case_.choices.find((c) => c.agreementId === agreement.id)
    const devicesReturned = devicesReturnedOf(case_, agreement)
    const result = rules.ok ? quotePenalty({ agreement, rules: rules.value, at: now, devicesReturned }) : rules
    const granted = case_.approvals.find((a) => a.subject === 'waiver' && a.agreementId === agreement.id)
    const waivedFen = choice?.option === 'waiver' && granted?.waivedFen ? granted.waivedFen : zeroFen
    if (!result.ok) return { agreementId: agreement.id, error: result.error, waivedFen: zeroFen }
    const changed = changeSince(choice, result.value)
    return { agreementId: agreement.id, quote: result.value, waivedFen, ...(changed ? { changed } : {}) }
  })
}

/** The waiver of each agreement for which one is asked: as granted, otherwise as asked. */
function waiversAsked(case_: Case) {
  return case_.choices
    .filter((choice) => choice.option === 'waiver')
    .map(({ agreementId, requestedWaiverFen }) => {
      const granted = case_.approvals.find((a) => a.subject === 'waiver' && a.agreementId === agreementId)
      return { agreementId, granted, amountFen: granted?.waivedFen ?? requestedWaiverFen ?? zeroFen }
    })
}

function riskOf(
  case_: Case,
  rules: Result<EffectiveRules>,
  quotes: AgreementQuote[],
  settlement: Settlement | undefined,
  now: Instant,
) {
  const account = case_.preCheck?.account
  if (!account || !settlement || !rules.ok) return undefined
  return assessRisk(
    riskPolicyOf(rules.value),
    riskFactsOf({
      account,
      asker: case_.asker?.kind ?? 'holder',
      document: case_.document ?? { entry: 'manual', identificationType: 'RESIDENT_ID' },
      faceByEye: case_.proof?.face.outcome === 'noReference',
      blacklisted: case_.preCheck!.blockers.some((b) => b.code === 'BLACKLIST'),
      penaltyFen: sumFen(quotes.flatMap((q) => (q.quote ? [q.quote.amountFen] : []))),
      waivedFen: sumFen(waiversAsked(case_).map(({ amountFen }) => amountFen)),
      refundFen: settlement.refundableFen,
      payableFen: settlement.payableFen,
      at: now,
    }),
  )
}

/** What a second person looks at: by the policy, and the papers of somebody who asks for the holder where their rule wants it. */
function subjectsOf(
  case_: Case,
  rules: Result<EffectiveRules>,
  found: readonly ApprovalSubject[],
): readonly ApprovalSubject[] {
  const wanted = case_.preCheck && rules.ok && ruleFor(rules.value, case_.asker?.kind ?? 'holder').secondPerson
  return wanted && !found.includes('asker') ? [...found, 'asker'] : found
}

function approvalsOf(case_: Case, subjects: readonly ApprovalSubject[], refundFen: Fen): ApprovalNeeded[] {
  return subjects.flatMap((subject): ApprovalNeeded[] => {
    if (subject === 'waiver')
      return waiversAsked(case_).map(({ agreementId, granted, amountFen }) => ({
        subject,
        agreementId,
        amountFen,
        granted: granted !== undefined,
      }))
    if (subject === 'largeRefund')
      return [
        {
          subject,
          amountFen: refundFen,
          // Granted for this sum and no other.
          granted: case_.approvals.some((approval) => approval.subject === subject && approval.amountFen === refundFen),
        },
      ]
    return [{ subject, granted: case_.approvals.some((approval) => approval.subject === subject) }]
  })
}

/** The findings of a case with their prices, under the rules of the day on which they were made. */
function findingsOf(case_: Case, packs: CaseRules, quotes: AgreementQuote[], settlement: Settlement | undefined) {
  if (!case_.preCheck) return []
  const { account, blockers, checkedAt } = case_.preCheck
  const on = shanghaiDate(checkedAt)
  const then = rulesOfCase(case_, packs, checkedAt)
  return explainFindings({
    blockers,
    account,
    policy: then.ok ? blockerPolicyOn(then.value.blockers, on) : undefined,
    acknowledgements: case_.acknowledgements,
    tasks: case_.tasks ?? [],
    figures: {
      lines: settlement?.lines ?? [],
      quotes: quotes.flatMap(({ agreementId, quote }) => (quote ? [{ agreementId, amountFen: quote.amountFen }] : [])),
    },
    on,
  })
}

/** True when a finding is told or decided and noted, with the catalogue as the only rules. */
export function needsAcknowledgement(blocker: Blocker): boolean {
  const account = { agreements: [], bundleMembers: [] }
  const on = '1970-01-01' as ShanghaiDate
  const [finding] = explainFindings({ blockers: [blocker], account, acknowledgements: [], tasks: [], on })
  return finding?.effect === 'tell' || finding?.effect === 'decide'
}

function missingOf(case_: Case, progress: Omit<CaseProgress, 'missing' | 'steps'>, now: Instant): MissingItem[] {
  const missing: MissingItem[] = []
  const add = (
    code: MissingItem['code'],
    step: CaseStep,
    severity: MissingItem['severity'],
    params: MissingItem['params'] = {},
  ) => missing.push({ code, step, severity, params })
  const has = (kind: string) => case_.attachments.some((attachment) => attachment.kind === kind)

  const { kind: asker, rule, papers } = progress.asker
  if (rule && !rule.allowed) add('asker', 'identity', 'stops', { asker })
  if (!case_.document && rule?.allowed !== false) add('document', 'identity', 'stops')
  if (rule?.allowed && rule.second && !case_.asker?.document) add('secondDocument', 'identity', 'stops', { asker })
  for (const { kind, photographed } of papers ?? [])
    if (photographed && kind !== 'signedForm' && !has(kind)) {
      if (kind === 'portrait' || kind === 'documentFront' || kind === 'documentBack') add(kind, 'identity', 'waits')
      else add('paper', 'identity', 'waits', { kind })
    }
  if (!case_.proof) add('proof', 'identity', 'waits')
  else if (case_.proof.expiresAt <= now) add('proofExpired', 'identity', 'stops')
  if (!case_.preCheck) add('preCheck', 'preCheck', 'waits')
  for (const { code, effect, overrideBy, cleared } of progress.findings) {
    if (cleared || effect === 'here') continue
    if (effect === 'stops') add('blocker', 'preCheck', 'stops', { blocker: code })
    else add(overrideBy === 'supervisor' ? 'override' : 'acknowledge', 'preCheck', 'waits', { blocker: code })
  }
  for (const { action, subject, code, required, record } of allTasks(progress.findings))
    if (required && !record && progress.findings.some((one) => one.code === code && one.effect === 'here'))
      add('task', 'preCheck', 'waits', { action, blocker: code, subject })
  for (const quote of progress.quotes) {
    const name = case_.preCheck!.account.agreements.find((a) => a.id === quote.agreementId)!.name
    const chosen = case_.choices.find((choice) => choice.agreementId === quote.agreementId)
    if (quote.error) add('quote', 'agreements', 'stops', { agreement: name })
    else if (quote.quote?.hold && chosen?.option !== 'keep')
      add('hold', 'agreements', 'stops', { agreement: name, until: quote.quote.hold.until })
    else if (!chosen) add('choice', 'agreements', 'waits', { agreement: name })
    else if (chosen.option === 'keep') add('keep', 'agreements', 'waits', { agreement: name })
  }
  for (const approval of progress.approvalsNeeded)
    if (!approval.granted)
      add(
        'approval',
        approval.subject === 'waiver' || approval.subject === 'premiumNumber' ? 'agreements' : 'settlement',
        'waits',
        {
          subject: approval.subject,
          ...(approval.agreementId ? { agreementId: approval.agreementId } : {}),
        },
      )
  for (const finding of progress.risk.findings)
    if (finding.measure.kind === 'refusal') add('riskRefused', 'preCheck', 'stops', { ...finding.reason })
  const settlement = progress.settlement
  if (settlement) {
    if (progress.paidFen !== settlement.payableFen)
      add('payment', 'settlement', 'stops', { amountFen: settlement.payableFen - progress.paidFen })
    const open = progress.moneyBack?.options.some(({ rule, closed }) => rule.route === case_.refund?.route && !closed)
    if (settlement.refundableFen > 0 && !open) add('refund', 'settlement', 'waits')
    for (const bill of progress.moneyBack?.invoices ?? [])
      if (!case_.invoices.some((invoice) => invoice.billId === bill.id))
        add('invoice', 'settlement', 'waits', { period: bill.billingPeriod })
  }
  if (!case_.contact) add('contact', 'settlement', 'waits')
  if (!case_.disconnectReason) add('disconnectReason', 'settlement', 'waits')
  if (!livingSignature(case_, now) || (settlement && case_.signature?.signedTotalFen !== settlement.totalFen))
    add('signature', 'signature', 'stops')
  return missing
}

/**
 * Where a case stands: quotes with derivation, final bill, approvals needed, what is missing and the state of each step.
 * `now` is the instant of asking. What was signed counts while its quotes live, under the rules it was signed by; without a signature every quote
 * is computed with today's months, rules and late-fee days.
 */
export function progressOf(case_: Case, resources: CaseRules, now: Instant): CaseProgress {
  const rules = rulesOfCase(case_, resources, now)
  const at = figuresInstant(case_, now)
  const quotes = quotesOf(case_, rules, at)
  const account = case_.preCheck?.account
  const settlement =
    account && rules.ok
      ? settle({
          account,
          quotes: quotes.flatMap((q) => (q.quote ? [q.quote] : [])),
          waivers: quotes.map(({ agreementId, waivedFen }) => ({ agreementId, waivedFen })),
          lateFee: rules.value.lateFee,
          on: shanghaiDate(at),
        })
      : undefined
  const risk = riskOf(case_, rules, quotes, settlement, now)
  const partial = {
    quotes,
    asker: askerOf(case_, rules),
    settlement,
    findings: findingsOf(case_, resources, quotes, settlement),
    paidFen: sumFen(standingPayments(case_).map((payment) => payment.amountFen)),
    moneyBack: account && settlement && rules.ok ? moneyBackOf(account, settlement, rules.value) : undefined,
    approvalsNeeded: approvalsOf(
      case_,
      subjectsOf(case_, rules, risk?.subjects ?? []),
      settlement?.refundableFen ?? zeroFen,
    ),
    risk: {
      policyVersion: risk?.policyVersion ?? '',
      findings: risk?.findings ?? [],
      undecided: risk?.undecided ?? [],
      coolingOffHours: risk?.coolingOffHours ?? 0,
    },
  }
  const missing = missingOf(case_, partial, now)
  return { ...partial, missing, steps: stepsOf(case_, missing) }
}

function stepsOf(case_: Case, missing: readonly MissingItem[]): CaseProgress['steps'] {
  const reached: Record<CaseStep, boolean> = {
    number: true,
    identity: true,
    preCheck: Boolean(case_.proof),
    agreements: Boolean(case_.preCheck),
    settlement: Boolean(case_.preCheck),
    signature: Boolean(case_.preCheck),
  }
  let current = true
  const stateOf = (step: CaseStep): CaseProgress['steps'][CaseStep] => {
    const items = missing.filter((item) => item.step === step)
    if (items.some((item) => item.code === 'blocker' || item.code === 'riskRefused')) return 'blocked'
    if (items.length === 0 && reached[step]) return 'done'
    if (!current) return 'open'
    current = false
    return 'current'
  }
  return {
    number: stateOf('number'),
    identity: stateOf('identity'),
    preCheck: stateOf('preCheck'),
    agreements: stateOf('agreements'),
    settlement: stateOf('settlement'),
    signature: stateOf('signature'),
  }
}
