import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import { type JobEnvelope, jobPayloads } from '../../../src/shared/protocol/jobs.ts'
import { type SignedPack, setDigestOf, signedPacks, signer } from '../signed-rules.ts'
import { doubleAccount, doubleStaff } from './double-data.ts'
import { createDoubleStreams } from './double-streams.ts'

type Reply = { status: number; body: unknown; headers?: Record<string, string> } | 'cut' | 'hang' | 'stream'
/** Everything any request body may carry; each route looks at its own part. */
interface Given {
  enrolmentCode?: string
  staffId?: string
  password?: string
  servicePassword?: string
  caseId: string
  msisdn: string
  document: { name: string }
  approver: { staffId: string; password: string }
  jobs: JobEnvelope[]
  digests: string[]
  packs: string[]
}
type Interception = (route: string, body: unknown) => Reply | undefined | Promise<Reply | undefined>

/**
 * A test double of the central service: the protocol over real HTTP, device proofs really verified, everything kept in
 * memory. Jobs are accepted exactly once by id. `intercept` answers instead, cuts the line, or never answers.
 */
export async function startServiceDouble() {
  const tokens = new Map<string, { staffId: string; thumbprint: string }>()
  const accepted: JobEnvelope[] = []
  const batches: JobEnvelope[][] = []
  const changes: ({ sequence: number; at: number } & (
    | { kind: 'order'; order: unknown }
    | { kind: 'rules'; rules: { setDigest: string } }
    | { kind: string }
  ))[] = []
  const streams = createDoubleStreams(changes)
  const waiting = new Set<() => void>()
  const proofs = new Set<string>()
  const state = {
    intercept: undefined as Interception | undefined,
    refuse: new Map<string, { code: string; params?: object }>(),
    serviceId: 'double-1',
    account: doubleAccount,
    blockers: [] as { code: string; params?: object }[],
    faceOutcome: 'match' as 'match' | 'noReference',
    sessionSeconds: 3600,
    /** Knows streams of changes; otherwise it is a service from before there were any. */
    streams: false,
    ruleKeys: [signer.key],
    rulePacks: [...signedPacks] as SignedPack[],
    /** Packs that counters brought back. */
    returnedPacks: [] as string[],
  }
  const device = () => ({
    deviceId: 'SZ-T-1',
    deviceName: 'Desk 1',
    storeId: 'SZ-T',
    storeName: 'Test store',
    handlingProvince: '44',
    serviceId: state.serviceId,
  })
  let enrolled: string | undefined

  async function prove(request: IncomingMessage, path: string): Promise<string | undefined> {
    const token = /^DPoP (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    try {
      const { payload, protectedHeader } = await jwtVerify(String(request.headers.dpop), EmbeddedJWK, {
        typ: 'dpop+jwt',
        algorithms: ['ES256'],
      })
      const ath = token ? createHash('sha256').update(token).digest('base64url') : undefined
      if (payload.htm !== request.method || payload.htu !== `${url}${path}` || payload.ath !== ath) return undefined
      if (proofs.has(String(payload.jti))) return undefined
      proofs.add(String(payload.jti))
      return await calculateJwkThumbprint(protectedHeader.jwk!)
    } catch {
      return undefined
    }
  }

  function takeJobs(jobs: JobEnvelope[]) {
    batches.push(jobs)
    const blocked = new Set<string>()
    return jobs.map((job) => {
      const refusal =
        state.refuse.get(job.kind) ??
        state.refuse.get(job.id) ??
        (jobPayloads[job.kind].safeParse(job.payload).success ? undefined : { code: 'job.malformed', params: {} })
      if (blocked.has(job.lane)) return { id: job.id, outcome: 'blocked' }
      if (refusal) {
        blocked.add(job.lane)
        return { id: job.id, outcome: 'refused', error: refusal }
      }
      if (!accepted.some((earlier) => earlier.id === job.id)) accepted.push(job)
      const bodySha256 = createHash('sha256').update(JSON.stringify(job)).digest('hex')
      return {
        id: job.id,
        outcome: 'accepted',
        receipt: { jobId: job.id, receivedAt: Date.now(), bodySha256, effect: {} },
      }
    })
  }

  const failure = (status: number, code: string, params?: object): Reply => ({
    status,
    body: { error: { code, params } },
  })

  async function reply(request: IncomingMessage, route: string, query: URLSearchParams, given: Given): Promise<Reply> {
    const thumbprint = await prove(request, route)
    if (!thumbprint) return failure(401, 'auth.proofInvalid')
    const intercepted = await state.intercept?.(route, given)
    if (intercepted) return intercepted
    const now = Date.now()
    if (route === '/v1/devices') {
      if (given.enrolmentCode !== 'GOOD-CODE') return failure(400, 'device.enrolmentCode')
      enrolled = thumbprint
      const lastSequence = Math.max(0, ...batches.flat().map((job) => job.sequence))
      return { status: 200, body: { ...device(), lastSequence, ruleKeys: state.ruleKeys } }
    }
    if (thumbprint !== enrolled) return failure(401, 'auth.deviceUnknown')
    if (route === '/v1/sessions') {
      const staff = doubleStaff.find((one) => one.staffId === given.staffId)
      if (!staff || given.password !== 'right') return failure(401, 'auth.credentials')
      const token = `token-${tokens.size}-${now}`
      tokens.set(token, { staffId: staff.staffId, thumbprint })
      const expiresAt = now + state.sessionSeconds * 1000
      return { status: 200, body: { token, expiresAt, staff, device: device() } }
    }
    const setDigest = setDigestOf(state.rulePacks)
    if (route === '/v1/rule-packs')
      return { status: 200, body: { keys: state.ruleKeys, setDigest, packs: state.rulePacks.map((one) => one.listed) } }
    if (route === '/v1/rule-packs/contents') {
      const asked = state.rulePacks.filter((one) => given.digests.includes(one.listed.digest))
      return { status: 200, body: { packs: asked.map((one) => one.jws) } }
    }
    if (route === '/v1/rule-packs/returned') {
      state.returnedPacks.push(...given.packs)
      return { status: 200, body: { restored: given.packs.length } }
    }
    const token = request.headers.authorization?.slice(5)
    if (!token || tokens.get(token)?.thumbprint !== thumbprint) return failure(401, 'auth.expired')
    const id = () => crypto.randomUUID()
    if (route.startsWith('/v1/numbers/')) {
      const msisdn = route.split('/').at(-1)!
      return { status: 200, body: { ...state.account(msisdn).number } }
    }
    switch (route) {
      case '/v1/sessions/current':
        tokens.delete(token)
        return { status: 200, body: {} }
      case '/v1/one-time-codes':
        return { status: 200, body: { sentAt: now, expiresAt: now + 300_000, nextAllowedAt: now + 60_000 } }
      case '/v1/identity-proofs':
        if (given.servicePassword === '000000') return failure(422, 'proof.passwordWrong', { left: 4 })
        return {
          status: 200,
          body: {
            proofId: id(),
            caseId: given.caseId,
            msisdn: given.msisdn,
            methods: ['document', 'servicePassword', 'face'],
            face: { vendor: 'double', modelVersion: '1', score: 0.9, threshold: 0.7, outcome: state.faceOutcome },
            holderName: given.document.name,
            provedAt: now,
            expiresAt: now + 1_800_000,
          },
        }
      case '/v1/pre-checks': {
        const account = state.account(given.msisdn)
        return {
          status: 200,
          body: { preCheckId: id(), account, blockers: state.blockers, checkedAt: now },
        }
      }
      case '/v1/approvals': {
        const { approver, ...rest } = given
        const staff = doubleStaff.find((one) => one.staffId === approver.staffId)
        if (!staff || approver.password !== 'right') return failure(422, 'approval.credentials')
        return {
          status: 200,
          body: { ...rest, approvalId: id(), approverId: staff.staffId, approverName: staff.name, approvedAt: now },
        }
      }
      case '/v1/jobs':
        return { status: 200, body: { results: takeJobs(given.jobs) } }
      case '/v1/changes': {
        const after = Number(query.get('after'))
        if (!changes.some((change) => change.sequence > after))
          await new Promise<void>((resolve) => {
            const done = () => {
              clearTimeout(timer)
              waiting.delete(done)
              resolve()
            }
            const timer = setTimeout(done, Number(query.get('waitSeconds')) * 1000)
            waiting.add(done)
            request.once('close', done)
          })
        const page = changes.filter((change) => change.sequence > after)
        return {
          status: 200,
          body: {
            changes: page,
            cursor: page.at(-1)?.sequence ?? after,
            serviceTime: Date.now(),
            rulesSetDigest: setDigestOf(state.rulePacks),
          },
        }
      }
      case '/v1/changes/stream':
        return state.streams ? 'stream' : failure(404, 'request.notFound')
      default:
        return failure(404, 'request.notFound')
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const { pathname, searchParams } = new URL(request.url!, 'http://double')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const said = await reply(request, pathname, searchParams, (text ? JSON.parse(text) : {}) as Given)
    if (said === 'hang') return
    if (said === 'stream') {
      streams.begin(response, Number(searchParams.get('after')))
      return
    }
    if (said === 'cut') {
      response.destroy()
      return
    }
    response.writeHead(said.status, { 'content-type': 'application/json', ...said.headers })
    response.end(JSON.stringify(said.body))
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      response.writeHead(500)
      response.end(JSON.stringify({ problem: error.message }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    state,
    /** Jobs taken in, once each, in the order in which they came. */
    accepted,
    /** Every batch as it arrived, repeated ones included. */
    batches,
    /** Adds a change of an order to the feed and wakes who waits for it. */
    publish(order: object) {
      changes.push({ sequence: changes.length + 1, at: Date.now(), kind: 'order', order })
      streams.tell()
      for (const done of waiting) done()
    },
    /** Adds any change to the feed, as a service of a newer version may. */
    tellChange(change: { kind: string } & Record<string, unknown>) {
      changes.push({ sequence: changes.length + 1, at: Date.now(), ...change })
      streams.tell()
      for (const done of waiting) done()
    },
    /** Publishes packs beside those that are there; counters that wait for changes are told. */
    publishRules(...packs: SignedPack[]) {
      state.rulePacks = [...state.rulePacks, ...packs]
      const setDigest = setDigestOf(state.rulePacks)
      changes.push({ sequence: changes.length + 1, at: Date.now(), kind: 'rules', rules: { setDigest } })
      streams.tell()
      for (const done of waiting) done()
    },
    /** Adds a change again under its old sequence. */
    changes,
    streams,
    forgetSessions: () => tokens.clear(),
    async close() {
      for (const done of waiting) done()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
export type ServiceDouble = Awaited<ReturnType<typeof startServiceDouble>>
