import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import type { RunningService } from '../../../service/src/start.ts'
import type { OrderView } from '../../../src/shared/protocol/changes.ts'
import type { RepairOptions } from '../../../src/shared/protocol/repairs.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import {
  chengduSupervisor,
  clerk,
  codesOf,
  followOrder,
  handIn,
  type PreparedCase,
  prepareCase,
  submitJob,
  supervisor,
} from '../../support/counter-journey.ts'
import { newPglite } from '../../support/pglite.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { enrolment } from '../../support/service-suite.ts'
import { configFor, type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

/*
 * Attempts that failed are not repeated within a test: what moves an order here is the supervisor. The rules let one cooling-off end
 * early (a password that was reset) and another not (a SIM that was replaced). Outside systems have as long to answer as in earnest,
 * because a call that is given up here is not made again.
 */
const patient = { retryFirstSeconds: 600, retryLongestSeconds: 600, outsideTimeoutMs: 10_000 }

async function rulesThatMayEndEarly(folder: string): Promise<string> {
  const packs = join(folder, 'rule-packs')
  await cp(new URL('../../../resources/rule-packs', import.meta.url).pathname, packs, { recursive: true })
  const file = join(packs, 'cn.riskRules.json')
  const rules = JSON.parse(await readFile(file, 'utf8')) as { id: string; measure: { mayEndEarly?: boolean } }[]
  for (const rule of rules) if (rule.id === 'recentPasswordReset') rule.measure.mayEndEarly = true
  await writeFile(file, JSON.stringify(rules))
  return packs
}

describe.each(['PGlite', 'PostgreSQL'] as const)('repairs by hand on %s', (kind) => {
  let world: OutsideWorld
  let cluster: PostgresCluster | undefined
  let folder: string
  let service: RunningService
  let look: OpenDatabase | undefined
  let counter: CounterClient
  let boss: CounterClient
  const quiet = { reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } }

  beforeAll(async () => {
    world = await startOutsideWorld()
    await world.control(quiet)
    folder = await mkdtemp(join(tmpdir(), 'counterfoil-repairs-'))
    cluster = kind === 'PostgreSQL' ? await startPostgres() : undefined
    const database = cluster ? { kind: 'postgres' as const, url: await cluster.createDatabase() } : await newPglite()
    const files = { ...configFor(world.simulators, database).files, rulePacks: await rulesThatMayEndEarly(folder) }
    service = await startServiceOn(world, database, { files, timing: patient })
    look = database.kind === 'postgres' ? await openDatabase({ ...database, poolSize: 2 }) : undefined
    counter = await createCounterClient(service.url)
    await counter.enrol(enrolment.first)
    await counter.signIn(clerk.staffId, clerk.password)
    boss = await createCounterClient(service.url)
    await boss.enrol(enrolment.second)
    await boss.signIn(supervisor.staffId, supervisor.password)
  })
  afterAll(async () => {
    await look?.close()
    await service?.close()
    await cluster?.stop()
    await world?.close()
    await rm(folder, { recursive: true, force: true })
  })
  let broken: string | undefined
  afterEach(() => world.control({ ...quiet, targets: { ...quiet.targets, ...(broken ? { [broken]: null } : {}) } }))

  const homeOf = ({ entry }: PreparedCase) => `bss:${entry.carrier}:${entry.province}`
  function fault(prepared: PreparedCase, faults: object | null, more: object = {}) {
    broken = homeOf(prepared)
    return world.control({ ...more, targets: { [broken]: faults } })
  }
  const repair = (prepared: PreparedCase, ask: object, by = boss) =>
    by.call<OrderView>('POST', `/v1/orders/${prepared.order.orderId}/repairs`, {
      repairId: counter.randomCaseId(),
      reason: '归属省值班已确认',
      ...ask,
    })
  async function optionsOf(prepared: PreparedCase): Promise<RepairOptions> {
    const answer = await boss.call<RepairOptions>('GET', `/v1/orders/${prepared.order.orderId}/repairs`)
    if (!answer.ok) throw new Error(answer.error.code)
    return answer.value
  }
  const actionsOf = async (prepared: PreparedCase) => (await optionsOf(prepared)).actions
  const follow = (prepared: PreparedCase, wanted: (order: OrderView) => boolean) =>
    followOrder(counter, prepared.order.orderId, wanted)
  const { password } = supervisor
  async function underReview(scenario = 'clean') {
    const prepared = await prepareCase(counter, world, await world.someone(scenario))
    await world.control({ reviewFactor: 10_000 })
    await handIn(counter, prepared)
    await follow(prepared, (order) => order.stage === 'homeReview')
    return prepared
  }

  it('tries again at once, once per repair, and tells the store', async () => {
    const prepared = await prepareCase(counter, world, await world.someone('clean'))
    await fault(prepared, { down: true })
    await handIn(counter, prepared)
    await follow(prepared, (order) => codesOf(order).includes('retrying'))
    expect(await actionsOf(prepared)).toEqual(expect.arrayContaining(['retryNow', 'handOver', 'refuse']))
    await fault(prepared, null)
    const once = { repairId: counter.randomCaseId(), action: 'retryNow' }
    const both = await Promise.all([repair(prepared, once), repair(prepared, once)])
    expect(both.map(({ ok }) => ok)).toEqual([true, true])
    const order = await follow(prepared, (one) => one.state === 'completed')
    expect(codesOf(order).filter((code) => code === 'retriedByHand')).toHaveLength(1)
    expect(await repair(prepared, { ...once, reason: '别的原因' })).toMatchObject({ error: { code: 'repair.idUsed' } })
    expect(await repair(prepared, once)).toMatchObject({ ok: true, value: { stage: 'deactivated' } })
    expect(await repair(prepared, { action: 'retryNow' })).toMatchObject({ error: { code: 'repair.notAllowed' } })
    const { done, actions } = await optionsOf(prepared)
    expect(actions).toEqual([])
    expect(done).toMatchObject([{ action: 'retryNow', by: { staffId: supervisor.staffId } }])
  })

  it('ends a cooling-off early where its rule allows it, by password and another person, and nowhere else', async () => {
    const entry = await world.someone('password-reset')
    const prepared = await prepareCase(counter, world, entry, { also: ['nightHours'] })
    await handIn(counter, prepared)
    await follow(prepared, (order) => order.stage === 'coolingOff')
    expect(await actionsOf(prepared)).toEqual(['skipWait', 'handOver', 'refuse'])
    expect(await repair(prepared, { action: 'skipWait' })).toMatchObject({ error: { code: 'request.malformed' } })
    expect(await repair(prepared, { action: 'skipWait', password: 'wrong' })).toMatchObject({
      error: { code: 'approval.credentials', field: 'password' },
    })
    expect(await repair(prepared, { action: 'skipWait', password })).toMatchObject({ ok: true })
    const order = await follow(prepared, (one) => one.state === 'completed')
    expect(codesOf(order)).toContain('waitSkipped')

    const swapped = await prepareCase(counter, world, await world.someone('sim-swapped'), {
      also: ['recentChange', 'nightHours'],
    })
    await handIn(counter, swapped)
    await follow(swapped, (one) => one.stage === 'coolingOff')
    expect(await actionsOf(swapped)).not.toContain('skipWait')
    expect(await repair(swapped, { action: 'skipWait', password })).toMatchObject({
      error: { code: 'repair.notAllowed', params: { repair: 'skipWait', stage: 'coolingOff' } },
    })
    // Refused before anybody outside heard of it: all of the money lies in the till.
    expect(await repair(swapped, { action: 'refuse', password })).toMatchObject({ ok: true })
    const refused = await follow(swapped, (one) => one.state === 'rejected')
    expect(codesOf(refused)).not.toContain('dispatched')
  })

  it('returns an order to the customer, carries nothing out meanwhile, and goes on when the customer has answered', async () => {
    const prepared = await underReview()
    expect(await repair(prepared, { action: 'returnToCustomer', reason: '签名看不清，请客户来厅' })).toMatchObject({
      ok: true,
      value: { stage: 'returned', returnedFor: { code: 'BY_STORE', params: { text: '签名看不清，请客户来厅' } } },
    })
    await world.control({ reviewFactor: 0 })
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const waiting = await optionsOf(prepared)
    expect(waiting.stage).toBe('returned')
    expect(waiting.actions).toEqual(['skipWait', 'handOver', 'refuse'])
    const [message] = (await world.messagesTo(prepared.order.contact.phone)).filter(
      ({ template, text }) => template === 'returned' && text.includes(prepared.order.caseNumber),
    )
    expect(message!.text).toContain('需您确认')
    const resupply = (payload: object) =>
      counter.sendJobs([
        counter.job(
          'order.resupply',
          { orderId: prepared.order.orderId, attachments: [], note: '客户已当面确认', ...payload },
          { lane: prepared.caseId, staffId: clerk.staffId },
        ),
      ])
    const corrected = await resupply({ corrections: { contact: { ...prepared.order.contact, name: '别的人' } } })
    expect(corrected).toMatchObject([{ outcome: 'refused', error: { code: 'order.notReturned' } }])
    expect(await resupply({})).toMatchObject([{ outcome: 'accepted' }])
    const order = await follow(prepared, (one) => one.state === 'completed')
    expect(codesOf(order)).toEqual(expect.arrayContaining(['returnedHere', 'answeredHere', 'approved', 'deactivated']))
  })

  it('lets the supervisor end the return, or the customer withdraw what the home province has approved meanwhile', async () => {
    const goesOn = await underReview()
    await repair(goesOn, { action: 'returnToCustomer' })
    await repair(goesOn, { action: 'skipWait', password })
    await world.control({ reviewFactor: 0 })
    await follow(goesOn, (one) => one.state === 'completed')

    const withdrawn = await underReview('premium')
    await repair(withdrawn, { action: 'returnToCustomer' })
    await world.control({ reviewFactor: 0 })
    const wish = { orderId: withdrawn.order.orderId, cancellationReason: '客户改变主意' }
    await counter.sendJobs([counter.job('order.withdraw', wish, { lane: withdrawn.caseId, staffId: clerk.staffId })])
    const order = await follow(withdrawn, (one) => one.state === 'cancelled')
    expect(codesOf(order)).toEqual(expect.arrayContaining(['returnedHere', 'withdrawn', 'paymentReversed']))
    expect(codesOf(order)).not.toContain('agreementTerminated')
  })

  it('refuses with compensation, also when the home province approved before it heard of it', async () => {
    const prepared = await underReview('premium')
    // Approved at the home province before the refusal can reach it.
    await fault(prepared, { down: true }, { reviewFactor: 0 })
    expect(await repair(prepared, { action: 'refuse', reason: '发现冒用证件', password })).toMatchObject({
      ok: true,
      value: { state: 'pendingCancellation' },
    })
    expect(await actionsOf(prepared)).toEqual(['retryNow', 'handOver'])
    await follow(prepared, (one) => codesOf(one).includes('retrying'))
    await fault(prepared, null)
    await repair(prepared, { action: 'retryNow' })
    const order = await follow(prepared, (one) => one.state === 'rejected')
    expect(order.refusedFor).toEqual({ code: 'BY_STORE', params: { text: '发现冒用证件' } })
    expect(codesOf(order)).toEqual(
      expect.arrayContaining(['refusalDecided', 'approved', 'refusedHere', 'paymentReversed']),
    )
    expect(codesOf(order)).not.toContain('agreementTerminated')
    expect(order.owedHereFen).toBe(1_838_850)
    // Nothing stands in the way of another order for the number.
    const again = await prepareCase(counter, world, prepared.entry)
    expect(again.preCheck.blockers.map((blocker) => blocker.code)).not.toContain('ALREADY_DISPATCHED')
  })

  it('marks a payment as posted by the reference of the home province, which has it but cannot say so', async () => {
    const prepared = await prepareCase(counter, world, await world.someone('premium'))
    await fault(prepared, { answerLostRate: 1, only: ['payments'] })
    await handIn(counter, prepared)
    await follow(prepared, (order) => codesOf(order).includes('retrying'))
    const { actions, unposted } = await optionsOf(prepared)
    expect(actions).toContain('markPosted')
    expect(unposted).toHaveLength(1)
    const { paymentId, amountFen } = unposted[0]!
    const ask = { action: 'markPosted', paymentId, reference: 'HN-20261122-0007', password }
    expect(await repair(prepared, { ...ask, paymentId: counter.randomCaseId() })).toMatchObject({
      error: { code: 'repair.paymentUnknown', field: 'paymentId' },
    })
    expect(await repair(prepared, { ...ask, reference: '' })).toMatchObject({ error: { code: 'request.malformed' } })
    expect(await repair(prepared, ask)).toMatchObject({ ok: true })
    const order = await follow(prepared, (one) => one.state === 'completed')
    expect(order.events.find(({ code }) => code === 'postedByHand')?.params).toEqual({
      amountFen,
      reference: 'HN-20261122-0007',
    })
    if (!look) return
    const payment = await look.db
      .selectFrom('payment')
      .select('posted_reference')
      .where('payment_id', '=', paymentId)
      .executeTakeFirstOrThrow()
    expect(payment.posted_reference).toBe('HN-20261122-0007')
    const postings = await look.db
      .selectFrom('ledger_posting')
      .select(['kind', 'amount_fen'])
      .where('payment_id', '=', paymentId)
      .where('kind', '=', 'paymentPosted')
      .execute()
    expect(postings.reduce((sum, one) => sum + one.amount_fen, 0)).toBeGreaterThanOrEqual(amountFen)
  })

  it('hands an order to another person of the store, and the home province hears nothing of it', async () => {
    const prepared = await underReview()
    const { people, responsible } = await optionsOf(prepared)
    expect(responsible.staffId).toBe(clerk.staffId)
    expect(people.map(({ staffId }) => staffId)).toEqual(['100108', '100131', '100218'])
    for (const staffId of [clerk.staffId, '100401', '510226', 'nobody'])
      expect(await repair(prepared, { action: 'handOver', staffId })).toMatchObject({
        error: { code: 'repair.personUnknown' },
      })
    expect(await repair(prepared, { action: 'handOver', staffId: '100218' })).toMatchObject({
      ok: true,
      value: { stage: 'homeReview', responsible: { staffId: '100218', name: '陈嘉豪' } },
    })
    await world.control({ reviewFactor: 0 })
    await follow(prepared, (one) => one.state === 'completed' && one.responsible?.staffId === '100218')
  })

  it('is for supervisors of the store alone, and grave repairs not for whoever handed the order in', async () => {
    const prepared = await underReview()
    const ask = { action: 'retryNow' }
    expect(await repair(prepared, ask, counter)).toMatchObject({ status: 403, error: { code: 'auth.forbidden' } })
    const chengdu = await createCounterClient(service.url)
    await chengdu.enrol(enrolment.chengdu)
    await chengdu.signIn(chengduSupervisor.staffId, chengduSupervisor.password)
    expect(await repair(prepared, ask, chengdu)).toMatchObject({ error: { code: 'order.notFound' } })
    const auditor = await createCounterClient(service.url)
    await auditor.enrol(enrolment.third)
    await auditor.signIn('100401', 'counter-trial-401')
    expect(await repair(prepared, ask, auditor)).toMatchObject({ status: 403 })
    expect(await repair(prepared, { action: 'forgetEverything' })).toMatchObject({
      error: { code: 'request.malformed' },
    })
    expect(await optionsOf(prepared)).toMatchObject({ stage: 'homeReview', done: [] })

    // The supervisor's own case: another supervisor has to look.
    const own = await prepareCase(counter, world, await world.someone('clean'))
    const submit = { ...submitJob(counter, own), staffId: supervisor.staffId }
    expect((await counter.sendJobs([...own.jobsBefore, submit])).at(-1)).toMatchObject({ outcome: 'accepted' })
    await follow(own, (one) => one.stage === 'homeReview')
    expect(await repair(own, { action: 'refuse', password })).toMatchObject({ error: { code: 'approval.samePerson' } })
    await auditor.signIn('100131', 'counter-trial-131')
    expect(await repair(own, { action: 'refuse', password: 'counter-trial-131' }, auditor)).toMatchObject({ ok: true })
    await follow(own, (one) => one.state === 'rejected')
  })

  it('writes every repair into the audit chain, without its reason and its password', async () => {
    const auditor = await createCounterClient(service.url)
    await auditor.enrol('HQB1-C2PN-6WRD')
    await auditor.signIn('100401', 'counter-trial-401')
    const page = await auditor.call<{ entries: { action: string; details: string }[] }>(
      'GET',
      '/v1/store/audit?action=order.repair.&limit=100',
    )
    if (!page.ok) throw new Error(page.error.code)
    const actions = new Set(page.value.entries.map(({ action }) => action.replace('order.repair.', '')))
    expect([...actions].sort()).toEqual([
      'handOver',
      'markPosted',
      'refuse',
      'retryNow',
      'returnToCustomer',
      'skipWait',
    ])
    const text = JSON.stringify(page.value.entries)
    for (const secret of [password, '归属省值班已确认', '发现冒用证件']) expect(text).not.toContain(secret)
    if (look) expect(await verifyAuditChain(look.db, 'SZ-HQB')).not.toHaveProperty('brokenAt')
  })
})
