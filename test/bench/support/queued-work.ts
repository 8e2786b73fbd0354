import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { uuidv7 } from 'uuidv7'
import type { Write } from '../../../src/main/core/storage/statement-codec.ts'
import { type Case, caseSchema } from '../../../src/shared/domain/case.ts'
import { businessTransaction, caseOf, caseWrite, insertJob, jobWrite, uuidOf } from './business-rows.ts'

const segments = readFileSync(resolve(import.meta.dirname, '../../../resources/segments/provinces.csv'), 'utf8')
  .split('\n')
  .filter((line) => /^1\d{6},/.test(line))
  .map((line) => line.split(',') as [string, string])

/** One case of a day without a line: its payment and the form its customer signed wait to be sent, in this order. */
export interface QueuedCase {
  writes: Write[]
  /** The two jobs as they travel, with the form's content. */
  envelopes: { id: string; sequence: number; lane: string; kind: string; payload: object }[]
}

/** The n-th case (from 1) with the jobs numbered 2n-1 and 2n. */
export function queuedCase(index: number): QueuedCase {
  const [segment, homeProvince] = segments[index % segments.length]!
  const msisdn = segment + String((index * 37) % 10_000).padStart(4, '0')
  const plain = caseOf(index)
  const case_: Case = caseSchema.parse({
    ...plain,
    msisdn,
    segment: { ...plain.segment, segment, homeProvince },
    number: { ...plain.number, msisdn, homeProvince },
  })
  const [, , audit] = businessTransaction(index)
  const form = formOf(case_, index)
  const payment = jobWrite(case_, 2 * index - 1, 'pending')
  const store: Write = {
    sql: insertJob,
    params: payment.params
      .map((value, at) => [2 * index, form.jobId][at] ?? value)
      .with(4, 'attachment.store')
      .with(6, JSON.stringify(form.stored)),
  }
  return {
    writes: [caseWrite(case_, index), form.write, payment, store, audit!],
    envelopes: [payment, store].map(({ params }) => ({
      id: params[1] as string,
      sequence: params[0] as number,
      lane: case_.caseId,
      kind: params[4] as string,
      version: 1,
      staffId: '100217',
      createdAt: case_.createdAt,
      payload:
        params[4] === 'payment.take'
          ? (JSON.parse(params[6] as string) as object)
          : { ...form.stored, contentBase64: form.content.toString('base64') },
    })),
  }
}

/** The same payment under a name nobody has used. */
export function uniquePayment<Job extends { payload: object }>(job: Job): Job {
  return { ...job, payload: { ...job.payload, paymentId: uuidv7() } }
}

/** The signed form of a case: a page of about 1.2 kB. */
function formOf(case_: Case, index: number) {
  const clauses = Array.from(
    { length: 12 },
    (_, n) => `<li>${n + 1}. ${case_.caseNumber} ${uuidOf('clause', index * 12 + n)}</li>`,
  )
  const content = Buffer.from(
    `<!doctype html><html><body><h1>${case_.msisdn}</h1><ol>${clauses.join('')}</ol></body></html>`,
  )
  const attachmentId = uuidOf('attachment', index)
  const jobId = uuidOf('form', index)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const stored = { attachmentId, caseId: case_.caseId, kind: 'signedForm', mediaType: 'text/html', sha256 }
  return {
    jobId,
    content,
    stored,
    write: {
      sql: 'INSERT INTO attachment (attachment_id, case_id, kind, media_type, sha256, content, taken_at, job_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      params: [attachmentId, case_.caseId, 'signedForm', 'text/html', sha256, content, case_.createdAt, jobId],
    } satisfies Write,
  }
}
