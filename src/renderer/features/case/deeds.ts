import type { CaseView } from '../../../shared/contract/views.ts'
import type { AttachmentKind } from '../../../shared/domain/attachment-kind.ts'
import type { Instant } from '../../../shared/domain/calendar.ts'
import type { MissingItem } from '../../../shared/domain/case-missing.ts'
import { type CaseStep, caseSteps } from '../../../shared/domain/case-steps.ts'
import type { ApprovalSubject } from '../../../shared/domain/risk-policy.ts'
import type { TaskAction } from '../../../shared/domain/task-kinds.ts'

/** Everything that is photographed; the signed form comes from the signature. */
export type PictureKind = Exclude<AttachmentKind, 'signedForm'>
/** What is asked for while the rules of the home province are not here yet. */
const everybodysPictures = ['documentFront', 'documentBack', 'portrait'] as const satisfies readonly PictureKind[]

/** The pictures this case needs, in the order in which they are taken. */
export function picturesOf(
  view: CaseView,
): readonly { kind: PictureKind; text?: { zh: string; en: string } | undefined }[] {
  const { papers } = view.progress.asker
  if (!papers) return everybodysPictures.map((kind) => ({ kind }))
  return papers.flatMap(({ kind, text, photographed }) =>
    kind === 'signedForm' || !photographed ? [] : [{ kind, text }],
  )
}

/** The one thing to be done next in a step: what the primary action says and what Enter does. */
export type Deed =
  | { kind: 'queryNumber' }
  | { kind: 'changeAsker' }
  | { kind: 'saveDocument' }
  | { kind: 'saveSecond' }
  | { kind: 'capture'; picture: PictureKind }
  | { kind: 'prove' }
  | { kind: 'preCheck' }
  | { kind: 'reCheck' }
  | { kind: 'acknowledge'; code: string; decided: boolean }
  /** A supervisor decides about a soft finding. */
  | { kind: 'override'; code: string }
  | { kind: 'task'; code: string; action: TaskAction; subject: string }
  | { kind: 'choose'; agreementId: string }
  /** Agreements are kept until they cost nothing: the case waits. */
  | { kind: 'postpone' }
  | { kind: 'approve'; subject: ApprovalSubject; agreementId: string | undefined }
  | { kind: 'saveSettlement' }
  | { kind: 'takePayment'; amountFen: number }
  | { kind: 'sign' }
  | { kind: 'submit' }
  /** On to the next step, or back to the one where something is missing. */
  | { kind: 'goTo'; step: CaseStep; back: boolean }
  /** Nothing more can be done for this case here. */
  | { kind: 'leave' }

const goTo = (step: CaseStep, from: CaseStep): Deed => ({
  kind: 'goTo',
  step,
  back: caseSteps.indexOf(step) < caseSteps.indexOf(from),
})

/** True while the proof of identity may be used. */
export function proofAliveAt(view: CaseView, now: Instant): boolean {
  return view.case.proof !== undefined && view.case.proof.expiresAt > now
}

/** The step to show when a case is opened: where the clerk left off, or the step that stops the case. */
export function openingStep(view: CaseView): CaseStep {
  if (!view.case.number && !view.case.document) return 'number'
  const { steps } = view.progress
  return caseSteps.find((step) => steps[step] === 'blocked' || steps[step] === 'current') ?? 'signature'
}

/** The step after one; agreements are passed over when the line has none and nobody need look at it. */
export function stepAfter(step: CaseStep, view: CaseView): CaseStep {
  const next = caseSteps[caseSteps.indexOf(step) + 1] ?? 'signature'
  const empty = view.case.preCheck?.account.agreements.length === 0 && !missingIn(view, 'agreements').length
  return next === 'agreements' && empty ? 'settlement' : next
}

/** What is missing in one step. */
export function missingIn(view: CaseView, step: CaseStep): MissingItem[] {
  return view.progress.missing.filter((item) => item.step === step)
}

function identityDeed(view: CaseView, { proofAlive, edited, editedSecond }: DeedState): Deed {
  const { rule } = view.progress.asker
  if (rule && !rule.allowed) return { kind: 'changeAsker' }
  if (!view.case.document || edited) return { kind: 'saveDocument' }
  if ((rule?.second && !view.case.asker?.document) || editedSecond) return { kind: 'saveSecond' }
  const picture = picturesOf(view).find(({ kind }) => !view.case.attachments.some((a) => a.kind === kind))
  if (picture) return { kind: 'capture', picture: picture.kind }
  return proofAlive ? goTo('preCheck', 'identity') : { kind: 'prove' }
}

