import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import {
  chengduSupervisor,
  clerk,
  codesOf,
  handIn,
  prepareCase,
  submitJob,
  supervisor,
} from '../../support/counter-journey.ts'
import { openRepairDesk, type RepairDesk } from '../../support/repair-desk.ts'
import { enrolment } from '../../support/service-suite.ts'

const auditing = { staffId: '100401', password: 'counter-trial-401' }

describe.each(['PGlite', 'PostgreSQL'] as const)('repairs by hand on %s', (kind) => {
  let desk: RepairDesk
  let world: RepairDesk['world']
  let counter: RepairDesk['counter']
  beforeAll(async () => {
    desk = await openRepairDesk(kind)
    ;({ world, counter } = desk)
  })
  afterEach(() => desk.mend())
  afterAll(() => desk?.close())
  const { password } = supervisor

  it('tries again at once, once per repair, and tells the store', async () => {
    const prepared = await prepareCase(counter, world, await world.someone('clean'))
    await desk.fault(prepared, { down: true })
    await handIn(counter, prepared)
    await desk.follow(prepared, (order) => codesOf(order).includes('retrying'))
    expect(await desk.actionsOf(prepared)).toEqual(expect.arrayContaining(['retryNow', 'handOver', 'refuse']))
    await desk.fault(prepared, null)
    const once = { repairId: counter.randomCaseId(), action: 'retryNow' }
    const both = await Promise.all([desk.repair(prepared, once), desk.repair(prepared, once)])
    expect(both.map(({ ok }) => ok)).toEqual([true, true])
    const order = await desk.follow(prepared, (one) => one.state === 'completed')
    expect(codesOf(order).filter((code) => code === 'retriedByHand')).toHaveLength(1)
    expect(await desk.repair(prepared, { ...once, reason: '别的原因' })).toMatchObject({
      error: { code: 'repair.idUsed' },
    })
    expect(await desk.repair(prepared, once)).toMatchObject({ ok: true, value: { stage: 'deactivated' } })
    expect(await desk.repair(prepared, { action: 'retryNow' })).toMatchObject({ error: { code: 'repair.notAllowed' } })
    const { done, actions } = await desk.optionsOf(prepared)
    expect(actions).toEqual([])
    expect(done).toMatchObject([{ action: 'retryNow', by: { staffId: supervisor.staffId } }])
  })

  it('ends a cooling-off early where its rule allows it, by password and another person, and nowhere else', async () => {
    const entry = await world.someone('password-reset')
    const prepared = await prepareCase(counter, world, entry, { also: ['nightHours'] })
    await handIn(counter, prepared)
    await desk.follow(prepared, (order) => order.stage === 'coolingOff')
    expect(await desk.actionsOf(prepared)).toEqual(['skipWait', 'handOver', 'refuse'])
    expect(await desk.repair(prepared, { action: 'skipWait' })).toMatchObject({ error: { code: 'request.malformed' } })
    expect(await desk.repair(prepared, { action: 'skipWait', password: 'wrong' })).toMatchObject({
      error: { code: 'approval.credentials', field: 'password' },
    })
    expect(await desk.repair(prepared, { action: 'skipWait', password })).toMatchObject({ ok: true })
    const order = await desk.follow(prepared, (one) => one.state === 'completed')
    expect(codesOf(order)).toContain('waitSkipped')

    const swapped = await prepareCase(counter, world, await world.someone('sim-swapped'), {
      also: ['recentChange', 'nightHours'],
    })
    await handIn(counter, swapped)
    await desk.follow(swapped, (one) => one.stage === 'coolingOff')
    expect(await desk.actionsOf(swapped)).not.toContain('skipWait')
    expect(await desk.repair(swapped, { action: 'skipWait', password })).toMatchObject({
      error: { code: 'repair.notAllowed', params: { repair: 'skipWait', stage: 'coolingOff' } },
    })
    // Refused before anybody outside heard of it: all of the money lies in the till.
    expect(await desk.repair(swapped, { action: 'refuse', password })).toMatchObject({ ok: true })
    const refused = await desk.follow(swapped, (one) => one.state === 'rejected')
    expect(codesOf(refused)).not.toContain('dispatched')
  })

  it('returns an order to the customer, carries nothing out meanwhile, and goes on when the customer has answered', async () => {
    const prepared = await desk.underReview()
    expect(await desk.repair(prepared, { action: 'returnToCustomer', reason: '签名看不清，请客户来厅' })).toMatchObject(
      {
        ok: true,
        value: { stage: 'returned', returnedFor: { code: 'BY_STORE', params: { text: '签名看不清，请客户来厅' } } },
      },
    )
    await world.control({ reviewFactor: 0 })
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const waiting = await desk.optionsOf(prepared)
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
    const order = await desk.follow(prepared, (one) => one.state === 'completed')
    expect(codesOf(order)).toEqual(expect.arrayContaining(['returnedHere', 'answeredHere', 'approved', 'deactivated']))
  })

  it('lets the supervisor end the return, or the customer withdraw what the home province has approved meanwhile', async () => {
    const goesOn = await desk.underReview()
    await desk.repair(goesOn, { action: 'returnToCustomer' })
    await desk.repair(goesOn, { action: 'skipWait', password })
    await world.control({ reviewFactor: 0 })
    await desk.follow(goesOn, (one) => one.state === 'completed')

    const withdrawn = await desk.underReview('premium')
    await desk.repair(withdrawn, { action: 'returnToCustomer' })
    await world.control({ reviewFactor: 0 })
    const wish = { orderId: withdrawn.order.orderId, cancellationReason: '客户改变主意' }
    await counter.sendJobs([counter.job('order.withdraw', wish, { lane: withdrawn.caseId, staffId: clerk.staffId })])
    const order = await desk.follow(withdrawn, (one) => one.state === 'cancelled')
    expect(codesOf(order)).toEqual(expect.arrayContaining(['returnedHere', 'withdrawn', 'paymentReversed']))
    expect(codesOf(order)).not.toContain('agreementTerminated')
  })

  it('refuses with compensation, also when the home province approved before it heard of it', async () => {
    const prepared = await desk.underReview('premium')
    // Approved at the home province before the refusal can reach it.
    await desk.fault(prepared, { down: true }, { reviewFactor: 0 })
    expect(await desk.repair(prepared, { action: 'refuse', reason: '发现冒用证件', password })).toMatchObject({
      ok: true,
      value: { state: 'pendingCancellation' },
    })
    expect(await desk.actionsOf(prepared)).toEqual(['retryNow', 'handOver'])
    await desk.follow(prepared, (one) => codesOf(one).includes('retrying'))
    await desk.fault(prepared, null)
    await desk.repair(prepared, { action: 'retryNow' })
    const order = await desk.follow(prepared, (one) => one.state === 'rejected')
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
    await desk.fault(prepared, { answerLostRate: 1, only: ['payments'] })
    await handIn(counter, prepared)
    await desk.follow(prepared, (order) => codesOf(order).includes('retrying'))
    const { actions, unposted } = await desk.optionsOf(prepared)
    expect(actions).toContain('markPosted')
    expect(unposted).toHaveLength(1)
    const { paymentId, amountFen } = unposted[0]!
    const ask = { action: 'markPosted', paymentId, reference: 'HN-20261122-0007', password }
    expect(await desk.repair(prepared, { ...ask, paymentId: counter.randomCaseId() })).toMatchObject({
      error: { code: 'repair.paymentUnknown', field: 'paymentId' },
    })
    expect(await desk.repair(prepared, { ...ask, reference: '' })).toMatchObject({
      error: { code: 'request.malformed' },
    })
    expect(await desk.repair(prepared, ask)).toMatchObject({ ok: true })
    const order = await desk.follow(prepared, (one) => one.state === 'completed')
    expect(order.events.find(({ code }) => code === 'postedByHand')?.params).toEqual({
      amountFen,
      reference: 'HN-20261122-0007',
    })
    if (!desk.look) return
    const payment = await desk.look.db
      .selectFrom('payment')
      .select('posted_reference')
      .where('payment_id', '=', paymentId)
      .executeTakeFirstOrThrow()
    expect(payment.posted_reference).toBe('HN-20261122-0007')
    const postings = await desk.look.db
      .selectFrom('ledger_posting')
      .select(['kind', 'amount_fen'])
      .where('payment_id', '=', paymentId)
      .where('kind', '=', 'paymentPosted')
      .execute()
    expect(postings.reduce((sum, one) => sum + one.amount_fen, 0)).toBeGreaterThanOrEqual(amountFen)
  })

  it('hands an order to another person of the store, and the home province hears nothing of it', async () => {
    const prepared = await desk.underReview()
    const { people, responsible } = await desk.optionsOf(prepared)
    expect(responsible.staffId).toBe(clerk.staffId)
    expect(people.map(({ staffId }) => staffId)).toEqual(['100108', '100131', '100218'])
    for (const staffId of [clerk.staffId, '100401', '510226', 'nobody'])
      expect(await desk.repair(prepared, { action: 'handOver', staffId })).toMatchObject({
        error: { code: 'repair.personUnknown' },
      })
    expect(await desk.repair(prepared, { action: 'handOver', staffId: '100218' })).toMatchObject({
      ok: true,
      value: { stage: 'homeReview', responsible: { staffId: '100218', name: '陈嘉豪' } },
    })
    await world.control({ reviewFactor: 0 })
    await desk.follow(prepared, (one) => one.state === 'completed' && one.responsible?.staffId === '100218')
  })

  it('is for supervisors of the store alone, and grave repairs not for whoever handed the order in', async () => {
    const prepared = await desk.underReview()
    const ask = { action: 'retryNow' }
    expect(await desk.repair(prepared, ask, counter)).toMatchObject({ status: 403, error: { code: 'auth.forbidden' } })
    const chengdu = await desk.signedIn(enrolment.chengdu, chengduSupervisor)
    expect(await desk.repair(prepared, ask, chengdu)).toMatchObject({ error: { code: 'order.notFound' } })
    const auditor = await desk.signedIn(enrolment.third, auditing)
    expect(await desk.repair(prepared, ask, auditor)).toMatchObject({ status: 403 })
    expect(await desk.repair(prepared, { action: 'forgetEverything' })).toMatchObject({
      error: { code: 'request.malformed' },
    })
    expect(await desk.optionsOf(prepared)).toMatchObject({ stage: 'homeReview', done: [] })

    // The supervisor's own case: another supervisor has to desk.look.
    const own = await prepareCase(counter, world, await world.someone('clean'))
    const submit = { ...submitJob(counter, own), staffId: supervisor.staffId }
    expect((await counter.sendJobs([...own.jobsBefore, submit])).at(-1)).toMatchObject({ outcome: 'accepted' })
    await desk.follow(own, (one) => one.stage === 'homeReview')
    expect(await desk.repair(own, { action: 'refuse', password })).toMatchObject({
      error: { code: 'approval.samePerson' },
    })
    await auditor.signIn('100131', 'counter-trial-131')
    expect(await desk.repair(own, { action: 'refuse', password: 'counter-trial-131' }, auditor)).toMatchObject({
      ok: true,
    })
    await desk.follow(own, (one) => one.state === 'rejected')
  })

  it('writes every repair into the audit chain, without its reason and its password', async () => {
    const auditor = await desk.signedIn('HQB1-C2PN-6WRD', auditing)
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
    if (desk.look) expect(await verifyAuditChain(desk.look.db, 'SZ-HQB')).not.toHaveProperty('brokenAt')
  })
})
