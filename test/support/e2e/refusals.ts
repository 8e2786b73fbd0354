import { request } from 'node:http'
import { expect } from 'vitest'
import { failureSentence } from '../../../src/renderer/ui/sentence.ts'
import type { ErrorCode } from '../../../src/shared/contract/errors.ts'
import type { Failure, Result } from '../../../src/shared/domain/result.ts'
import type { Counter } from './open-counter.ts'

/** Everything this counter knows of its cases, and every job it ever made; how far those are on their way is no matter. */
async function everything({ done }: Counter) {
  const { rows } = await done('case.list', { filter: 'all', limit: 200 })
  const views = await Promise.all(rows.map(({ caseId }) => done('case.view', { caseId })))
  const { jobs } = await done('outbox.list', { includeDone: true })
  return {
    cases: views.map((view) => view.case),
    jobs: jobs.map(({ jobId, caseId, kind }) => ({ jobId, caseId, kind })),
  }
}

/** Runs something that must be refused and looks whether anything is different afterwards. */
export async function changesNothing(counter: Counter, work: () => Promise<void>): Promise<void> {
  const before = await everything(counter)
  await work()
  expect(await everything(counter)).toEqual(before)
}

/** A refusal of the core: its code, and a sentence in both languages with nothing left open. */
export function refusedWith(result: Result<unknown>, code: ErrorCode): Failure {
  expect(result.ok).toBe(false)
  const { error } = result as { error: Failure }
  expect(error.code).toBe(code)
  for (const language of ['zh-CN', 'en'] as const) {
    const words = failureSentence(language, error)
    expect(words).not.toMatch(/[{}]/)
    expect(words).not.toBe(`error.${code}`)
  }
  return error
}

/** A request written by hand, because fetch sets Host by itself. */
export function knock(
  counter: Counter,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: number; text: string }> {
  const { port, hash } = new URL(counter.stack.counterUrl())
  const all = {
    'content-type': 'application/json',
    'x-counterfoil-token': hash.replace('#token=', ''),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/api/call', headers: all }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode!, text: Buffer.concat(chunks).toString() }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
