import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { JobResult, OrderSubmit } from '../../../src/shared/protocol/jobs.ts'
import {
  chengduSupervisor,
  clerk,
  codesOf,
  followOrder,
  type PreparedCase,
  prepareCase,
  submitJob,
  supervisor,
} from '../../support/counter-journey.ts'
import { onBothDatabases } from '../../support/service-suite.ts'

type Said = OrderSubmit['acknowledgedBlockers']

onBothDatabases('findings', (suite) => {
  const override = (prepared: PreparedCase, changes: object = {}) =>
    suite().counter.post('overrideBlocker', {
      caseId: prepared.caseId,
      preCheckId: prepared.preCheck.preCheckId,
      code: 'DISPUTE_OPEN',
      reason: '客户书面放弃争议',
      approver: supervisor,
      ...changes,
    })

  /** Sends jobs again while the service asks to wait, as a counter does. */
  async function patiently(jobs: unknown[]): Promise<JobResult[]> {
    for (;;) {
      try {
        return await suite().counter.sendJobs(jobs)
      } catch (error) {
        if (!String(error).includes('connection.busy')) throw error
        await wait(500)
      }
    }
  }

  /** Hands a prepared case in with other parts; answers why it was refused, or nothing. */
  async function refusalOf(prepared: PreparedCase, changes: Partial<OrderSubmit>) {
    const { counter } = suite()
    const [answer] = await patiently([submitJob(counter, prepared, { ...prepared.order, ...changes })])
    return answer?.outcome === 'refused' ? answer.error : answer?.outcome
  }

  async function prepared(scenario: string): Promise<PreparedCase> {
    const { counter, world } = suite()
    const ready = await prepareCase(counter, world, await world.someone(scenario))
    const results = await patiently(ready.jobsBefore)
    expect(results.map(({ outcome }) => outcome)).toEqual(ready.jobsBefore.map(() => 'accepted'))
    return ready
  }

  it('a soft finding is overridden by a supervisor the service has seen, and by nobody else', async () => {
    const { counter, chengdu } = suite()
    const ready = await prepared('combination-soft-only')
    expect(await override(ready, { code: 'STATE_LOST' })).toMatchObject({ error: { code: 'case.blockerUnknown' } })
    expect(await override(ready, { approver: { ...supervisor, password: 'wrong-password' } })).toMatchObject({
      error: { code: 'approval.credentials' },
    })
    expect(await override(ready, { approver: clerk })).toMatchObject({ error: { code: 'approval.wrongRole' } })
    expect(await override(ready, { approver: chengduSupervisor })).toMatchObject({
      error: { code: 'approval.wrongRole' },
    })
    expect(await override(ready, { caseId: counter.randomCaseId() })).toMatchObject({
      error: { code: 'case.preCheckMissing' },
    })
    expect(
      await chengdu.post('overrideBlocker', {
        caseId: ready.caseId,
        preCheckId: ready.preCheck.preCheckId,
        code: 'DISPUTE_OPEN',
        reason: '别处的值班长',
        approver: chengduSupervisor,
      }),
    ).toMatchObject({ error: { code: 'case.preCheckMissing' } })
    const granted = await override(ready)
    if (!granted.ok) throw new Error(granted.error.code)
    expect(granted.value).toMatchObject({ code: 'DISPUTE_OPEN', approverId: supervisor.staffId })

    const family = { code: 'FAMILY_NET_MEMBER', reason: '已说明', level: 'clerk' as const }
    const dispute = { code: 'DISPUTE_OPEN', reason: '客户书面放弃争议' }
    const said = (...acknowledgedBlockers: Said) => ({ acknowledgedBlockers })
    const blocked = (blocker: string) => ({ code: 'case.blocked', params: { blocker } })
    expect(await refusalOf(ready, said(family))).toMatchObject(blocked('DISPUTE_OPEN'))
    // A counter that only says so is not believed.
    expect(await refusalOf(ready, said(family, { ...dispute, level: 'supervisor' }))).toMatchObject(
      blocked('DISPUTE_OPEN'),
    )
    const forged = { ...dispute, level: 'supervisor' as const, overrideId: counter.randomCaseId() }
    expect(await refusalOf(ready, said(family, forged))).toMatchObject(blocked('DISPUTE_OPEN'))
    const real = { ...forged, overrideId: granted.value.overrideId, staffId: supervisor.staffId }
    expect(await refusalOf(ready, said(real))).toMatchObject(blocked('FAMILY_NET_MEMBER'))
    expect(await refusalOf(ready, said(family, real))).toBe('accepted')
    await followOrder(counter, ready.order.orderId, (order) => order.stage === 'deactivated')
  })

  it('a decision for one case does not open another', async () => {
    const [first, second] = [await prepared('combination-soft-only'), await prepared('finding-DISPUTE_OPEN')]
    const granted = await override(first)
    if (!granted.ok) throw new Error(granted.error.code)
    const stolen = {
      code: 'DISPUTE_OPEN',
      reason: 'x',
      level: 'supervisor' as const,
      overrideId: granted.value.overrideId,
    }
    expect(await refusalOf(second, { acknowledgedBlockers: [stolen] })).toMatchObject({ code: 'case.blocked' })
  })

  it('hard is hard: no supervisor overrides it, no acknowledgement gets round it', async () => {
    const ready = await prepared('finding-STATE_LOST')
    expect(await override(ready, { code: 'STATE_LOST' })).toMatchObject({ error: { code: 'case.notOverridable' } })
    const said = { code: 'STATE_LOST', reason: 'x', level: 'supervisor' as const, overrideId: ready.caseId }
    expect(await refusalOf(ready, { acknowledgedBlockers: [said] })).toMatchObject({ code: 'case.blocked' })
    const unknown = await prepared('combination-unknown-code')
    const own = { code: 'X_ZJ_7731', reason: 'x', level: 'supervisor' as const }
    expect(await refusalOf(unknown, { acknowledgedBlockers: [own] })).toMatchObject({ code: 'case.blocked' })
  })

  it('a bundle goes with the order: every task is checked, carried out at home and told', async () => {
    const { counter } = suite()
    const ready = await prepared('combination-bundle')
    const { bundleMembers, agreements } = ready.preCheck.account
    const devices = agreements[0]!.devices
    const number = (relation: string) => bundleMembers.find((member) => member.relation === relation)!.msisdn
    const by = { staffId: clerk.staffId, at: ready.preCheck.checkedAt }
    const ordered = (
      [
        ['releaseSecondaryCard', number('secondaryCard')],
        ['dissolveFamilyGroup', number('familyMember')],
        ['endPayingForOthers', number('paidFor')],
        ['unbindDevice', '手表'],
      ] as const
    ).map(([action, subject]) => ({ action, subject, way: 'withOrder' as const, ...by }))
    const back = devices.map(({ id }) => ({
      action: 'returnDevice' as const,
      subject: id,
      way: 'here' as const,
      serial: id,
      ...by,
    }))
    const wrong = { ...back[0]!, serial: 'NOT-THIS-ONE' }
    const foreign = { ...ordered[0]!, subject: '13900000000' }
    const cheap = { ...ordered[0]!, way: 'here' as const }
    expect(await refusalOf(ready, {})).toMatchObject({ code: 'case.blocked' })
    expect(await refusalOf(ready, { tasks: ordered.slice(1) })).toMatchObject({ code: 'case.blocked' })
    expect(await refusalOf(ready, { tasks: [...ordered, wrong] })).toMatchObject({ code: 'task.serialDiffers' })
    expect(await refusalOf(ready, { tasks: [...ordered, foreign] })).toMatchObject({ code: 'task.unknown' })
    expect(await refusalOf(ready, { tasks: [...ordered.slice(1), cheap] })).toMatchObject({
      code: 'task.wayNotAllowed',
    })
    expect(await refusalOf(ready, { tasks: [...ordered, ...back] })).toBe('accepted')
    const order = await followOrder(counter, ready.order.orderId, ({ stage }) => stage === 'deactivated')
    expect(codesOf(order).filter((code) => code === 'remedyDone')).toHaveLength(4)
  })
})
