import type { CaseView } from '../../../shared/contract/views.ts'
import { parseDate, type ShanghaiDate } from '../../../shared/domain/calendar.ts'
import { checkValidity } from '../../../shared/domain/document-validity.ts'
import { checkNumber, plainNumber, readNumber } from '../../../shared/domain/identification-number.ts'
import { documentTypes, type IdentificationType } from '../../../shared/domain/identification-type.ts'
import { anAdult, checkAge, type Expectation, type IdentityDocument } from '../../../shared/domain/identity-document.ts'
import { expectationsOf, type ManualReason } from '../../../shared/domain/papers.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { MessageKey, MessageParams } from '../../../shared/i18n/translate.ts'
import type { DocumentDraft } from './drafts.ts'

export const documentFields = [
  'identificationId',
  'name',
  'issuingAuthority',
  'validFrom',
  'validTo',
  'manualReason',
  'manualNote',
] as const
export type DocumentField = (typeof documentFields)[number]

/** What the place of the number asks of a document: its person, and the reasons for which it may be typed. */
export interface DocumentRules {
  expected: Expectation
  /** Empty where nothing need be said. */
  reasons: readonly ManualReason[]
}
export const plainRules: DocumentRules = { expected: anAdult, reasons: [] }

/** What a case asks of one of its documents; one that is only stated was never read by anybody. */
export function documentRules({ progress }: Pick<CaseView, 'progress'>, who: 'holder' | 'second'): DocumentRules {
  const { rule, manualReasons } = progress.asker
  const isStated = who === 'holder' && rule?.holder.document === 'stated'
  return { expected: rule ? expectationsOf(rule)[who] : anAdult, reasons: isStated ? [] : manualReasons }
}

/** The reasons to choose from for a document as typed so far: only a chip could have been read. */
export function reasonsOf(draft: Pick<DocumentDraft, 'identificationType'>, { reasons }: DocumentRules) {
  return documentTypes[draft.identificationType].chip ? reasons : []
}
export interface Problem {
  key: MessageKey
  params?: MessageParams
}

const eighteen: readonly IdentificationType[] = ['RESIDENT_ID', 'TEMP_ID', 'HUKOU', 'HMT_RESIDENCE', 'FOREIGN_PR']

/** Groups a document number while it is typed: 6-8-4 for citizens' numbers, fours for the rest. */
export function groupIdentification(type: IdentificationType, text: string): string {
  const compact = text.replace(/\s/g, '').toUpperCase()
  if (eighteen.includes(type) && /^\d{0,17}[\dX]?$/.test(compact))
    return [compact.slice(0, 6), compact.slice(6, 14), compact.slice(14, 18)].filter(Boolean).join(' ')
  return compact
}

/** Groups a mobile number while it is typed: 3-4-4. */
export function groupMsisdn(text: string): string {
  const digits = text.replace(/\D/g, '').slice(0, 11)
  return [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7)].filter(Boolean).join(' ')
}

/** Groups a card number in fours. */
export function groupCard(text: string): string {
  return text
    .replace(/\D/g, '')
    .slice(0, 19)
    .replace(/(\d{4})(?=\d)/g, '$1 ')
}

/** Puts the hyphens into a date while its digits are typed: `20200305` becomes `2020-03-05`. */
export function groupDate(text: string): string {
  const digits = text.replace(/\D/g, '').slice(0, 8)
  return [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].filter(Boolean).join('-')
}

/** What is typed, as far as it is a document already. */
export function readDraft(draft: DocumentDraft): IdentityDocument {
  const validFrom = parseDate(draft.validFrom)
  return {
    identificationType: draft.identificationType,
    identificationId: draft.identificationId.replace(/\s/g, '').toUpperCase(),
    name: draft.name.trim(),
    issuingAuthority: draft.issuingAuthority.trim(),
    ...(validFrom ? { validFrom } : {}),
    validTo: draft.noEnd ? null : (parseDate(draft.validTo) ?? null),
    entry: 'manual',
    ...(documentTypes[draft.identificationType].chip && draft.manualReason
      ? {
          manualReason: draft.manualReason,
          ...(draft.manualNote.trim() ? { manualNote: draft.manualNote.trim() } : {}),
        }
      : {}),
    ...(draft.mrz.trim() && documentTypes[draft.identificationType].mrz ? { mrz: draft.mrz.trim() } : {}),
  }
}

