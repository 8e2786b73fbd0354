import { setTimeout as wait } from 'node:timers/promises'
import { beforeAll, expect, it } from 'vitest'
import { gatewaySignature } from '../../../service/src/stop/gateway-signature.ts'
import { addDays, type Instant, shanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import type { ApprovalRequestView } from '../../../src/shared/protocol/changes.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import {
  clerk,
  codesOf,
  followOrder,
  handIn,
  type PreparedCase,
  prepareCase,
  supervisor,
} from '../../support/counter-journey.ts'
import { enrolment, onBothDatabases } from '../../support/service-suite.ts'
import { startServiceOn } from '../../support/service-world.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const secret = 'gateway-secret-of-these-tests'

onBothDatabases('risk over time', (suite) => {
  let ahead = 0
  const now = () => (Date.now() + ahead) as Instant
  let counter: CounterClient
  let beside: CounterClient
  let goesOn: PreparedCase
  let stopped: PreparedCase
  let asked: ApprovalRequestView

  /** The same data in a new process, with the clock of this test. */
  async function restart(): Promise<void> {
    const { world, database, service } = suite()
    await service.close()
    const { bssTemplate: homeBssUrlTemplate, sms, face, payment, renewal } = world.simulators.urls
    const connectors = { homeBssUrlTemplate, smsUrl: sms, faceUrl: face, paymentUrl: payment, renewalUrl: renewal }
    suite().service = await startServiceOn(
      world,
      database,
      { connectors: { ...connectors, smsInboundSecret: secret } },
      { clock: { now } },
    )
    const { url } = suite().service
    for (const client of [counter, beside]) client?.moveTo(url)
  }
  /** Time passes; sessions end with it. */
  async function after(milliseconds: number): Promise<void> {
    ahead = milliseconds
    await counter.signIn(clerk.staffId, clerk.password)
    await beside.signIn(supervisor.staffId, supervisor.password)
  }
  /** The gateway brings a reply now, by the clock of this test. */
  async function reply(from: string, text: string): Promise<string | undefined> {
    const body = JSON.stringify({ kind: 'reply', gatewayId: `again-${from}`, from, text, receivedAt: now() })
    const timestamp = String(now())
    const response = await fetch(`${suite().service.url}/v1/inbound/sms`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-gateway-timestamp': timestamp,
        'x-gateway-signature': gatewaySignature(secret, timestamp, body),
      },
      body,
    })
    return ((await response.json()) as { outcome?: string }).outcome
  }
  const warnedAgain = async ({ entry }: PreparedCase) =>
    (await suite().world.messagesTo(entry.msisdn)).filter(({ template }) => template === 'warningAgain')

  beforeAll(async () => {
    await restart()
    const { service, world } = suite()
    counter = await createCounterClient(service.url, { now })
    await counter.enrol(enrolment.second)
    beside = await createCounterClient(service.url, { now })
    await beside.enrol(enrolment.third)
    await after(0)
    // At night a second person looks as well.
    const resetLately = async () =>
      prepareCase(counter, world, await world.someone('password-reset'), { also: ['nightHours'] })
    goesOn = await resetLately()
    stopped = await resetLately()
    for (const one of [goesOn, stopped]) {
      await handIn(counter, one)
      await followOrder(counter, one.order.orderId, ({ stage }) => stage === 'coolingOff')
    }
    const premium = await prepareCase(counter, world, await world.someone('premium'), { skipApprovals: true })
    const answer = await counter.call<ApprovalRequestView>('POST', '/v1/approval-requests', {
      requestId: counter.randomCaseId(),
      caseId: premium.caseId,
      caseNumber: premium.order.caseNumber,
      preCheckId: premium.preCheck.preCheckId,
      subject: 'premiumNumber',
      reason: '机主本人到场',
    })
    if (!answer.ok) throw new Error(answer.error.code)
    asked = answer.value
  })

  it('a wish for a second person that nobody answers in half an hour is over, and the store hears it', async () => {
    await after(29 * minuteMs)
    await wait(2_000)
    const open = await counter.changes(0)
    const statesOf = (answer: typeof open) =>
      answer.ok
        ? answer.value.changes.flatMap((change) =>
            change.kind === 'approvalRequest' && change.request.requestId === asked.requestId
              ? [change.request.state]
              : [],
          )
        : []
    expect(statesOf(open).at(-1)).toBe('open')
    await after(31 * minuteMs)
    await expect.poll(async () => statesOf(await counter.changes(0)).at(-1), { timeout: 15_000 }).toBe('expired')
    expect(
      await beside.call('POST', `/v1/approval-requests/${asked.requestId}/decision`, {
        decision: 'grant',
        reason: '已核对影像',
        password: supervisor.password,
      }),
    ).toMatchObject({ error: { code: 'approval.expired' } })
  })

  it('the number is warned once more three hours before the wait ends, also over a restart, and not before', async () => {
    await after(20.5 * hourMs)
    await restart()
    await wait(2_500)
    for (const one of [goesOn, stopped]) expect(await warnedAgain(one)).toEqual([])
    await after(21 * hourMs + minuteMs)
    for (const one of [goesOn, stopped])
      await expect.poll(async () => (await warnedAgain(one)).length, { timeout: 20_000 }).toBe(1)
    // Once is once, however often the order is looked at.
    await restart()
    await wait(2_500)
    for (const one of [goesOn, stopped]) expect(await warnedAgain(one)).toHaveLength(1)
  })

  it('the stop word of the second warning stops the order as that of the first does', async () => {
    const { world } = suite()
    const [again] = await warnedAgain(stopped)
    const first = (await world.messagesTo(stopped.entry.msisdn)).find(({ template }) => template === 'warning')!
    const codeIn = (text: string) => /TZ(\d{6})/.exec(text)?.[1]
    expect(codeIn(again!.text)).toBe(codeIn(first.text))
    expect(await reply(stopped.entry.msisdn, `TZ${codeIn(again!.text)}`)).toBe('stopped')
    const order = await followOrder(counter, stopped.order.orderId, ({ stage }) => stage === 'stopped')
    expect(codesOf(order)).not.toContain('dispatched')
  })

  it('the wait ends to the minute: not a minute early, then the order goes its way', async () => {
    await after(23 * hourMs + 50 * minuteMs)
    await wait(2_500)
    const { orderId } = goesOn.order
    expect((await followOrder(counter, orderId, () => true)).events.map(({ code }) => code)).not.toContain('dispatched')
    await restart()
    await after(24 * hourMs + minuteMs)
    const done = await followOrder(counter, orderId, ({ stage }) => stage === 'deactivated')
    expect(codesOf(done).indexOf('coolingOff')).toBeLessThan(codesOf(done).indexOf('dispatched'))
    expect(await warnedAgain(goesOn)).toHaveLength(1)
  })

  it('ten codes a day go to one number, the eleventh waits for the next day', async () => {
    const { world } = suite()
    const { msisdn } = await world.someone('clean')
    const morning = startOfDay(addDays(shanghaiDate(Date.now()), 3)) + 9 * hourMs - Date.now()
    const send = async () => {
      const answer = await counter.post('sendOneTimeCode', { caseId: counter.randomCaseId(), msisdn })
      return answer.ok ? 'sent' : answer.error.code
    }
    const answers: string[] = []
    for (let code = 0; code < 11; code++) {
      await after(morning + code * 6 * minuteMs)
      answers.push(await send())
    }
    expect(answers).toEqual([...Array(10).fill('sent'), 'proof.codeLimit'])
    expect((await world.messagesTo(msisdn)).filter(({ template }) => template === 'otp')).toHaveLength(10)
    await after(morning + 24 * hourMs)
    expect(await send()).toBe('sent')
  })
})
