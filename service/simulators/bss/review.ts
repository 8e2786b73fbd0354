import type { Asker } from '../../../src/shared/domain/asker.ts'
import { blockerEntry, resolutionOf } from '../../../src/shared/domain/blocker-catalogue.ts'
import { millisecondsPerDay, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type { IdentificationType } from '../../../src/shared/domain/identity-document.ts'
import { taskKey, tasksOf } from '../../../src/shared/domain/task.ts'
import { hashText } from '../base/random.ts'
import type { Finding, Line, Person } from '../base/subscriber.ts'
import { agreementsInForce } from './account-view.ts'
import type { Params, WorldEvent } from './events.ts'
import type { OrderRecord } from './order-record.ts'
import { findBlockers } from './pre-check.ts'
import { findLine, type HomeSystem } from './system.ts'

/** Days in which returned papers may be supplied again (domain facts, chapter 3). */
export const resubmitDays = 2

/** Cards have a back worth looking at; booklets and licences do not. */
const withBack: readonly IdentificationType[] = [
  'RESIDENT_ID',
  'TEMP_ID',
  'HM_PERMIT',
  'TW_PERMIT',
  'HMT_RESIDENCE',
  'FOREIGN_PR',
]
const sidesOf = (what: 'document' | 'second-document', type: IdentificationType) =>
  withBack.includes(type) ? [`${what}-front`, `${what}-back`] : [`${what}-front`]

/** What a reviewer wants to see besides documents, by who asked. */
const papersOf: Record<Asker, readonly string[]> = {
  holder: [],
  agent: ['authorisation-letter'],
  guardian: ['guardianship-proof', 'household-register'],
  heir: ['death-proof', 'kinship-proof'],
  organisation: ['organisation-letter'],
  disowned: ['disowned-declaration', 'release-form'],
}

type Verdict = { code: string; params: Params; final: boolean; scripted: boolean } | 'approved'

/**
 * The events that time alone has brought about: a review that has come to its end, or papers not supplied in time.
 * Called before every look at an order, so that no timer is needed and a restart changes nothing.
 */
export function advance(system: HomeSystem, record: OrderRecord): WorldEvent[] {
  const orderId = record.order.orderId
  const now = system.now()
  if (record.state === 'returned' && now > record.since + resubmitDays * millisecondsPerDay)
    return [
      { type: 'orderRefused', at: now, orderId, code: 'USER_CAUSE_FAIL', params: { cause: 'papersNotResupplied' } },
    ]
  if (record.state !== 'reviewing' || elapsed(system, record) < reviewMilliseconds(system, record)) return []
  const found = findLine(system, record.order.msisdn)
  if (!found.found) return []
  const verdict = judge(system, record, found.line, found.holder)
  if (verdict === 'approved') return [{ type: 'orderApproved', at: now, orderId }]
  const { code, params, final, scripted } = verdict
  return final
    ? [{ type: 'orderRefused', at: now, orderId, code, params }]
    : [{ type: 'orderReturned', at: now, orderId, code, params, scripted }]
}

function elapsed(system: HomeSystem, record: OrderRecord): number {
  return Math.max(system.now() - record.since, system.stopwatch() - record.stopwatchSince)
}

function reviewMilliseconds(system: HomeSystem, record: OrderRecord): number {
  const { reviewSeconds, urgeShortensReview } = system.profile
  // Some submissions take a little longer than others; which ones depends on the order alone.
  const spread = 0.7 + (hashText(record.order.orderId + record.returns) / 2 ** 32) * 0.6
  return reviewSeconds * 1000 * spread * (1 - urgeShortensReview) ** record.urges * system.reviewFactor()
}

/** What the reviewer decides, in the order in which a reviewer looks. */
function judge(system: HomeSystem, record: OrderRecord, line: Line, holder: Person): Verdict {
  return (
    judgeAttachments(record, holder) ??
    judgeData(record, holder) ??
    judgeAsScripted(record, line) ??
    judgeByChance(system, record, line) ??
    judgeLine(system, record, line, holder) ??
    'approved'
  )
}

function returned(code: string, params: Params): Verdict {
  return { code, params, final: false, scripted: false }
}

function judgeAttachments(record: OrderRecord, holder: Person): Verdict | undefined {
  const asker = record.order.asker?.kind ?? 'holder'
  const second = record.order.asker?.document
  const needed = [
    // A deceased holder's document is not shown any more.
    ...(asker === 'heir' ? [] : sidesOf('document', holder.identificationType)),
    ...(second ? sidesOf('second-document', second.identificationType) : []),
    ...papersOf[asker],
    'portrait',
    'signed-form',
  ]
  const missing = needed.find((kind) => !record.attachments.has(kind))
  if (missing) return returned('ATTACHMENT_MISSING', { kind: missing })
  for (const [kind, sha256] of record.unusable)
    if (record.attachments.get(kind)?.sha256 === sha256) return returned('ATTACHMENT_UNUSABLE', { kind })
  return undefined
}

function judgeData(record: OrderRecord, holder: Person): Verdict | undefined {
  const given = (field: string, value: string): string =>
    (record.corrections[field] ?? value).replace(/\s/g, '').toUpperCase()
  const { holder: document, contact, msisdn, asker, evidenceSha256 } = record.order
  if (asker?.kind === 'disowned' && !evidenceSha256) return returned('REQUEST_DATA_ERROR', { field: 'evidenceSha256' })
  if (given('holder.identificationId', document.identificationId) !== holder.identificationId)
    return returned('REQUEST_DATA_ERROR', { field: 'holder.identificationId' })
  if (given('holder.name', document.name) !== holder.name.replace(/\s/g, '').toUpperCase())
    return returned('REQUEST_DATA_ERROR', { field: 'holder.name' })
  if (given('contact.phone', contact.phone) === msisdn)
    return returned('REQUEST_DATA_ERROR', { field: 'contact.phone' })
  return undefined
}

function judgeAsScripted(record: OrderRecord, line: Line): Verdict | undefined {
  const step = line.review?.[record.scriptedSteps]
  if (!step) return undefined
  return { code: step.code, params: { ...step.params }, final: step.code === 'USER_CAUSE_FAIL', scripted: true }
}

function judgeByChance(system: HomeSystem, record: OrderRecord, line: Line): Verdict | undefined {
  if (line.review || record.returns > 0) return undefined
  const draw = hashText(`review/${line.msisdn}`) / 2 ** 32
  if (draw >= system.profile.returnShare) return undefined
  const kinds = [...record.attachments.keys()].sort()
  return returned('ATTACHMENT_UNUSABLE', { kind: kinds[hashText(line.msisdn) % kinds.length]! })
}

/** Whether a blocker is left: nobody elsewhere has removed it, and the order does not have it removed on the way. */
function isLeft(blocker: Finding, record: OrderRecord, line: Line): boolean {
  const resolution = resolutionOf(blocker)
  if (resolution !== 'task') return resolution === 'elsewhere'
  const ordered = new Set((record.order.remedies ?? []).map(taskKey))
  const needed = tasksOf([blocker], { agreements: [], bundleMembers: line.bundleMembers }, [])
  return needed.some((task) => task.required && !ordered.has(taskKey(task)))
}

function judgeLine(system: HomeSystem, record: OrderRecord, line: Line, holder: Person): Verdict | undefined {
  const refusal = (params: Params): Verdict => ({ code: 'USER_CAUSE_FAIL', params, final: true, scripted: false })
  const hard = findBlockers(system, line, holder, record.order.asker?.kind).find(
    (blocker) =>
      blocker.code !== 'PENDING_ORDER' &&
      blocker.params.treatment !== 'ask' &&
      (blockerEntry(blocker.code)?.severity ?? 'hard') === 'hard' &&
      isLeft(blocker, record, line),
  )
  if (hard) return refusal({ blocker: hard.code })
  const listed = new Set(record.order.agreements.map((agreement) => agreement.agreementId))
  const left = agreementsInForce(line, system.world, shanghaiDate(system.now())).find((a) => !listed.has(a.id))
  return left ? refusal({ agreementId: left.id }) : undefined
}
