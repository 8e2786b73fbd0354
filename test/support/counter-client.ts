import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { uuidv7 } from 'uuidv7'
import { z } from 'zod'
import type { JobKind, JobPayload, JobResult } from '../../src/shared/protocol/jobs.ts'
import { serviceRoutes } from '../../src/shared/protocol/routes.ts'

type Failure = { code: string; field?: string; params?: Record<string, string | number> }
export type Answer<T> = { ok: true; value: T } | { ok: false; status: number; error: Failure }

export interface ProofOverrides {
  htm?: string
  htu?: string
  iat?: number
  jti?: string
  ath?: string
  typ?: string
}

/** A counter as the service sees one: a real key, real DPoP proofs, real HTTP. Nothing of the counter's core. */
export async function createCounterClient(url: string, options: { now?: () => number } = {}) {
  const now = options.now ?? Date.now
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = (await exportJWK(publicKey)) as JWK & { kty: 'EC'; crv: 'P-256'; x: string; y: string }
  let token: string | undefined
  let signedIn: string | undefined
  let sequence = 0
  let address = url

  async function proof(method: string, path: string, overrides: ProofOverrides = {}): Promise<string> {
    const ath = token
      ? Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))).toString('base64url')
      : undefined
    return new SignJWT({
      htm: overrides.htm ?? method,
      htu: overrides.htu ?? address + path.split('?')[0],
      jti: overrides.jti ?? randomUUID(),
      ...((overrides.ath ?? ath) ? { ath: overrides.ath ?? ath } : {}),
    })
      .setProtectedHeader({ typ: overrides.typ ?? 'dpop+jwt', alg: 'ES256', jwk })
      .setIssuedAt(overrides.iat ?? Math.floor(now() / 1000))
      .sign(privateKey)
  }

  /** One request with a fresh proof; the answer is raw. */
  async function request(method: string, path: string, body?: unknown, overrides: ProofOverrides = {}) {
    const headers: Record<string, string> = { dpop: await proof(method, path, overrides) }
    if (token) headers.authorization = `DPoP ${token}`
    if (body !== undefined) headers['content-type'] = 'application/json'
    return fetch(address + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) })
  }

  async function ask<T>(schema: z.ZodType<T>, method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const response = await request(method, path, body)
    const content = (await response.json()) as { error?: Failure }
    if (response.ok) return { ok: true, value: schema.parse(content) }
    return { ok: false, status: response.status, error: content.error! }
  }

  const post = <
    K extends Exclude<
      keyof typeof serviceRoutes,
      'queryNumber' | 'changes' | 'signOut' | 'listStatements' | 'readStatement' | 'exportStatement'
    >,
  >(
    name: K,
    body: unknown,
  ) =>
    ask(
      serviceRoutes[name].answer as unknown as z.ZodType<z.infer<(typeof serviceRoutes)[K]['answer']>>,
      'POST',
      serviceRoutes[name].path,
      body,
    )

  return {
    publicKey: jwk,
    thumbprint: () => calculateJwkThumbprint(jwk),
    proof,
    request,
    post,
    /** Any route by its address, its answer as it came. */
    call: <T>(method: 'GET' | 'POST', path: string, body?: unknown) =>
      ask(z.unknown() as unknown as z.ZodType<T>, method, path, body),
    token: () => token,
    staffId: () => signedIn,
    carryToken(next: string | undefined) {
      token = next
    },
    /** Follows a service that came back on another port. */
    moveTo(next: string) {
      address = next
    },
    enrol: (enrolmentCode: string) => post('enrol', { enrolmentCode, publicKey: jwk }),
    async signIn(staffId: string, password: string) {
      token = undefined
      const session = await post('signIn', { staffId, password })
      if (session.ok) {
        token = session.value.token
        signedIn = session.value.staff.staffId
      }
      return session
    },
    signOut: () => ask(serviceRoutes.signOut.answer, 'DELETE', serviceRoutes.signOut.path),
    queryNumber: (msisdn: string) =>
      ask(serviceRoutes.queryNumber.answer, 'GET', `/v1/numbers/${encodeURIComponent(msisdn)}`),
    changes: (after: number, waitSeconds = 0) =>
      ask(serviceRoutes.changes.answer, 'GET', `/v1/changes?after=${after}&waitSeconds=${waitSeconds}`),
    statements: (from: string, to: string) =>
      ask(serviceRoutes.listStatements.answer, 'GET', `/v1/ledger/statements?from=${from}&to=${to}`),
    statement: (handling: string, home: string, day: string) =>
      ask(serviceRoutes.readStatement.answer, 'GET', `/v1/ledger/statements/${handling}/${home}/${day}`),
    exportStatement: (handling: string, home: string, day: string, format: string, language = 'zh-CN') =>
      ask(
        serviceRoutes.exportStatement.answer,
        'GET',
        `/v1/ledger/statements/${handling}/${home}/${day}/export?format=${format}&language=${language}`,
      ),
    /** An envelope with the next number of this counter. */
    job<K extends JobKind>(
      kind: K,
      payload: JobPayload<K> | unknown,
      details: { lane: string; staffId: string; id?: string; sequence?: number },
    ) {
      sequence = details.sequence ?? sequence + 1
      return {
        id: details.id ?? uuidv7(),
        sequence,
        lane: details.lane,
        kind,
        version: 1,
        staffId: details.staffId,
        createdAt: now(),
        payload,
      }
    },
    async sendJobs(jobs: unknown[]): Promise<JobResult[]> {
      let answer = await post('sendJobs', { jobs })
      // A busy service asks to come again; a counter does.
      for (let again = 0; !answer.ok && answer.status === 429 && again < 10; again++) {
        await wait(500)
        answer = await post('sendJobs', { jobs })
      }
      if (!answer.ok) throw new Error(`jobs were not taken in: ${answer.status} ${answer.error.code}`)
      return answer.value.results
    },
    randomCaseId: () => uuidv7(),
    randomHash: () => randomBytes(32).toString('hex'),
  }
}
export type CounterClient = Awaited<ReturnType<typeof createCounterClient>>
