import type {
  AuthenticationAnswer,
  AuthenticationRequest,
  NumberQueryAnswer,
} from '../../src/connectors/wire/home-bss.ts'
import { numberView } from './account-view.ts'
import { findLine, type HomeSystem, refused } from './system.ts'

/** What anyone may know of a number; the holder's name is masked. */
export function queryNumber(system: HomeSystem, msisdn: string): NumberQueryAnswer {
  const found = findLine(system, msisdn)
  if (!found.found) return found.refusal
  return { result: 'ok', ...numberView(system, found.line, found.holder) }
}

/** Dots in names come in several characters, and typed names in several widths. */
function sameName(one: string, other: string): boolean {
  const plain = (name: string) =>
    name
      .normalize('NFKC')
      .replace(/[•‧・．.]/g, '·')
      .replace(/\s+/g, ' ')
      .trim()
      .toUpperCase()
  return plain(one) === plain(other)
}

/** Compares document, name, password and, for premium lines, often-called numbers with the record. */
export function authenticate(system: HomeSystem, request: AuthenticationRequest): AuthenticationAnswer {
  const found = findLine(system, request.msisdn)
  if (!found.found) return found.refusal
  const { line, holder } = found
  if (!system.profile.supportedDocuments.includes(request.identificationType)) return refused('UNSUPPORTED_DOC')
  const sameDocument =
    request.identificationType === holder.identificationType &&
    request.identificationId.replace(/\s/g, '').toUpperCase() === holder.identificationId
  if (!sameDocument) return refused('ID_MISMATCH')
  if (!sameName(request.name, holder.name)) return refused('NAME_MISMATCH')
  if (request.servicePassword !== undefined && request.servicePassword !== line.servicePassword)
    return refused('PASSWORD_FAIL')
  if (line.premium) {
    const required = system.profile.oftenCalledRequired
    const named = new Set(request.oftenCalledNumbers ?? [])
    const matched = line.oftenCalledNumbers.filter((number) => named.has(number)).length
    if (matched < required) return refused('FRIEND_NUMBER_FAIL', { required, matched })
  }
  return { result: 'ok', holderName: holder.name }
}
