import { expect, it } from 'vitest'
import type { OrderView } from '../../../src/shared/protocol/changes.ts'
import { chengduClerk, clerk, codesOf, followOrder, handIn, prepareCase } from '../../support/counter-journey.ts'
import { papersOf, proveHolder } from '../../support/proof-and-papers.ts'
import { onBothDatabases } from '../../support/service-suite.ts'

onBothDatabases('orders', (suite) => {
  it('cancels a clean number from acceptance to the end of the line', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('clean'))
    await handIn(counter, prepared)
    const order = await followOrder(counter, prepared.order.orderId, (one) => one.state === 'completed')
    expect(order.stage).toBe('deactivated')
    expect(codesOf(order)).toEqual(['accepted', 'dispatched', 'approved', 'finalBill', 'deactivated'])
    expect(order.effectiveAt).toBeGreaterThan(prepared.order.acceptedAt)
    expect(order.agingUntil).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    const told = await followOrder(
      counter,
      order.orderId,
      (one) => one.events.filter((event) => event.code === 'smsSent').length === 3,
    )
    expect(
      told.events
        .filter((e) => e.code === 'smsSent')
        .map((e) => e.params.template)
        .sort(),
    ).toEqual(['accepted', 'completed', 'warning'])
    expect((await world.messagesTo(prepared.entry.msisdn)).map((message) => message.template)).toContain('warning')
  })

  it('posts arrears with late fee first, which resumes the line', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('arrears'))
    expect(prepared.settlement.lines.some((line) => line.kind === 'lateFee')).toBe(true)
    await handIn(counter, prepared)
    const order = await followOrder(counter, prepared.order.orderId, (one) => one.state === 'completed')
    expect(codesOf(order).slice(0, 3)).toEqual(['accepted', 'paymentsPosted', 'dispatched'])
    expect(order.events.find((event) => event.code === 'paymentsPosted')?.params.amountFen).toBe(
      prepared.settlement.payableFen,
    )
  })

  it('ends a premium agreement at 18,388.50 with a second person', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('premium'))
    expect(prepared.order.agreements[0]!.quote.amountFen).toBe(1_838_850)
    await handIn(counter, prepared)
    const order = await followOrder(counter, prepared.order.orderId, (one) => one.state === 'completed')
    expect(codesOf(order)).toContain('agreementTerminated')
  })

  it('takes returned papers back to the home province', async () => {
    const { chengdu, world } = suite()
    const prepared = await prepareCase(chengdu, world, await world.someone('papers-returned', { notProvince: '51' }))
    await handIn(chengdu, prepared)
    const held = await followOrder(chengdu, prepared.order.orderId, (one) => one.state === 'held')
    expect(held.returnedFor).toEqual({ code: 'ATTACHMENT_UNUSABLE', params: { kind: 'documentBack' } })
    expect(held.resupplyBy).toBeGreaterThan(Date.now() + 47 * 3_600_000)
    const papers = await papersOf(chengdu, world, prepared.entry, prepared.caseId)
    const resupply = chengdu.job(
      'order.resupply',
      { orderId: prepared.order.orderId, attachments: [papers.references[1]], note: '已重拍' },
      { lane: prepared.caseId, staffId: chengduClerk.staffId },
    )
    const results = await chengdu.sendJobs([papers.jobs[1], resupply])
    expect(results.map((result) => result.outcome)).toEqual(['accepted', 'accepted'])
    const order = await followOrder(chengdu, prepared.order.orderId, (one) => one.state === 'completed')
    expect(codesOf(order)).toEqual([
      'accepted',
      'dispatched',
      'returned',
      'resupplied',
      'approved',
      'finalBill',
      'deactivated',
    ])
  })

  it('passes corrected contact details on, and uses them itself from then on', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('request-data'))
    await handIn(counter, prepared)
    const held = await followOrder(counter, prepared.order.orderId, (one) => one.state === 'held')
    expect(held.returnedFor).toEqual({ code: 'REQUEST_DATA_ERROR', params: { field: 'contact.name' } })
    const resupply = (contact: object) =>
      counter.job(
        'order.resupply',
        { orderId: prepared.order.orderId, attachments: [], corrections: { contact }, note: '' },
        { lane: prepared.caseId, staffId: clerk.staffId },
      )
    const [same] = await counter.sendJobs([resupply({ name: '李联系', phone: prepared.entry.msisdn })])
    expect(same).toMatchObject({ outcome: 'refused', error: { code: 'contact.sameNumber' } })
    const phone = `137${prepared.entry.msisdn.slice(3)}`
    const [corrected] = await counter.sendJobs([resupply({ name: '李联系', phone })])
    expect(corrected?.outcome).toBe('accepted')
    const done = (one: OrderView) => one.events.some((event) => event.params.template === 'completed')
    await followOrder(counter, prepared.order.orderId, done)
    expect((await world.messagesTo(phone)).map((message) => message.template)).toEqual(['completed'])
  })

  it('refuses to check a number without a living proof of the same case', async () => {
    const { counter, world } = suite()
    const entry = await world.someone('clean')
    const caseId = counter.randomCaseId()
    const proof = await proveHolder(counter, world, entry, caseId)
    const other = await counter.post('preCheck', {
      caseId: counter.randomCaseId(),
      msisdn: entry.msisdn,
      proofId: proof.proofId,
    })
    expect(other).toMatchObject({ ok: false, error: { code: 'proof.missing' } })
  })
})
