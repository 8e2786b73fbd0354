import type { ErrorCode } from '../../../shared/contract/errors.ts'
import { attachmentRefSchema, jobKinds, jobPayloadVersion } from '../../../shared/protocol/jobs.ts'
import { readMeta } from '../meta.ts'
import type { Store } from '../storage/store.ts'
import { contentsOf, type QueuedJob, type Sendable } from './sendable-jobs.ts'
import { type PaperToUpload, uploadAboveBytes } from './upload-papers.ts'

/** How much goes into one request, unless a single job is larger. */
const mostBytes = 4_000_000

export interface Batch {
  jobs: QueuedJob[]
  /** The request as it travels: JSON in UTF-8. */
  body: Uint8Array<ArrayBuffer>
  /** Papers that must be at the service before these jobs, which only name them. */
  uploads: PaperToUpload[]
  /** Jobs that cannot be sent as they are, and why: a person has to look, nothing is dropped. */
  unreadable: (QueuedJob & { code: ErrorCode })[]
}

/** The lanes of jobs, each once. */
export const lanesOf = (jobs: readonly QueuedJob[]) => [...new Set(jobs.map((job) => job.lane))]

/**
 * Whether a job can travel as it lies here, or why a person has to look at it. What its payload has to hold the service judges, and its
 * refusal holds the job just as well.
 */
function flawOf(job: Sendable): ErrorCode | undefined {
  const isKnown = (jobKinds as readonly string[]).includes(job.kind) && job.version === jobPayloadVersion
  if (!isKnown || !job.isObject) return 'job.malformed'
  if (job.kind !== 'attachment.store') return undefined
  if (!job.paperId) return 'job.malformed'
  return job.paperBytes === null ? 'job.paperGone' : undefined
}

/** The paper of a job when it is too large to travel within it. */
function uploadOf(job: Sendable): PaperToUpload | undefined {
  if (job.kind !== 'attachment.store' || (job.paperBytes ?? 0) <= uploadAboveBytes) return undefined
  const { payload } = JSON.parse(`${job.envelope.toString()}}`) as { payload: unknown }
  const parsed = attachmentRefSchema.safeParse(payload)
  return parsed.success ? { ...parsed.data, bytes: job.paperBytes! } : undefined
}

interface Chosen {
  job: Sendable
  /** Absent for a job that brings no paper. */
  paper?: Buffer | undefined
}

const base64Length = (bytes: number) => Math.ceil(bytes / 3) * 4
const paperOpens = ',"contentBase64":"'
const paperCloses = '"}'

/**
 * The request, written once into the memory it leaves from. Payloads are the text that was written down with their jobs: the same, however
 * often and by whichever version they are sent.
 */
function bodyOf(chosen: readonly Chosen[], receipts: number): Uint8Array<ArrayBuffer> {
  const head = `{"receipts":${receipts},"jobs":[`
  const around = paperOpens.length + paperCloses.length
  const sizes = chosen.map(({ job, paper }) => job.envelope.length + (paper ? base64Length(paper.length) + around : 0))
  // A brace and a comma for each; the last one needs no comma, but the list and the request their ends.
  const body = Buffer.allocUnsafeSlow(sizes.reduce((sum, size) => sum + size + 2, head.length + 2))
  let at = body.write(head, 0, 'latin1')
  for (const [index, { job, paper }] of chosen.entries()) {
    if (index > 0) at += body.write(',', at, 'latin1')
    at += job.envelope.copy(body, at, 0, paper ? job.envelope.length - 1 : job.envelope.length)
    if (paper) {
      at += body.write(paperOpens, at, 'latin1')
      at += body.write(paper.toString('base64'), at, 'latin1')
      at += body.write(paperCloses, at, 'latin1')
    }
    at += body.write('}', at, 'latin1')
  }
  at += body.write(']}', at, 'latin1')
  return body.subarray(0, at)
}

/** Fills a batch from jobs in order, up to the limits. A job larger than a whole batch travels alone. */
export async function fillBatch(store: Pick<Store, 'get'>, candidates: readonly Sendable[]): Promise<Batch> {
  const chosen: { job: Sendable; brings: string | null }[] = []
  const uploads: PaperToUpload[] = []
  const unreadable: Batch['unreadable'] = []
  const heldLanes = new Set<string>()
  let bytes = 0
  for (const job of candidates) {
    if (heldLanes.has(job.lane)) continue
    const flaw = flawOf(job)
    if (flaw) {
      unreadable.push({ id: job.id, lane: job.lane, attempts: job.attempts, code: flaw })
      heldLanes.add(job.lane)
      continue
    }
    const upload = uploadOf(job)
    const size = job.envelope.length + (upload ? 0 : base64Length(job.paperBytes ?? 0))
    if (bytes > 0 && bytes + size > mostBytes) break
    bytes += size
    if (upload) uploads.push(upload)
    chosen.push({ job, brings: upload ? null : job.paperId })
  }
  const papers = await contentsOf(
    store,
    chosen.flatMap(({ brings }) => brings ?? []),
  )
  let next = 0
  const filled = chosen.map(({ job, brings }): Chosen => {
    if (brings === null) return { job }
    next += 1
    return { job, paper: papers[next - 1] }
  })
  const receipts = (await readMeta(store, 'receiptCount')) ?? 0
  return {
    jobs: chosen.map(({ job: { id, lane, attempts } }) => ({ id, lane, attempts })),
    body: bodyOf(filled, receipts),
    uploads,
    unreadable,
  }
}
