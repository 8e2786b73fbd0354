import { timingSchema } from '../../../service/src/settings/service-config.ts'
import type { TransportRequest } from '../../../src/main/core/ports.ts'
import type { Device, Session, Staff } from '../../../src/shared/protocol/device.ts'
import type { JobResult } from '../../../src/shared/protocol/jobs.ts'
import { reconciliationSchema } from '../../../src/shared/protocol/reconciliation.ts'
import { canonicalize } from './canonical.ts'
import type { Chance } from './chance.ts'
import type { FarEnd } from './network.ts'
import type { Scheduler } from './scheduler.ts'
import type { ServiceAnswer, ServiceProcess } from './service-process.ts'
import type { Trace } from './trace.ts'

/** What the service's door did, for the judge. */
export interface FrontRecord {
  /** First receipt of each job that left the service, as text. */
  receipts: ReadonlyMap<string, string>
  answered: Record<JobResult['outcome'], number>
  /** Withdraws all tokens, as when the service restarts its sign-in. */
  forgetSessions(): void
  farEnd(device: Device, staff: Staff): FarEnd
  /** After a restore from a backup receipts may differ from those given in the time that was lost. */
  forgetReceipts(): void
}

const sessionMs = 12 * 3600_000
/** How far the time of a proof may be from the service's, as the service has it unless it is told otherwise. */
export const proofWindowMs = timingSchema.parse({}).dpopWindowSeconds * 1000

function claimsOf(request: TransportRequest): { iat: number; htu: string; jti: string } {
  return JSON.parse(Buffer.from(request.headers.dpop!.split('.')[1]!, 'base64url').toString())
}

/**
 * The door of the service: knows devices and tokens, refuses proofs whose time is wrong exactly as the service does, and hands over to
 * a living process. Enrolment and sign-in are answered here; intake and change feed are the service's own code.
 */
export function createFront(parts: {
  scheduler: Scheduler
  chance: Chance
  trace: Trace
  processes: () => readonly ServiceProcess[]
  /** Counts what is written to the service's database. */
  writes: () => number
  unexpected(what: string): void
}): FrontRecord {
  const { scheduler, chance, trace } = parts
  const receipts = new Map<string, string>()
  const answered = { accepted: 0, refused: 0, blocked: 0 }
  const tokens = new Map<string, number>()
  let lastToken = 0

  function failure(status: number, code: string, params: Record<string, string | number> = {}) {
    return { status, body: { error: { code, params } } }
  }

  function record(results: readonly JobResult[]) {
    for (const result of results) {
      answered[result.outcome] += 1
      if (result.outcome !== 'accepted') continue
      const text = canonicalize(result.receipt)
      const first = receipts.get(result.id)
      if (first === undefined) receipts.set(result.id, text)
      else if (first !== text) parts.unexpected(`job ${result.id} was answered with two different receipts`)
    }
  }

  /** What each device was told last, and how much had been written when it was. */
  const told = new Map<string, { question: string; writes: number; answer: Exclude<ServiceAnswer, 'died'> }>()

  /** Asks for changes. Most of a night nothing is written, and another look would find what the last one found. */
  async function look(process: ServiceProcess, device: Device, after: number, mark: string | undefined) {
    if (!process.alive) return 'died'
    const question = `${after} ${mark}`
    const writes = parts.writes()
    const last = told.get(device.deviceId)
    if (last?.question === question && last.writes === writes)
      return { ...last.answer, body: { ...(last.answer.body as object), serviceTime: scheduler.now() } }
    const answer = await process.changes(device, after, mark)
    if (answer !== 'died' && parts.writes() === writes) told.set(device.deviceId, { question, writes, answer })
    return answer
  }

  async function hold(process: ServiceProcess, device: Device, params: URLSearchParams): Promise<ServiceAnswer> {
    const after = Number(params.get('after'))
    const mark = params.get('mark') ?? undefined
    const waitSeconds = Number(params.get('waitSeconds') ?? 0)
    const first = await look(process, device, after, mark)
    const { changes, restart } = first === 'died' ? {} : (first.body as { changes?: unknown[]; restart?: boolean })
    if (first === 'died' || changes?.length !== 0 || restart || waitSeconds === 0) return first
    await scheduler.sleep(waitSeconds * 950)
    return look(process, device, after, mark)
  }

  return {
    receipts,
    answered,
    forgetSessions: () => tokens.clear(),
    forgetReceipts: () => receipts.clear(),
    farEnd: (device, staff) => async (request) => {
      const alive = parts.processes().filter((process) => process.alive)
      if (alive.length === 0) return 'gone'
      const process = chance.pick(alive)
      const [path, query] = request.path.split('?') as [string, string?]
      const now = scheduler.now()
      if (Math.abs(claimsOf(request).iat * 1000 - now) > proofWindowMs)
        return failure(401, 'auth.proofInvalid', { reason: 'iat', serviceTime: now })
      if (path === '/v1/devices') return { status: 200, body: device }
      if (path === '/v1/sessions') {
        lastToken += 1
        const token = `token-${lastToken}`
        tokens.set(token, now + sessionMs)
        return { status: 200, body: { token, expiresAt: now + sessionMs, staff, device } satisfies Loose<Session> }
      }
      const expires = tokens.get(request.headers.authorization?.replace(/^DPoP /, '') ?? '')
      if (expires === undefined) return failure(401, 'auth.required')
      if (expires <= now) return failure(401, 'auth.expired')
      if (path === '/v1/changes') {
        const answer = await hold(process, device, new URLSearchParams(query))
        return answer === 'died' ? 'gone' : answer
      }
      if (path === '/v1/devices/current/reconciliation') {
        const answer = await process.reconcile(device, reconciliationSchema.parse(JSON.parse(request.body!)))
        trace.note(device.deviceId, 'reconciled', answer === 'died' ? 'died' : JSON.stringify(answer.body))
        return answer === 'died' ? 'gone' : answer
      }
      if (path !== '/v1/jobs') throw new Error(`the front does not know ${path}`)
      const batch = JSON.parse(new TextDecoder().decode(request.bytes)) as {
        jobs: { sequence: number }[]
        receipts: number
      }
      trace.note(device.deviceId, 'jobs arrive', batch.jobs.map((job) => job.sequence).join(','))
      const answer = await process.sendJobs(device, batch)
      if (answer === 'died') return 'gone'
      if (answer.status === 200) {
        const { results } = answer.body as { results: JobResult[] }
        record(results)
        trace.note(device.deviceId, 'jobs answered', results.map(outcomeOf).join(','))
      }
      return answer
    },
  }
}

type Loose<T> = { [K in keyof T]: T[K] extends number ? number : T[K] }

function outcomeOf(result: JobResult): string {
  return result.outcome === 'refused' ? result.error.code : result.outcome
}
