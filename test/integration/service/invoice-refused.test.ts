import { expect, it } from 'vitest'
import { clerk, codesOf, followOrder, handIn, prepareCase } from '../../support/counter-journey.ts'
import { homeBooks } from '../../support/home-books.ts'
import { onBothDatabases } from '../../support/service-suite.ts'

onBothDatabases('an invoice the home province does not take', (suite) => {
  it('holds the order with a ticket, and goes on once the store has corrected it; nothing happens twice', async () => {
    const { counter, world } = suite()
    const prepared = await prepareCase(counter, world, await world.someone('invoiced'))
    const [first, second] = prepared.order.invoices
    await world.control({ accounts: { [prepared.entry.msisdn]: { invoiceNumbers: { [second!.billId]: '99887766' } } } })
    await handIn(counter, prepared)
    const { orderId } = prepared.order
    const held = await followOrder(counter, orderId, (order) => codesOf(order).includes('invoiceRefused'))
    expect(held.stage).toBe('agreementsTerminated')
    expect(held.returnedFor).toEqual({
      code: 'INVOICE_REFUSED',
      params: {
        billId: second!.billId,
        invoiceNumber: second!.invoiceNumber,
        amountFen: second!.amountFen,
        cause: 'NUMBER_DIFFERS',
      },
    })
    expect(codesOf(held)).not.toContain('finalBill')
    const feed = await counter.changes(0)
    const tickets = feed.ok ? feed.value.changes.filter((change) => change.kind === 'ticket') : []
    expect(tickets.filter(({ ticket }) => ticket.kind === 'invoiceRefused' && ticket.orderId === orderId)).toHaveLength(
      1,
    )

    const correct = async (invoices: object[]) => {
      const payload = { orderId, attachments: [], note: '', corrections: { invoices } }
      const [answer] = await counter.sendJobs([
        counter.job('order.resupply', payload, { lane: prepared.caseId, staffId: clerk.staffId }),
      ])
      return answer
    }
    const differs = { outcome: 'refused', error: { code: 'invoice.differs' } }
    expect(await correct([{ ...second, billId: 'B-other' }])).toMatchObject(differs)
    expect(await correct([{ ...second, amountFen: 1 }])).toMatchObject(differs)
    // Wrong once more: the order says so with the number it was asked with, under the same ticket.
    expect(await correct([{ ...second, invoiceNumber: '11112222' }])).toMatchObject({ outcome: 'accepted' })
    await followOrder(counter, orderId, (order) => order.returnedFor?.params.invoiceNumber === '11112222')
    expect(await correct([{ ...second, invoiceNumber: '99887766' }])).toMatchObject({ outcome: 'accepted' })
    const done = await followOrder(counter, orderId, (order) => order.stage === 'deactivated')
    expect(done.returnedFor).toBeUndefined()
    const count = (code: string) => codesOf(done).filter((one) => one === code).length
    expect(['invoiceRefused', 'invoiceCorrected', 'invoiceVoided', 'finalBill'].map(count)).toEqual([2, 2, 2, 1])
    const voided = (await homeBooks(world)).invoices.filter((one) => one.orderId === orderId)
    expect(voided.map(({ amountLi }) => amountLi)).toEqual([first!.amountFen * 10, second!.amountFen * 10])
    expect(await correct([{ ...second, invoiceNumber: '99887766' }])).toMatchObject({
      outcome: 'refused',
      error: { code: 'order.notReturned' },
    })
  })
})
