import type { CaseView } from '../../../shared/contract/views.ts'
import { type Instant, instant, shanghaiDate } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { type CaseRules, devicesReturnedOf } from '../../../shared/domain/case-rules.ts'
import { maskIdentification, maskName } from '../../../shared/domain/masking.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import { waitingEffect } from '../../../shared/domain/rules/waiting-effect.ts'
import type { Staff } from '../../../shared/protocol/device.ts'
import { requestsOfCase } from '../approvals/approval-requests.ts'
import type { Context } from '../context.ts'
import { markUnderWay, openJobsOfCase } from '../outbox/outbox-table.ts'
import { hasMovedOn, hasNewer } from '../sync/newer-changes.ts'
import { readCase, readOrder } from './case-store.ts'

/**
 * Hides what staff no longer need to see: once a case is submitted, and always for auditors, names and document numbers
 * are masked. While it is a draft, the clerk who types and compares them sees them.
 */
export function maskCase(whole: Case, role: Staff['role']): Case {
  const case_ = withoutSeals(whole)
  if (case_.state === 'draft' && role !== 'auditor') return case_
  return {
    ...case_,
    ...(case_.document
      ? {
          document: {
            ...case_.document,
            name: maskName(case_.document.name),
            identificationId: maskIdentification(case_.document.identificationId),
            mrz: undefined,
          },
        }
      : {}),
    ...(case_.asker?.document
      ? {
          asker: {
            ...case_.asker,
            document: {
              ...case_.asker.document,
              name: maskName(case_.asker.document.name),
              identificationId: maskIdentification(case_.asker.document.identificationId),
              mrz: undefined,
            },
          },
        }
      : {}),
    ...(case_.proof
      ? {
          proof: {
            ...case_.proof,
            holderName: maskName(case_.proof.holderName),
            ...(case_.proof.secondName ? { secondName: maskName(case_.proof.secondName) } : {}),
          },
        }
      : {}),
    ...(case_.refund
      ? {
          refund: {
            ...case_.refund,
            holderName: maskName(case_.refund.holderName),
            ...(case_.refund.account ? { account: maskIdentification(case_.refund.account) } : {}),
          },
        }
      : {}),
    ...(case_.contact && role === 'auditor'
      ? { contact: { ...case_.contact, name: maskName(case_.contact.name) } }
      : {}),
  }
}

/** Seals are for the service's eyes; they repeat in one text what masking hides. */
function withoutSeals(case_: Case): Case {
  const unsealed = <T extends { seal?: string | undefined }>({ seal: _, ...rest }: T) => rest
  return {
    ...case_,
    ...(case_.proof ? { proof: unsealed(case_.proof) } : {}),
    ...(case_.preCheck ? { preCheck: unsealed(case_.preCheck) } : {}),
    approvals: case_.approvals.map(unsealed),
    acknowledgements: case_.acknowledgements.map(unsealed),
  }
}

/** The instant whose figures count: today's for a draft, those that were signed once it is submitted. */
export function figuresAt(case_: Case, now: Instant): Instant {
  return case_.submittedAt ?? now
}

/** What waiting brings, agreement by agreement. */
function outlookOf(case_: Case, { packs }: CaseRules, now: Instant): CaseView['outlook'] {
  const account = case_.preCheck?.account
  if (!account) return {}
  const place = { carrier: account.number.carrier, province: account.number.homeProvince }
  return Object.fromEntries(
    account.agreements.flatMap((agreement) => {
      const devicesReturned = devicesReturnedOf(case_, agreement)
      const on = shanghaiDate(now)
      // Where bringing the devices back is enough, waiting is no advice to give.
      const all = waitingEffect({ agreement, packs, place, on, devicesReturned: agreement.devices.length })
      if (!all) return []
      const effect = waitingEffect({ agreement, packs, place, on, devicesReturned })
      return effect ? [[agreement.id, effect]] : []
    }),
  )
}

/** A case with everything derived from it now. Errors: `case.notFound`. */
export async function viewCase(context: Context, caseId: string, role: Staff['role']): Promise<Result<CaseView>> {
  const case_ = await readCase(context.store, caseId)
  if (!case_) return fail('case.notFound')
  const now = instant(context.ports.clock.now())
  return ok({
    case: maskCase(case_, role),
    progress: progressOf(case_, context.ports.resources, figuresAt(case_, now)),
    outlook: case_.state === 'draft' ? outlookOf(case_, context.ports.resources, now) : {},
    order: await readOrder(context.store, caseId),
    newer: await hasNewer(context.store, caseId),
    movedOn: await hasMovedOn(context.store, caseId),
    waiting: markUnderWay(await openJobsOfCase(context.store, caseId), context.outbox.underWay()),
    requests: await requestsOfCase(context.store, caseId, context.ports.clock.now()),
  })
}
