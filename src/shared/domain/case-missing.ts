import { allTasks } from './blocker-findings.ts'
import type { Instant } from './calendar.ts'
import type { Case } from './case.ts'
import { livingSignature } from './case-rules.ts'
import type { CaseStanding } from './case-standing.ts'
import type { CaseStep } from './case-steps.ts'

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

/** Everything still missing at an instant, in the order of the steps. `stops` is what keeps the customer out; what merely comes later waits. */
export function missingOf(case_: Case, progress: CaseStanding, now: Instant): MissingItem[] {
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
  if (!case_.document && rule?.allowed !== false) add('document', 'identity', 'waits')
  if (rule?.allowed && rule.second && !case_.asker?.document) add('secondDocument', 'identity', 'waits', { asker })
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
      add('payment', 'settlement', 'waits', { amountFen: settlement.payableFen - progress.paidFen })
    const open = progress.moneyBack?.options.some(({ rule, closed }) => rule.route === case_.refund?.route && !closed)
    if (settlement.refundableFen > 0 && !open) add('refund', 'settlement', 'waits')
    for (const bill of progress.moneyBack?.invoices ?? [])
      if (!case_.invoices.some((invoice) => invoice.billId === bill.id))
        add('invoice', 'settlement', 'waits', { period: bill.billingPeriod })
  }
  if (!case_.contact) add('contact', 'settlement', 'waits')
  if (!case_.disconnectReason) add('disconnectReason', 'settlement', 'waits')
  if (!livingSignature(case_, now) || (settlement && case_.signature?.signedTotalFen !== settlement.totalFen))
    add('signature', 'signature', 'waits')
  return missing
}