function findingDeed(view: CaseView, { code: kind, params }: MissingItem): Deed {
  const code = String(params.blocker)
  if (kind === 'override') return { kind: 'override', code }
  if (kind === 'task')
    return { kind: 'task', code, action: params.action as TaskAction, subject: String(params.subject ?? '') }
  const decided = view.progress.findings.some((finding) => finding.code === code && finding.effect === 'decide')
  return { kind: 'acknowledge', code, decided }
}

function preCheckDeed(view: CaseView, { proofAlive }: DeedState): Deed {
  if (!view.case.preCheck) return proofAlive ? { kind: 'preCheck' } : goTo('identity', 'preCheck')
  const missing = missingIn(view, 'preCheck')
  if (missing.some((item) => item.code === 'blocker')) return { kind: 'reCheck' }
  const first = missing.find(({ code }) => code === 'acknowledge' || code === 'override' || code === 'task')
  if (first) return findingDeed(view, first)
  return goTo(stepAfter('preCheck', view), 'preCheck')
}

function approvalDeed(items: readonly MissingItem[]): Deed | undefined {
  const approval = items.find((item) => item.code === 'approval')
  if (!approval) return undefined
  const { subject, agreementId } = approval.params
  return {
    kind: 'approve',
    subject: subject as ApprovalSubject,
    agreementId: agreementId === undefined ? undefined : String(agreementId),
  }
}

function agreementsDeed(view: CaseView): Deed {
  if (!view.case.preCheck) return goTo('preCheck', 'agreements')
  const missing = missingIn(view, 'agreements')
  const open = view.progress.quotes.find(
    ({ agreementId, quote }) =>
      quote && !quote.hold && !view.case.choices.some((choice) => choice.agreementId === agreementId),
  )
  if (open) return { kind: 'choose', agreementId: open.agreementId }
  if (missing.some((item) => item.code === 'quote' || item.code === 'hold')) return { kind: 'leave' }
  if (missing.some((item) => item.code === 'keep')) return { kind: 'postpone' }
  return approvalDeed(missing) ?? goTo('settlement', 'agreements')
}

/** What has to be decided before money changes hands, so that the figure does not move afterwards. */
const beforeMoney: readonly MissingItem['code'][] = ['blocker', 'quote', 'hold', 'choice', 'keep', 'approval']

function settlementDeed(view: CaseView, edited: boolean): Deed {
  if (!view.case.preCheck) return goTo('preCheck', 'settlement')
  const missing = missingIn(view, 'settlement')
  const forms: readonly MissingItem['code'][] = ['refund', 'invoice', 'contact', 'disconnectReason']
  if (edited || missing.some((item) => forms.includes(item.code))) return { kind: 'saveSettlement' }
  const approval = approvalDeed(missing)
  if (approval) return approval
  const amountFen = Number(missing.find((item) => item.code === 'payment')?.params.amountFen ?? 0)
  if (amountFen <= 0) return goTo('signature', 'settlement')
  const first = view.progress.missing.find((item) => beforeMoney.includes(item.code))
  return first ? goTo(first.step, 'settlement') : { kind: 'takePayment', amountFen }
}

function signatureDeed(view: CaseView): Deed {
  const elsewhere = view.progress.missing.find((item) => item.step !== 'signature')
  if (elsewhere) return goTo(elsewhere.step, 'signature')
  return missingIn(view, 'signature').length > 0 ? { kind: 'sign' } : { kind: 'submit' }
}

/** What the case itself does not say. */
export interface DeedState {
  /** Whether the proof of identity may still be used now. */
  proofAlive: boolean
  /** A saved form of this step was changed and not saved again; the change must not be left behind. */
  edited?: boolean
  /** The same for the document of who asks for the holder. */
  editedSecond?: boolean
}

/** What Enter does in a step. */
export function deedOf(view: CaseView, step: CaseStep, state: DeedState): Deed {
  switch (step) {
    case 'number':
      return view.case.number ? goTo('identity', 'number') : { kind: 'queryNumber' }
    case 'identity':
      return identityDeed(view, state)
    case 'preCheck':
      return preCheckDeed(view, state)
    case 'agreements':
      return agreementsDeed(view)
    case 'settlement':
      return settlementDeed(view, state.edited ?? false)
    case 'signature':
      return signatureDeed(view)
  }
}
