import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { gatewaySignature } from '../../../service/src/stop/gateway-signature.ts'
import { chainedText, walkOn, walkStart } from '../../../src/shared/domain/audit-chain.ts'
import type { ApprovalRequestView, TicketView } from '../../../src/shared/protocol/changes.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import {
  clerk,
  codesOf,
  followOrder,
  handIn,
  prepareCase,
  submitJob,
  supervisor,
} from '../../support/counter-journey.ts'
import { onBothDatabases } from '../../support/service-suite.ts'
import { startServiceOn } from '../../support/service-world.ts'

const secret = 'gateway-secret-of-the-tests'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

onBothDatabases('supervision', (suite) => {
  let other: CounterClient
  let another: CounterClient
  let stopService: () => Promise<void> = async () => {}

  beforeAll(async () => {
    const { world, database, service, kind } = suite()
    // Two processes on PostgreSQL; PGlite lets only one in.
    await service.close()
    const config = { connectors: { ...connectorsOf(world), smsInboundSecret: secret } }
    suite().service = await startServiceOn(world, database, config)
    suite().counter.moveTo(suite().service.url)
    suite().chengdu.moveTo(suite().service.url)
    let second = suite().service
    if (kind === 'PostgreSQL') {
      second = await startServiceOn(world, database, config)
      stopService = () => second.close()
    }
    world.simulators.connectInbound({ url: `${suite().service.url}/v1/inbound/sms`, secret })
    other = await createCounterClient(second.url)
    await other.enrol('HQB2-5M8R-2ZTC')
    await other.signIn(supervisor.staffId, supervisor.password)
    another = await createCounterClient(suite().service.url)
    await another.enrol('HQB1-4T7Q-9KXM')
    await another.signIn('100131', 'counter-trial-131')
  })
  afterAll(() => stopService())

  const connectorsOf = (world: ReturnType<typeof suite>['world']) => ({
    homeBssUrlTemplate: world.simulators.urls.bssTemplate,
    smsUrl: world.simulators.urls.sms,
    faceUrl: world.simulators.urls.face,
    paymentUrl: world.simulators.urls.payment,
    renewalUrl: world.simulators.urls.renewal,
  })
  const person = (scenario: string) => suite().world.someone(scenario)
  const decide = (counter: CounterClient, requestId: string, decision: 'grant' | 'refuse', password: string) =>
    counter.call<ApprovalRequestView>('POST', `/v1/approval-requests/${requestId}/decision`, {
      decision,
      reason: '已核对影像',
      password,
    })
  async function premiumCase() {
    const prepared = await prepareCase(suite().counter, suite().world, await person('premium'), { skipApprovals: true })
    const ask = (changes: object = {}) =>
      suite().counter.call<ApprovalRequestView>('POST', '/v1/approval-requests', {
        requestId: suite().counter.randomCaseId(),
        caseId: prepared.caseId,
        caseNumber: prepared.order.caseNumber,
        preCheckId: prepared.preCheck.preCheckId,
        subject: 'premiumNumber',
        reason: '机主本人到场',
        ...changes,
      })
    return { prepared, ask }
  }
  async function newsFor<T>(counter: CounterClient, find: (change: never) => T | undefined): Promise<T> {
    const until = Date.now() + 15_000
    for (let cursor = 0; Date.now() < until; ) {
      const answer = await counter.changes(cursor, 1)
      if (!answer.ok) throw new Error(answer.error.code)
      for (const change of answer.value.changes) {
        const found = find(change as never)
        if (found) return found
      }
      cursor = answer.value.cursor
    }
    throw new Error('the news did not come')
  }
  const ticketOf = (caseId: string, kind: string) =>
    newsFor<TicketView>(suite().counter, (change: { kind: string; ticket?: TicketView }) =>
      change.ticket?.caseId === caseId && change.ticket.kind === kind ? change.ticket : undefined,
    )

  it('lets a supervisor at another counter approve what a clerk asks, bound to the case', async () => {
    const { prepared, ask } = await premiumCase()
    const asked = await ask()
    expect(asked).toMatchObject({ ok: true, value: { state: 'open', facts: { premium: true } } })
    if (!asked.ok) return
    const { requestId, facts } = asked.value
    expect(facts.maskedNumber).not.toContain(prepared.entry.msisdn)
    expect(facts.findings.map(({ ruleId }) => ruleId)).toEqual(['premiumNumber'])
    // The other counter hears of it through the feed; asking again says that it waits.
    await newsFor(
      other,
      (change: { request?: ApprovalRequestView }) => change.request?.requestId === requestId || undefined,
    )
    expect(await ask()).toMatchObject({ error: { code: 'approval.alreadyAsked' } })
    expect(await decide(other, requestId, 'grant', 'wrong')).toMatchObject({ error: { code: 'approval.credentials' } })
    const granted = await decide(other, requestId, 'grant', supervisor.password)
    expect(granted).toMatchObject({ ok: true, value: { state: 'granted', approval: { subject: 'premiumNumber' } } })
    if (!granted.ok) return
    const order = { ...prepared.order, approvalIds: [granted.value.approval!.approvalId] }
    const results = await suite().counter.sendJobs([
      ...prepared.jobsBefore,
      submitJob(suite().counter, prepared, order),
    ])
    expect(results.map((result) => result.outcome)).not.toContain('refused')
  })

  it('lets nobody decide at another counter what they have asked for themselves', async () => {
    const { counter } = suite()
    const { ask } = await premiumCase()
    // A supervisor serves the customer this time.
    await counter.signIn(supervisor.staffId, supervisor.password)
    const asked = await ask()
    await counter.signIn(clerk.staffId, clerk.password)
    if (!asked.ok) throw new Error(asked.error.code)
    const { requestId } = asked.value
    for (const decision of ['grant', 'refuse'] as const)
      expect(await decide(other, requestId, decision, supervisor.password)).toMatchObject({
        error: { code: 'approval.samePerson' },
      })
    expect(await decide(another, requestId, 'grant', 'counter-trial-131')).toMatchObject({ ok: true })
  })

  it('takes the first of two decisions and tells the other who decided', async () => {
    const { ask } = await premiumCase()
    const asked = await ask()
    if (!asked.ok) throw new Error(asked.error.code)
    const { requestId } = asked.value
    const both = await Promise.all([
      decide(other, requestId, 'grant', supervisor.password),
      decide(another, requestId, 'refuse', 'counter-trial-131'),
    ])
    expect(both.filter((one) => one.ok)).toHaveLength(1)
    expect(both.find((one) => !one.ok)).toMatchObject({ error: { code: 'approval.decided' } })
  })

  it('keeps refused what was refused, at every counter, until the figure changes', async () => {
    const { prepared, ask } = await premiumCase()
    const asked = await ask()
    if (!asked.ok) throw new Error(asked.error.code)
    expect(await decide(other, asked.value.requestId, 'refuse', supervisor.password)).toMatchObject({
      value: { state: 'refused', decidedReason: '已核对影像' },
    })
    expect(await ask()).toMatchObject({ error: { code: 'approval.refused' } })
    const beside = await suite().counter.post('approve', {
      caseId: prepared.caseId,
      subject: 'premiumNumber',
      reason: '再试一次',
      approver: { staffId: '100131', password: 'counter-trial-131' },
    })
    expect(beside).toMatchObject({ error: { code: 'approval.refused' } })
  })

  it('lets the asking counter take a wish back, and no other', async () => {
    const { ask } = await premiumCase()
    const asked = await ask()
    if (!asked.ok) throw new Error(asked.error.code)
    const path = `/v1/approval-requests/${asked.value.requestId}/withdrawal`
    expect(await other.call('POST', path, {})).toMatchObject({ error: { code: 'approval.requestUnknown' } })
    expect(await suite().counter.call('POST', path, {})).toMatchObject({ value: { state: 'withdrawn' } })
    expect(await decide(other, asked.value.requestId, 'grant', supervisor.password)).toMatchObject({
      error: { code: 'approval.withdrawn' },
    })
  })

  it('lets the true holder stop an order that cools off, and gives everything back', async () => {
    const { counter, world } = suite()
    const entry = await person('password-reset')
    // At night a second person looks as well.
    const prepared = await prepareCase(counter, world, entry, { also: ['nightHours'] })
    await handIn(counter, prepared)
    const cooling = await followOrder(counter, prepared.order.orderId, (one) => one.stage === 'coolingOff')
    expect(cooling).toMatchObject({
      state: 'held',
      risk: { findings: expect.arrayContaining([expect.objectContaining({ ruleId: 'recentPasswordReset' })]) },
    })
    expect(cooling.coolingUntil! - Date.now()).toBeGreaterThan(23 * 3_600_000)
    await followOrder(counter, prepared.order.orderId, (one) => one.warning?.state === 'delivered')
    const [warning] = (await world.messagesTo(entry.msisdn)).filter((message) => message.template === 'warning')
    const code = /TZ(\d{6})/.exec(warning!.text)![1]!
    const wrong = code === '000000' ? '111111' : '000000'
    expect(await world.replyFrom(entry.msisdn, `tz ${wrong}`)).toBe('codeWrong')
    expect(await world.replyFrom('13900000001', `TZ${code}`)).toBe('unknownNumber')
    expect(await world.replyFrom(entry.msisdn, `ｔｚ ${code}！`)).toBe('stopped')
    const stopped = await followOrder(counter, prepared.order.orderId, (one) => one.stage === 'stopped')
    expect(stopped.state).toBe('cancelled')
    expect(codesOf(stopped)).toEqual(
      expect.arrayContaining(['coolingOff', 'stopCodeWrong', 'stopRequested', 'stopped', 'paymentReversed']),
    )
    expect(codesOf(stopped)).not.toContain('dispatched')
    const ticket = await ticketOf(prepared.caseId, 'orderStopped')
    expect(await other.call('POST', `/v1/tickets/${ticket.ticketId}/closure`, { note: '已联系机主' })).toMatchObject({
      value: { state: 'closed' },
    })
    expect(await other.call('POST', `/v1/tickets/${ticket.ticketId}/closure`, { note: '再来一次' })).toMatchObject({
      error: { code: 'ticket.closed' },
    })
    // The number is free again: nothing was cancelled.
    expect(await world.replyFrom(entry.msisdn, `TZ${code}`)).toBe('notNeeded')
  })

  it('says honestly that a stop after the end came too late, and tells the supervisors', async () => {
    const { counter, world } = suite()
    const entry = await person('clean')
    const prepared = await prepareCase(counter, world, entry)
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, (one) => one.state === 'completed')
    const messages = await world.messagesTo(entry.msisdn)
    const code = /TZ(\d{6})/.exec(messages.find((message) => message.template === 'warning')!.text)![1]!
    // A cancelled line sends nothing itself; the gateway brings what was sent before.
    const late = { kind: 'reply', gatewayId: `late-${entry.msisdn}`, from: entry.msisdn, text: `TZ${code}` }
    expect(await bring({ ...late, receivedAt: Date.now() })).toMatchObject({ status: 200, outcome: 'tooLate' })
    expect(await bring({ ...late, receivedAt: Date.now() })).toMatchObject({ status: 200, outcome: 'tooLate' })
    await ticketOf(prepared.caseId, 'stopTooLate')
    const order = await followOrder(counter, prepared.order.orderId, (one) => codesOf(one).includes('stopTooLate'))
    expect(codesOf(order).filter((one) => one === 'stopTooLate')).toHaveLength(1)
  })

  it('believes nobody but the gateway', async () => {
    const reply = { kind: 'reply', gatewayId: 'forged', from: '13900000001', text: 'TZ000000', receivedAt: Date.now() }
    expect(await bring(reply, { secret: 'another-secret-entirely' })).toMatchObject({ status: 401 })
    expect(await bring(reply, { at: Date.now() - 3_600_000 })).toMatchObject({ status: 401 })
    expect(await bring({ ...reply, from: 'nobody' })).toMatchObject({ status: 400 })
  })

  async function bring(body: object, forged: { secret?: string; at?: number } = {}) {
    const text = JSON.stringify(body)
    const timestamp = String(forged.at ?? Date.now())
    const response = await fetch(`${suite().service.url}/v1/inbound/sms`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-gateway-timestamp': timestamp,
        'x-gateway-signature': gatewaySignature(forged.secret ?? secret, timestamp, text),
      },
      body: text,
    })
    return { status: response.status, ...((await response.json()) as { outcome?: string }) }
  }

  it('refuses what looks like theft, whatever the counter says, and tells the supervisors why', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await person('taken-over'))
    const results = await counter.sendJobs([...prepared.jobsBefore, submitJob(counter, prepared)])
    expect(results.at(-1)).toMatchObject({
      outcome: 'refused',
      error: { code: 'risk.refused', params: { rule: 'swapThenReset', en: expect.stringContaining('theft') } },
    })
    expect(await ticketOf(prepared.caseId, 'riskRefused')).toMatchObject({ params: { rule: 'swapThenReset' } })
  })

  it('shows the store its chain, which can be computed again without believing it', async () => {
    const auditor = await createCounterClient(suite().service.url)
    await auditor.enrol('HQB1-C2PN-6WRD')
    await auditor.signIn('100401', 'counter-trial-401')
    let walk = walkStart
    for (let after = 0; ; ) {
      const page = await auditor.call<{
        entries: (Parameters<typeof chainedText>[0] & { hash: string; actorName?: string })[]
        head: { sequence: number; hash: string }
      }>('GET', `/v1/store/audit?after=${after}&limit=100`)
      if (!page.ok) throw new Error(page.error.code)
      for (const { hash, actorName: _, ...entry } of page.value.entries) {
        walk = walkOn(
          walk,
          { sequence: entry.sequence, previousHash: entry.previous_hash, hash },
          sha256(chainedText(entry)),
        )
        after = entry.sequence
      }
      if (page.value.entries.length < 100) {
        expect(walk).toEqual({ entries: page.value.head.sequence, lastHash: page.value.head.hash })
        break
      }
      await wait(1)
    }
    const actions = await auditor.call<{ entries: { action: string }[] }>('GET', '/v1/store/audit?action=approval.')
    const seen = new Set(actions.ok ? actions.value.entries.map(({ action }) => action) : [])
    for (const action of ['asked', 'premiumNumber', 'refused', 'withdrawn'])
      expect(seen).toContain(`approval.${action}`)
    expect([...seen].every((action) => action.startsWith('approval.'))).toBe(true)
  })
})
