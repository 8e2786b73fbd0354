import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { settledCase, sign, signIn, submittedCase } from '../../support/core/counter-steps.ts'
import { doubleAccount } from '../../support/core/double-data.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let service: ServiceDouble
let counter: Counter

beforeEach(async () => {
  service = await startServiceDouble()
  counter = await openCounter(service.url)
  await signIn(counter)
})
afterEach(async () => {
  await counter.close()
  await service.close()
})

const jobs = async (includeDone = true) => (await counter.done('outbox.list', { includeDone })).jobs
const nothingWaits = () => until(async () => (await jobs(false)).length === 0)
const jobsOnly = (answer: 'cut' | 'hang' | object) => (route: string) =>
  route === '/v1/jobs' ? (answer as never) : undefined

describe('what is enqueued', () => {
  test('papers, then the order, in the transaction of the submission, numbered without gaps', async () => {
    service.state.intercept = jobsOnly('cut')
    await submittedCase(counter)
    const rows = await counter.store.query('SELECT sequence, kind FROM outbox_job ORDER BY sequence')
    expect(rows.map((row) => row.kind)).toEqual([...Array(4).fill('attachment.store'), 'order.submit'])
    expect(rows.map((row) => row.sequence)).toEqual([1, 2, 3, 4, 5])
  })

  test('money is reported when it is taken, before the case is submitted', async () => {
    service.state.account = (msisdn) => ({ ...doubleAccount(msisdn), unbilledFen: 1234 })
    await settledCase(counter)
    await nothingWaits()
    expect(service.accepted.map((job) => job.kind)).toEqual(['payment.take'])
    expect((await counter.done('desk.view')).collectedFen).toBe(1234)
  })

  test('after weeks without a network every job is counted, though only some hundreds are listed', async () => {
    service.state.intercept = jobsOnly('cut')
    await submittedCase(counter)
    await counter.store.transaction(async (tx) =>
      tx.run(
        `INSERT INTO outbox_job (sequence, id, lane, msisdn, kind, version, payload, staff_id, state, attempts, next_try_at, created_at)
         SELECT 5 + value, 'later-' || value, lane, msisdn, kind, version, payload, staff_id, state, attempts, next_try_at, created_at - value
         FROM outbox_job, json_each(?) WHERE sequence = 5`,
        [JSON.stringify(Array.from({ length: 1_200 }, (_, index) => index + 1))],
      ),
    )
    const outbox = await counter.done('outbox.list')
    expect(outbox.waitingJobs).toBe(1_205)
    // What goes first is listed, whatever the clock said when it was written.
    expect(outbox.jobs.map((job) => job.sequence)).toEqual(
      Array.from({ length: outbox.jobs.length }, (_, at) => at + 1),
    )
  })

  test('a refused submission enqueues nothing', async () => {
    const { case: case_ } = await settledCase(counter)
    expect((await counter.call('case.submit', { caseId: case_.caseId })).ok).toBe(false)
    expect(await jobs()).toEqual([])
  })
})