function problemOf(result: Result<unknown>, field: DocumentField): Problem | undefined {
  if (result.ok || result.error.field !== field) return undefined
  return { key: `error.${result.error.code}`, ...(result.error.params ? { params: result.error.params } : {}) }
}

function numberAndAge(document: IdentityDocument, expected: Expectation, today: ShanghaiDate): Result<unknown> {
  const { identificationType, identificationId } = document
  const number = checkNumber(identificationType, plainNumber(identificationId), today)
  return number.ok ? checkAge(readNumber(identificationType, number.value, today)?.birth, expected, today) : number
}

/** What is wrong with one field as it stands, said when the clerk leaves it; `today` is the Shanghai date. */
export function fieldProblem(
  draft: DocumentDraft,
  field: DocumentField,
  today: ShanghaiDate,
  rules: DocumentRules = plainRules,
): Problem | undefined {
  const { expected } = rules
  const document = readDraft(draft)
  switch (field) {
    case 'identificationId':
      if (!document.identificationId) return { key: 'case.identity.needNumber' }
      return problemOf(numberAndAge(document, expected, today), field)
    case 'name':
      return document.name ? undefined : { key: 'case.identity.needName' }
    case 'issuingAuthority':
      return undefined
    case 'validFrom':
      if (!draft.validFrom.trim()) return undefined
      if (!document.validFrom) return { key: 'case.identity.dateMalformed' }
      return problemOf(checkValidity(document, today, expected.mayBeOver), field)
    case 'validTo':
      if (draft.noEnd) return undefined
      if (!draft.validTo.trim()) return { key: 'case.identity.needValidTo' }
      if (!document.validTo) return { key: 'case.identity.dateMalformed' }
      return problemOf(checkValidity(document, today, expected.mayBeOver), field)
    case 'manualReason': {
      const reasons = reasonsOf(draft, rules)
      return reasons.length === 0 || reasons.some(({ code }) => code === draft.manualReason)
        ? undefined
        : { key: 'case.identity.needReason' }
    }
    case 'manualNote': {
      const chosen = reasonsOf(draft, rules).find(({ code }) => code === draft.manualReason)
      return chosen?.words && draft.manualNote.trim().length < 2 ? { key: 'case.identity.needNote' } : undefined
    }
  }
}

/** Every field that is not right yet. */
export function documentProblems(
  draft: DocumentDraft,
  today: ShanghaiDate,
  rules: DocumentRules = plainRules,
): Partial<Record<DocumentField, Problem>> {
  const problems: Partial<Record<DocumentField, Problem>> = {}
  for (const field of documentFields) {
    const problem = fieldProblem(draft, field, today, rules)
    if (problem) problems[field] = problem
  }
  return problems
}

/** The document ready to be saved. Errors: those of `checkDocument`; the core checks it once more. */
export function documentOf(
  draft: DocumentDraft,
  today: ShanghaiDate,
  rules: DocumentRules = plainRules,
): Result<IdentityDocument> {
  const first = documentFields.find((field) => fieldProblem(draft, field, today, rules))
  if (first) return fail('request.malformed', { field: first })
  return ok(readDraft(draft))
}

/** A saved document as it would have been typed, for correcting it. */
export function draftOf(document: IdentityDocument): DocumentDraft {
  return {
    identificationType: document.identificationType,
    identificationId: groupIdentification(document.identificationType, document.identificationId),
    name: document.name,
    issuingAuthority: document.issuingAuthority,
    validFrom: document.validFrom ?? '',
    validTo: document.validTo ?? '',
    noEnd: document.validTo === null,
    mrz: document.mrz ?? '',
    manualReason: document.manualReason ?? '',
    manualNote: document.manualNote ?? '',
  }
}
