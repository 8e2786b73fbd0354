import type { NumberAnswer } from '../../../src/shared/domain/account.ts'
import { blockerCodeSchema } from '../../../src/shared/domain/blocker.ts'
import { instant, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { checkDocument, type IdentityDocument } from '../../../src/shared/domain/identity-document.ts'
import type { AskerRule } from '../../../src/shared/domain/papers.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { resolveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import type { IdentityProof, ProofRequest } from '../../../src/shared/protocol/identity.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { technicalFailure, unexpectedRefusal } from '../connectors/failures.ts'
import type { HomeSystem } from '../connectors/home-bss.ts'
import { locateNumber } from '../numbers/locate-number.ts'
import { seal } from '../reconciliation/seals.ts'
import { checkManualEntry } from '../risk/check-manual-entry.ts'
import type { ServiceContext } from '../service-context.ts'
import { type Attempt, beginAttempt, lockOf, subjectsOf } from './attempts.ts'
import { atDocument, type CheckedAsker, checkAsker } from './check-asker.ts'
import { burnCode, isCodeRight } from './one-time-codes.ts'
import { decodePicture } from './pictures.ts'
import type { CounterScene } from './scene.ts'

type Factor = { kind: 'servicePassword'; password: string } | { kind: 'oneTimeCode'; code: string } | { kind: 'none' }

/** What the person knows or holds: exactly one thing, or nothing where the rule asks for nothing. */
function factorOf(request: ProofRequest, rule: AskerRule): Result<Factor> {
  if (rule.credential === 'none') return ok({ kind: 'none' })
  const { servicePassword, oneTimeCode } = request
  if (servicePassword !== undefined && oneTimeCode === undefined)
    return ok({ kind: 'servicePassword', password: servicePassword })
  if (oneTimeCode !== undefined && servicePassword === undefined) return ok({ kind: 'oneTimeCode', code: oneTimeCode })
  return fail('proof.factorMissing')
}

/** What the home system's refusal means at the counter, and whether it counts towards the lock. */
function authenticationFailure(code: string, oftenCalledGiven: boolean): { failure: Result<never>; counts: boolean } {
  switch (code) {
    case 'ID_MISMATCH':
      return { failure: fail('proof.idMismatch', { field: 'document.identificationId' }), counts: true }
    case 'NAME_MISMATCH':
      return { failure: fail('proof.nameMismatch', { field: 'document.name' }), counts: true }
    case 'PASSWORD_FAIL':
      return { failure: fail('proof.passwordWrong', { field: 'servicePassword' }), counts: true }
    case 'FRIEND_NUMBER_FAIL':
      return { failure: fail('proof.oftenCalledWrong', { field: 'oftenCalledNumbers' }), counts: oftenCalledGiven }
    case 'AGENT_NOT_ALLOWED':
      return { failure: fail('asker.needsAgent', { field: 'asker' }), counts: false }
    case 'MINOR_NO_GUARDIAN':
      return { failure: fail('asker.needsGuardian', { field: 'asker' }), counts: false }
    case 'OWNER_DECEASED':
      return { failure: fail('asker.needsHeir', { field: 'asker' }), counts: false }
    case 'UNSUPPORTED_DOC':
      return {
        failure: fail('proof.documentUnsupported', { field: 'document.identificationType' }),
        counts: false,
      }
    default:
      // Whatever else stands in the way is a finding: shown under its own name, known or not.
      return blockerCodeSchema.safeParse(code).success
        ? { failure: fail('proof.refused', { params: { blocker: code } }), counts: false }
        : { failure: unexpectedRefusal(code), counts: false }
  }
}

async function authenticateHolder(
  context: ServiceContext,
  home: HomeSystem,
  request: ProofRequest,
  document: IdentityDocument,
  factor: Factor,
  attempt: Attempt,
): Promise<Result<string>> {
  const answer = await context.homeBss.authenticate(home, {
    msisdn: request.msisdn,
    identificationType: document.identificationType,
    identificationId: document.identificationId,
    name: document.name,
    asker: request.asker,
    ...(factor.kind === 'servicePassword' ? { servicePassword: factor.password } : {}),
    ...(request.oftenCalledNumbers.length > 0 ? { oftenCalledNumbers: request.oftenCalledNumbers } : {}),
  })
  if (answer.outcome === 'ok') return ok(answer.value.holderName)
  if (answer.outcome !== 'refused') return technicalFailure(answer, 'bss')
  const { failure, counts } = authenticationFailure(answer.code, request.oftenCalledNumbers.length > 0)
  return counts ? attempt.wrong(failure) : answer.code === 'FRIEND_NUMBER_FAIL' ? attempt.uncounted(failure) : failure
}

async function compareFace(
  context: ServiceContext,
  request: ProofRequest,
  document: IdentityDocument,
  attempt: Attempt,
): Promise<Result<IdentityProof['face']>> {
  const answer = await context.face.compare({
    key: `face:${context.newId()}`,
    identificationId: document.identificationId,
    name: document.name,
    mediaType: request.portrait.mediaType,
    contentBase64: request.portrait.contentBase64,
  })
  if (answer.outcome === 'refused') return technicalFailure({ outcome: 'unexpected' }, 'face')
  if (answer.outcome !== 'ok') return technicalFailure(answer, 'face')
  const { outcome, ...comparison } = answer.value
  if (outcome === 'noMatch')
    return attempt.wrong(
      fail('proof.faceMismatch', {
        field: 'portrait',
        params: { score: comparison.score, threshold: comparison.threshold },
      }),
    )
  return ok({ ...comparison, outcome })
}

/** The number's place, the rules there, and who asks with which documents. */
async function whoAsks(
  context: ServiceContext,
  scene: CounterScene,
  request: ProofRequest,
): Promise<Result<{ people: CheckedAsker; number: NumberAnswer; factor: Factor; proofSeconds: number }>> {
  const today = shanghaiDate(context.clock.now())
  // Nobody is asked about a document that is wrong in itself; age and end depend on the rules of the number's place.
  for (const [field, document] of [
    ['document', request.document],
    ['secondDocument', request.secondDocument],
  ] as const) {
    const checked = document ? checkDocument(document, today, { age: 'any', mayBeOver: true }) : undefined
    if (checked && !checked.ok) return atDocument(field, checked)
  }
  const portrait = decodePicture(request.portrait, 'portrait')
  if (!portrait.ok) return portrait
  const lock = await lockOf(context, subjectsOf(scene, request))
  if (lock) return lock
  const number = await locateNumber(context, request.msisdn, scene.device.handlingProvince)
  if (!number.ok) return number
  const { carrier, homeProvince: province } = number.value
  const { packs } = await context.rules.published(context.db)
  const rules = resolveRules(packs, { carrier, province }, today)
  if (!rules.ok) return rules
  const people = checkAsker(rules.value, request, scene.staff.role, today)
  if (!people.ok) return people
  const factor = factorOf(request, people.value.rule)
  const { proofSeconds } = rules.value.identity
  return factor.ok ? ok({ people: people.value, number: number.value, factor: factor.value, proofSeconds }) : factor
}

/**
 * Proves who stands at the counter: documents by the rules of the number's place, then service password or one-time code (exactly one,
 * where the asker must know one), then the live portrait of the person who is here. Each attempt counts before it is judged, so that
 * many at once get no further than one after the other; wrong answers lock number, document and counter for a time.
 * The proof lives as long as the rules of the number's place say. Errors: `document.*`, `asker.*`, `limit.exceeded` (too many documents typed in), `proof.*`, `picture.*`, those of `locateNumber`.
 */
export async function proveIdentity(
  context: ServiceContext,
  scene: CounterScene,
  request: ProofRequest,
): Promise<Result<IdentityProof>> {
  const asked = await whoAsks(context, scene, request)
  if (!asked.ok) return asked
  const { people, number, factor, proofSeconds } = asked.value
  const begun = await beginAttempt(context, subjectsOf(scene, request))
  if (!begun.ok) return begun
  const attempt = begun.value
  const answered = await answers(context, request, { people, number, factor, attempt })
  if (!answered.ok) {
    await attempt.over()
    return answered
  }
  const kept = await keepProof(context, scene, request, { people, number, factor, proofSeconds, ...answered.value })
  if (!kept.ok) return attempt.wrong(kept)
  await attempt.right()
  return kept
}

/** What the home province and the face comparison say. */
async function answers(
  context: ServiceContext,
  request: ProofRequest,
  about: { people: CheckedAsker; number: NumberAnswer; factor: Factor; attempt: Attempt },
): Promise<Result<{ holderName: string; face: IdentityProof['face'] }>> {
  const { people, number, factor, attempt } = about
  if (factor.kind === 'oneTimeCode' && !(await isCodeRight(context, { ...request, code: factor.code })))
    return attempt.wrong(fail('proof.codeWrong', { field: 'oneTimeCode' }))
  const home = { carrier: number.carrier, province: number.homeProvince }
  const holder = await authenticateHolder(context, home, request, people.holder, factor, attempt)
  if (!holder.ok) return holder
  const face = await compareFace(context, request, people.present, attempt)
  return face.ok ? ok({ holderName: holder.value, face: face.value }) : face
}

/** Why a document was typed in, as the audit chain keeps it. */
function whyTyped(whose: '' | 'second', { manualReason, manualNote }: IdentityDocument): Record<string, string> {
  const named = (name: string) => (whose ? `${whose}${name[0]!.toUpperCase()}${name.slice(1)}` : name)
  return {
    ...(manualReason ? { [named('manualReason')]: manualReason } : {}),
    ...(manualNote ? { [named('manualNote')]: manualNote } : {}),
  }
}

async function keepProof(
  context: ServiceContext,
  scene: CounterScene,
  request: ProofRequest,
  about: {
    people: CheckedAsker
    number: NumberAnswer
    factor: Factor
    holderName: string
    face: IdentityProof['face']
    /** How long the proof counts. */
    proofSeconds: number
  },
): Promise<Result<IdentityProof>> {
  const { people, number, factor, holderName, face, proofSeconds } = about
  const now = context.clock.now()
  const proof: IdentityProof = {
    proofId: context.newId(),
    caseId: request.caseId,
    msisdn: request.msisdn,
    methods: [
      'document',
      ...(factor.kind === 'none' ? [] : [factor.kind]),
      ...(request.oftenCalledNumbers.length > 0 ? (['oftenCalledNumbers'] as const) : []),
      ...(face.outcome === 'match' ? (['face'] as const) : []),
    ],
    face,
    holderName,
    asker: request.asker,
    ...(people.second ? { secondName: people.second.name } : {}),
    provedAt: instant(now),
    expiresAt: instant(now + proofSeconds * 1000),
  }
  const typed = [people.holder.entry, people.second?.entry].includes('manual') ? 'manual' : 'reader'
  const row = {
    proof_id: proof.proofId,
    case_id: proof.caseId,
    device_id: scene.device.deviceId,
    staff_id: scene.staff.staffId,
    msisdn: proof.msisdn,
    carrier: number.carrier,
    home_province: number.homeProvince,
    document: JSON.stringify(people.holder),
    asker: request.asker,
    second_document: people.second ? JSON.stringify(people.second) : null,
    holder_name: proof.holderName,
    methods: JSON.stringify(proof.methods),
    face: JSON.stringify(proof.face),
    proved_at: proof.provedAt,
    expires_at: proof.expiresAt,
    entry: typed,
  }
  const home = { carrier: number.carrier, province: number.homeProvince }
  const stored = await context.db.transaction().execute(async (tx): Promise<Result<undefined>> => {
    const within = await checkManualEntry(tx, context, home, { entry: typed, staffId: scene.staff.staffId })
    if (!within.ok) return within
    if (factor.kind === 'oneTimeCode' && !(await burnCode(tx, request.msisdn, now)))
      return fail('proof.codeWrong', { field: 'oneTimeCode' })
    await tx.insertInto('identity_proof').values(row).execute()
    await appendAudit(tx, {
      storeId: scene.device.storeId,
      at: now,
      actor: scene.staff.staffId,
      deviceId: scene.device.deviceId,
      action: 'identity.proved',
      subject: proof.proofId,
      details: {
        caseId: proof.caseId,
        asker: proof.asker,
        methods: proof.methods.join(' '),
        face: face.outcome,
        entry: people.holder.entry,
        ...whyTyped('', people.holder),
        ...(people.second ? { secondEntry: people.second.entry, ...whyTyped('second', people.second) } : {}),
      },
    })
    return ok(undefined)
  })
  if (!stored.ok) return stored
  return ok({ ...proof, ...(await seal(context.db, 'identity_proof', row)) })
}