describe('sending', { timeout: 15_000 }, () => {
  test('each job arrives once, in its lane in order; done jobs keep the receipt, papers leave the disk a day later', async () => {
    const [a, b] = [await submittedCase(counter, 1), await submittedCase(counter, 2)]
    await nothingWaits()
    for (const { case: case_ } of [a, b]) {
      const lane = service.accepted.filter((job) => job.lane === case_.caseId)
      expect(lane.map((job) => job.kind)).toEqual([...Array(4).fill('attachment.store'), 'order.submit'])
      expect(lane.map((job) => job.sequence)).toEqual(lane.map((job) => job.sequence).sort((x, y) => x - y))
    }
    expect((await jobs()).every((job) => job.state === 'done' && job.doneAt)).toBe(true)
    const held = async () =>
      (
        await counter.store.query(
          `SELECT (SELECT count(*) FROM outbox_job WHERE receipt IS NOT NULL) AS receipts,
              (SELECT count(*) FROM attachment WHERE content IS NOT NULL) AS contents`,
        )
      )[0]
    expect(await held()).toEqual({ receipts: 10, contents: 8 })
    const attachmentId = a.case.attachments[0]!.attachmentId
    const gone = await counter.call('case.attachment', { caseId: a.case.caseId, attachmentId })
    expect(gone).toMatchObject({ error: { code: 'picture.notHere' } })
    // A day later no backup is older than the delivery, and they are erased.
    await counter.store.transaction(async (tx) =>
      tx.run("UPDATE outbox_job SET receipt = json_set(receipt, '$.receivedAt', ?)", [Date.now() - 24 * 3_600_000]),
    )
    await counter.done('session.signOut')
    // Ends the question that is held open, with nothing new but the service's time.
    service.publish({})
    service.changes.length = 0
    await until(async () => {
      await signIn(counter)
      return (await held())?.contents === 0
    })
  })

  test('while jobs go out, the list shows each of them once, waiting or done', async () => {
    for (let cases = 0; cases < 6; cases += 1) await submittedCase(counter, cases)
    const [{ n: all }] = (await counter.store.query('SELECT count(*) AS n FROM outbox_job')) as [{ n: number }]
    let left = all
    while (left > 0) {
      const outbox = await counter.done('outbox.list', { includeDone: true })
      expect(outbox.jobs.map((job) => job.sequence).sort((a, b) => a - b)).toEqual(
        Array.from({ length: all }, (_, at) => at + 1),
      )
      left = outbox.jobs.filter((job) => job.state !== 'done').length
      expect(outbox.waitingJobs).toBe(left)
    }
  })

  test('an answer that is lost on its way makes no second effect', async () => {
    let lost = 0
    const { case: case_ } = await settledCase(counter)
    await sign(counter, case_.caseId)
    service.state.intercept = (route, body) => {
      if (route !== '/v1/jobs' || lost > 0) return undefined
      lost += 1
      for (const job of (body as { jobs: never[] }).jobs) service.accepted.push(job)
      return 'cut'
    }
    await counter.done('case.submit', { caseId: case_.caseId })
    await nothingWaits()
    expect(lost).toBe(1)
    expect(new Set(service.accepted.map((job) => job.id)).size).toBe(service.accepted.length)
    expect(service.batches[0]!.map((job) => JSON.stringify(job))).toEqual(
      service.accepted.map((job) => JSON.stringify(job)),
    )
  })

  test('being offline costs no attempt and is shown; everything goes out by itself afterwards', async () => {
    service.state.intercept = jobsOnly('cut')
    await submittedCase(counter)
    await until(async () => (await counter.done('app.view')).connection.state === 'offline')
    expect((await jobs()).every((job) => job.attempts === 0 && job.state !== 'needs_attention')).toBe(true)
    const list = await counter.done('case.list', { filter: 'all' })
    expect(list.rows[0]!.next.code).toBe('waitingNetwork')
    service.state.intercept = undefined
    await nothingWaits()
  })

  test('a refused job is held with its sentence and holds only its lane', async () => {
    service.state.refuse.set('order.submit', { code: 'settlement.mismatch', params: { expected: 1, actual: 2 } })
    const { case: held } = await submittedCase(counter, 1)
    await until(async () => (await jobs(false)).some((job) => job.state === 'needs_attention'))
    service.state.refuse.clear()
    const { case: other } = await submittedCase(counter, 2)
    await until(() => service.accepted.some((job) => job.lane === other.caseId && job.kind === 'order.submit'))
    await counter.done('order.urge', { caseId: held.caseId, reason: 'please hurry' })
    const [first, second] = await until(async () => {
      const waiting = await jobs(false)
      return waiting.length === 2 && waiting
    })
    expect(first).toMatchObject({ state: 'needs_attention', lastError: { code: 'settlement.mismatch' } })
    expect(second).toMatchObject({ kind: 'order.urge', state: 'pending' })
    const desk = await counter.done('desk.view')
    expect(desk.attention[0]).toMatchObject({ code: 'needsAttention', params: { count: 1 } })
    const { rows } = await counter.done('case.list', { filter: 'forMe' })
    expect(rows[0]).toMatchObject({ status: 'attention', next: { code: 'attention' } })
    await counter.done('outbox.retry', { jobId: first!.jobId })
    await nothingWaits()
    expect(service.accepted.filter((job) => job.lane === held.caseId).at(-1)!.kind).toBe('order.urge')
    expect(await counter.call('outbox.retry', { jobId: first!.jobId })).toMatchObject({
      error: { code: 'job.notWaiting' },
    })
  })

  test('a busy service is left alone for as long as it asks', async () => {
    let asked = 0
    service.state.intercept = (route) => {
      if (route !== '/v1/jobs') return undefined
      asked += 1
      return { status: 503, body: {}, headers: { 'retry-after': '1' } }
    }
    await submittedCase(counter)
    await until(() => asked > 0)
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(asked).toBe(1)
    service.state.intercept = undefined
    await nothingWaits()
  })

  test('a busy service is left alone also when new work comes meanwhile, and then gets all of it', async () => {
    const asked: number[] = []
    service.state.intercept = (route) => {
      if (route !== '/v1/jobs') return undefined
      asked.push(performance.now())
      return asked.length === 1 ? { status: 429, body: {}, headers: { 'retry-after': '2' } } : undefined
    }
    await submittedCase(counter, 1)
    await until(() => asked.length > 0)
    await submittedCase(counter, 2)
    await nothingWaits()
    expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(1_990)
    expect(service.accepted.filter((job) => job.kind === 'order.submit')).toHaveLength(2)
  })

  test('a service that answers nonsense costs attempts, and the job waits longer each time', async () => {
    service.state.intercept = jobsOnly({ status: 500, body: {} })
    await submittedCase(counter)
    const [job] = await until(async () => {
      const waiting = await jobs(false)
      return waiting.every((one) => one.attempts > 0) && waiting
    })
    expect(job).toMatchObject({ state: 'pending', lastError: { code: 'service.internal' } })
    expect(job!.nextTryAt).toBeGreaterThan(0)
  })

  test('a batch refused as a whole is taken apart until the one to blame shows itself', async () => {
    service.state.intercept = (route, body) => {
      if (route !== '/v1/jobs') return undefined
      const { jobs: sent } = body as { jobs: { kind: string }[] }
      return sent.length > 1 || sent[0]!.kind === 'order.submit'
        ? { status: 413, body: { error: { code: 'request.tooLarge' } } }
        : undefined
    }
    await submittedCase(counter)
    const [held] = await until(async () => {
      const waiting = await jobs(false)
      return waiting.length === 1 && waiting[0]!.state === 'needs_attention' && waiting
    })
    expect(held).toMatchObject({ kind: 'order.submit', lastError: { code: 'request.tooLarge' } })
  })

  test('a lost sign-in pauses; signing in again sends what waited', async () => {
    service.state.intercept = jobsOnly('cut')
    await submittedCase(counter)
    service.forgetSessions()
    service.state.intercept = undefined
    await until(async () => (await counter.done('app.view')).staff === undefined)
    expect((await counter.done('app.view')).connection).toMatchObject({ state: 'signInNeeded', waitingJobs: 5 })
    expect(await counter.call('desk.view')).toMatchObject({ error: { code: 'auth.expired' } })
    expect(service.accepted).toEqual([])
    await signIn(counter)
    await nothingWaits()
    expect(service.accepted).toHaveLength(5)
  })

  test('a payload that no longer parses goes to a person and is not dropped', async () => {
    service.state.intercept = jobsOnly('cut')
    await submittedCase(counter)
    await until(async () => (await counter.done('app.view')).connection.state === 'offline')
    await counter.store.transaction(async (tx) =>
      tx.run(`UPDATE outbox_job SET payload = '{"orderId":1}' WHERE kind = 'order.submit'`),
    )
    service.state.intercept = undefined
    const [held] = await until(async () => {
      const waiting = await jobs(false)
      return waiting.length === 1 && waiting[0]!.state === 'needs_attention' && waiting
    })
    expect(held).toMatchObject({ kind: 'order.submit', lastError: { code: 'job.malformed' } })
  })
})

describe('after a restart', () => {
  test('what was being sent is sent again; drafts, cursor and sign-in are as they were', async () => {
    service.state.intercept = jobsOnly('hang')
    const { case: case_ } = await submittedCase(counter)
    await until(async () => (await jobs()).some((job) => job.state === 'sending'))
    const before = await counter.done('case.view', { caseId: case_.caseId })
    counter = await counter.reopen()
    expect((await counter.done('app.view')).staff?.staffId).toBe('100')
    expect((await counter.done('case.view', { caseId: case_.caseId })).case).toEqual(before.case)
    service.state.intercept = undefined
    counter = await counter.reopen()
    await nothingWaits()
    expect(new Set(service.accepted.map((job) => job.id)).size).toBe(5)
  })

  test('signing out forgets the token for good', async () => {
    await counter.done('session.signOut')
    counter = await counter.reopen()
    expect((await counter.done('app.view')).staff).toBeUndefined()
    expect(await counter.call('desk.view')).toMatchObject({ error: { code: 'auth.required' } })
  })
})
