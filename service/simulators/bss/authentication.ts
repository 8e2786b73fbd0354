import type { Asker } from '../../../src/shared/domain/asker.ts'
import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { ageOf } from '../../../src/shared/domain/identification-number.ts'
import { adultAge } from '../../../src/shared/domain/identity-document.ts'
import type {
  AuthenticationAnswer,
  AuthenticationRequest,
  NumberQueryAnswer,
} from '../../src/connectors/wire/home-bss.ts'
import type { Line, Person } from '../base/subscriber.ts'
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

/** Whom this home system lets ask for a line, by what it knows of the holder. */
function askerRefusal(system: HomeSystem, line: Line, holder: Person, asker: Asker): string | undefined {
  if (asker !== 'heir' && line.findings.some((finding) => finding.code === 'OWNER_DECEASED')) return 'OWNER_DECEASED'
  if (asker === 'agent' && !system.profile.agentsAccepted) return 'AGENT_NOT_ALLOWED'
  const age = ageOf(holder.identificationType, holder.identificationId, shanghaiDate(system.now()))
  return age !== undefined && age < adultAge && asker !== 'guardian' && asker !== 'heir'
    ? 'MINOR_NO_GUARDIAN'
    : undefined
}

/** Compares document, name, password and, for premium lines, often-called numbers with the record. */
export function authenticate(system: HomeSystem, request: AuthenticationRequest): AuthenticationAnswer {
  const found = findLine(system, request.msisdn)
  if (!found.found) return found.refusal
  const { line, holder } = found
  const refusal = askerRefusal(system, line, holder, request.asker ?? 'holder')
  if (refusal) return refused(refusal)
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
