import { instant, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { checkDocument, type IdentityDocument } from '../../../src/shared/domain/identity-document.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { type IdentityProof, type ProofRequest, proofLifeSeconds } from '../../../src/shared/protocol/identity.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { technicalFailure, unexpectedRefusal } from '../connectors/failures.ts'
import type { HomeSystem } from '../connectors/home-bss.ts'
import { locateNumber } from '../numbers/locate-number.ts'
import { seal } from '../reconciliation/seals.ts'
import type { ServiceContext } from '../service-context.ts'
import { forgetWrongAnswers, numberLock, uncounted, wrongAnswer } from './number-lock.ts'
import { burnCode, isCodeRight } from './one-time-codes.ts'
import { decodePicture } from './pictures.ts'
import type { CounterScene } from './scene.ts'

type Factor = { kind: 'servicePassword'; password: string } | { kind: 'oneTimeCode'; code: string }

function factorOf(request: ProofRequest): Result<Factor> {
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
    case 'UNSUPPORTED_DOC':
      return {
        failure: fail('proof.documentUnsupported', { field: 'document.identificationType' }),
        counts: false,
      }
    default:
      return { failure: unexpectedRefusal(code), counts: false }
  }
}

async function authenticateHolder(
  context: ServiceContext,
  home: HomeSystem,
  request: ProofRequest,
  document: IdentityDocument,
  factor: Factor,
): Promise<Result<string>> {
  const answer = await context.homeBss.authenticate(home, {
    msisdn: request.msisdn,
    identificationType: document.identificationType,
    identificationId: document.identificationId,
    name: document.name,
    ...(factor.kind === 'servicePassword' ? { servicePassword: factor.password } : {}),
    ...(request.oftenCalledNumbers.length > 0 ? { oftenCalledNumbers: request.oftenCalledNumbers } : {}),
  })
  if (answer.outcome === 'ok') return ok(answer.value.holderName)
  if (answer.outcome !== 'refused') return technicalFailure(answer, 'bss')
  const { failure, counts } = authenticationFailure(answer.code, request.oftenCalledNumbers.length > 0)
  if (counts) return wrongAnswer(context, request.msisdn, failure)
  return answer.code === 'FRIEND_NUMBER_FAIL' ? uncounted(context, request.msisdn, failure) : failure
}

async function compareFace(
  context: ServiceContext,
  request: ProofRequest,
  document: IdentityDocument,
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
    return wrongAnswer(
      context,
      request.msisdn,
      fail('proof.faceMismatch', {
        field: 'portrait',
        params: { score: comparison.score, threshold: comparison.threshold },
      }),
    )
  return ok({ ...comparison, outcome })
}

/**
 * Proves that the holder stands at the counter: document, then service password or one-time code (exactly one), then the live
 * portrait. More than five wrong answers lock the number for a time. The proof lives 1,800 seconds.
 * Errors: `document.*`, `proof.*`, `picture.*`, those of `locateNumber`.
 */
export async function proveIdentity(
  context: ServiceContext,
  scene: CounterScene,
  request: ProofRequest,
): Promise<Result<IdentityProof>> {
  const document = checkDocument(request.document, shanghaiDate(context.clock.now()))
  if (!document.ok) return fail(document.error.code, { ...document.error, field: `document.${document.error.field}` })
  const factor = factorOf(request)
  if (!factor.ok) return factor
  const portrait = decodePicture(request.portrait, 'portrait')
  if (!portrait.ok) return portrait
  const lock = await numberLock(context, request.msisdn)
  if (lock) return lock
  const number = await locateNumber(context, request.msisdn, scene.device.handlingProvince)
  if (!number.ok) return number
  if (factor.value.kind === 'oneTimeCode' && !(await isCodeRight(context, { ...request, code: factor.value.code })))
    return wrongAnswer(context, request.msisdn, fail('proof.codeWrong', { field: 'oneTimeCode' }))
  const home = { carrier: number.value.carrier, province: number.value.homeProvince }
  const holder = await authenticateHolder(context, home, request, document.value, factor.value)
  if (!holder.ok) return holder
  const face = await compareFace(context, request, document.value)
  if (!face.ok) return face

  const now = context.clock.now()
  const proof: IdentityProof = {
    proofId: context.newId(),
    caseId: request.caseId,
    msisdn: request.msisdn,
    methods: [
      'document',
      factor.value.kind,
      ...(request.oftenCalledNumbers.length > 0 ? (['oftenCalledNumbers'] as const) : []),
      ...(face.value.outcome === 'match' ? (['face'] as const) : []),
    ],
    face: face.value,
    holderName: holder.value,
    provedAt: instant(now),
    expiresAt: instant(now + proofLifeSeconds * 1000),
  }
  const row = {
    proof_id: proof.proofId,
    case_id: proof.caseId,
    device_id: scene.device.deviceId,
    staff_id: scene.staff.staffId,
    msisdn: proof.msisdn,
    carrier: number.value.carrier,
    home_province: number.value.homeProvince,
    document: JSON.stringify(document.value),
    holder_name: proof.holderName,
    methods: JSON.stringify(proof.methods),
    face: JSON.stringify(proof.face),
    proved_at: proof.provedAt,
    expires_at: proof.expiresAt,
    entry: document.value.entry,
  }
  const stored = await context.db.transaction().execute(async (tx) => {
    if (factor.value.kind === 'oneTimeCode' && !(await burnCode(tx, request.msisdn, now))) return false
    await tx.insertInto('identity_proof').values(row).execute()
    await appendAudit(tx, {
      storeId: scene.device.storeId,
      at: now,
      actor: scene.staff.staffId,
      deviceId: scene.device.deviceId,
      action: 'identity.proved',
      subject: proof.proofId,
      details: { caseId: proof.caseId, face: face.value.outcome, entry: document.value.entry },
    })
    return true
  })
  if (!stored) return fail('proof.codeWrong', { field: 'oneTimeCode' })
  await forgetWrongAnswers(context, request.msisdn)
  return ok({ ...proof, ...(await seal(context.db, 'identity_proof', row)) })
}
