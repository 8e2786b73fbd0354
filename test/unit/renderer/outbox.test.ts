import { describe, expect, test } from 'vitest'
import { groupAlike } from '../../../src/renderer/features/desk/job-groups.ts'
import { inReadingOrder, unsentOf } from '../../../src/renderer/features/outbox/outbox-store.ts'
import { jobBefore, jobReason } from '../../../src/renderer/ui/job-reason.ts'
import type { JobView } from '../../../src/shared/contract/views.ts'
import { translator } from '../../../src/shared/i18n/translate.ts'

const now = 1_000_000
let made = 0
const job = (jobId: string, change: Partial<JobView> = {}) =>
  ({
    jobId,
    sequence: ++made,
    caseId: 'C1',
    msisdn: '13935108826',
    kind: 'order.submit',
    state: 'pending',
    createdAt: now,
    attempts: 0,
    ...change,
  }) as JobView
const why = (each: JobView, change: Partial<Parameters<typeof jobReason>[1]> = {}) =>
  jobReason(each, { t: translator('en'), language: 'en', connection: 'online', now, behind: undefined, ...change })

describe('the outbox reads', () => {
  test('what needs a person first, then in the order of sending, then what was delivered, the latest first', () => {
    const jobs = [
      job('done-old', { state: 'done', doneAt: (now + 1) as JobView['doneAt'] }),
      job('later', { sequence: 5_000 }),
      job('done-new', { state: 'done', doneAt: (now + 9) as JobView['doneAt'] }),
      job('earlier'),
      job('wrong', { state: 'needs_attention' }),
      job('now', { state: 'sending' }),
    ]
    expect(inReadingOrder(jobs).map(({ jobId }) => jobId)).toEqual([
      'wrong',
      'now',
      'earlier',
      'later',
      'done-new',
      'done-old',
    ])
    expect(unsentOf(jobs)).toHaveLength(4)
  })

  test('alike jobs of one case as one line, whatever lies between them', () => {
    const picture = (jobId: string) => job(jobId, { kind: 'attachment.store' })
    const groups = groupAlike([
      picture('1'),
      job('2'),
      picture('3'),
      job('4', { caseId: 'C2', kind: 'attachment.store' }),
    ])
    expect(groups.map((group) => group.map(({ jobId }) => jobId))).toEqual([['1', '3'], ['2'], ['4']])
  })
})

describe('why a job waits', () => {
  test('without a network nobody has to watch it', () => {
    expect(why(job('1'), { connection: 'offline' })).toBe(
      'Goes out by itself when the network is back; no need to watch',
    )
  })
  test('an expired sign-in is named as such', () => {
    expect(why(job('1'), { connection: 'signInNeeded' })).toBe('Goes out by itself after you sign in again')
  })
  test('a refusal is said in the sentence of its code', () => {
    const refused = job('1', {
      state: 'needs_attention',
      lastError: { code: 'quote.changed', params: { agreement: 'VIP' } },
    })
    expect(why(refused)).toContain('“VIP”')
  })
  test('a failed attempt says when it is tried again', () => {
    expect(why(job('1', { nextTryAt: (now + 180_000) as JobView['nextTryAt'] }))).toBe('Tries again by itself in 3 min')
  })
  test('the second job of a case goes after the first, not after those of other cases', () => {
    const jobs = [job('1'), job('2'), job('3', { caseId: 'C2' })]
    expect(jobs.map((each) => jobBefore(each, jobs)?.jobId)).toEqual([undefined, '1', undefined])
    expect(why(jobs[1]!, { behind: jobs[0] })).toBe('Follows the job before it in the same case')
  })
  test('a clock that was set back in the middle of a case turns no order round', () => {
    const earlier = { createdAt: (now - 3_600_000) as JobView['createdAt'] }
    const jobs = [job('0199-first'), job('0198-second', earlier), job('0198-third', earlier)]
    expect(inReadingOrder(jobs.toReversed()).map(({ jobId }) => jobId)).toEqual([
      '0199-first',
      '0198-second',
      '0198-third',
    ])
    expect(jobs.map((each) => jobBefore(each, jobs)?.jobId)).toEqual([undefined, '0199-first', '0199-first'])
  })
  test('behind a job that needs a person nothing goes out by itself, and nobody is told so', () => {
    const jobs = [job('1', { state: 'needs_attention' }), job('2'), job('3')]
    for (const connection of ['online', 'offline'] as const)
      for (const each of jobs.slice(1))
        expect(why(each, { behind: jobBefore(each, jobs), connection })).toBe(
          'Waits until the job before it in the same case is put right',
        )
  })
})
