import { type Instant, instant } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import { toBase64 } from '../base64.ts'
import { readCase } from '../cases/case-store.ts'
import { changeCase } from '../cases/change-case.ts'
import { keepDecisions } from '../cases/new-pre-check.ts'
import type { Context } from '../context.ts'
import type { Handler } from './handler.ts'

async function draft(context: Context, caseId: string): Promise<Result<Case>> {
  const case_ = await readCase(context.store, caseId)
  if (!case_) return fail('case.notFound')
  return case_.state === 'draft' ? ok(case_) : fail('case.closed')
}

/** Sends a one-time code to the number itself. Errors: `proof.codeTooSoon`, `number.*`, `connection.*`. */
export const sendOneTimeCode: Handler<'case.sendOneTimeCode'> = async ({ caseId }, context, staff) => {
  const case_ = await draft(context, caseId)
  if (!case_.ok) return case_
  const answer = await context.service.call('sendOneTimeCode', { body: { caseId, msisdn: case_.value.msisdn } })
  if (!answer.ok) return answer
  const noted = await changeCase(context, { caseId, action: 'case.sendOneTimeCode', staff }, (current) =>
    ok({ ...current, oneTimeCodeSentAt: answer.value.sentAt }),
  )
  return noted.ok ? answer : noted
}

/** Who a proof is about. */
function substance({ asker, document }: Case): string {
  return JSON.stringify([asker?.kind ?? 'holder', document, asker?.document])
}

async function portraitOf(context: Context, case_: Case) {
  const portrait = case_.attachments.find((attachment) => attachment.kind === 'portrait')
  if (!portrait) return undefined
  const row = await context.store.get<{ content: Uint8Array | null }>(
    'SELECT content FROM attachment WHERE attachment_id = ?',
    [portrait.attachmentId],
  )
  if (!row?.content) return undefined
  return { mediaType: portrait.mediaType, sha256: portrait.sha256, contentBase64: toBase64(row.content) }
}

/**
 * Proves who stands here and what they may ask: documents, password or code where the asker must know one, live portrait.
 * Errors: `document.missing`, `asker.notAllowed`, `asker.documentMissing`, `proof.portraitMissing`, `proof.factorMissing`, and those of the service.
 */
export const prove: Handler<'case.prove'> = async (input, context, staff) => {
  const { caseId, servicePassword, oneTimeCode, oftenCalledNumbers } = input
  const case_ = await draft(context, caseId)
  if (!case_.ok) return case_
  const { document, msisdn } = case_.value
  if (!document) return fail('document.missing')
  const portrait = await portraitOf(context, case_.value)
  if (!portrait) return fail('proof.portraitMissing')
  const { rule, kind: asker } = progressOf(
    case_.value,
    context.ports.resources,
    instant(context.ports.clock.now()),
  ).asker
  if (rule && !rule.allowed) return fail('asker.notAllowed', { params: { asker } })
  const secondDocument = case_.value.asker?.document
  if (rule?.second && !secondDocument) return fail('asker.documentMissing')
  if (rule?.credential !== 'none' && servicePassword === undefined && oneTimeCode === undefined)
    return fail('proof.factorMissing')
  const answer = await context.service.call('proveIdentity', {
    body: {
      caseId,
      msisdn,
      asker,
      document,
      ...(secondDocument ? { secondDocument } : {}),
      servicePassword,
      oneTimeCode,
      oftenCalledNumbers,
      portrait,
    },
  })
  if (!answer.ok) return answer
  const proof = answer.value
  if (proof.caseId !== caseId || proof.msisdn !== msisdn || proof.asker !== asker)
    return fail('home.unexpectedAnswer', { params: { system: 'bss' } })
  return changeCase(
    context,
    {
      caseId,
      action: 'case.prove',
      staff,
      details: { asker, methods: proof.methods.join(' '), face: proof.face.outcome },
    },
    (current) => {
      const shown = current.attachments.find((attachment) => attachment.kind === 'portrait')
      // Somebody changed what was proved while the answer was on its way: the proof is of something else.
      if (substance(current) !== substance(case_.value) || shown?.sha256 !== portrait.sha256)
        return fail('proof.missing')
      return ok({ ...current, proof })
    },
  )
}

/** What the clerk sees now and reads out, agreement by agreement. */
function shownQuotesOf(case_: Case, context: Context, now: Instant): NonNullable<Case['shownQuotes']> {
  return progressOf(case_, context.ports.resources, now).quotes.flatMap(({ agreementId, quote }) =>
    quote ? [{ agreementId, amountFen: quote.amountFen, packs: [...quote.packs] }] : [],
  )
}

/**
 * The home system's dry run. What was decided on the earlier one stays where the account did not change.
 * Errors: `proof.missing`, `proof.expired`, and those of the service.
 */
export const preCheck: Handler<'case.preCheck'> = async ({ caseId }, context, staff) => {
  const case_ = await draft(context, caseId)
  if (!case_.ok) return case_
  const { proof, msisdn } = case_.value
  if (!proof) return fail('proof.missing')
  if (proof.expiresAt <= instant(context.ports.clock.now())) return fail('proof.expired')
  const answer = await context.service.call('preCheck', { body: { caseId, msisdn, proofId: proof.proofId } })
  if (!answer.ok) return answer
  const found = answer.value
  if (found.account.number.msisdn !== msisdn) return fail('home.unexpectedAnswer', { params: { system: 'bss' } })
  return changeCase(
    context,
    { caseId, action: 'case.preCheck', staff, details: { blockers: found.blockers.length } },
    (current, _tx, now) => {
      if (!current.proof) return fail('proof.missing')
      const next = keepDecisions(current, found)
      return ok({ ...next, shownQuotes: shownQuotesOf(next, context, now) })
    },
  )
}
