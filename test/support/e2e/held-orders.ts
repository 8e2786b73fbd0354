import type { OrderView } from '../../../src/shared/protocol/changes.ts'
import type { Counter } from './open-counter.ts'
import { prepareCase, signCase } from './prepare-case.ts'
import { contactPhone } from './walk.ts'

/** Waits until the order of a case is as wanted. */
export async function untilOrder(
  { done }: Counter,
  caseId: string,
  wanted: (order: OrderView) => boolean,
): Promise<OrderView> {
  for (const until = Date.now() + 60_000; Date.now() < until; await new Promise((next) => setTimeout(next, 200))) {
    const { order } = await done('case.view', { caseId })
    if (order && wanted(order)) return order
  }
  throw new Error(`the order stays at ${(await done('case.view', { caseId })).order?.stage}`)
}

/** An order the home province has sent back for a paper. */
export async function returnedOrder(counter: Counter): Promise<string> {
  const { caseId } = (await prepareCase(counter, await counter.next('papers-returned'), 'settled')).case
  await signCase(counter, caseId)
  await counter.done('case.submit', { caseId })
  await untilOrder(counter, caseId, ({ stage }) => stage === 'returned')
  return caseId
}

/** An order that would cost more than was signed. */
export async function changedFiguresOrder(counter: Counter): Promise<string> {
  const person = await counter.next('clean')
  const { caseId } = (await prepareCase(counter, person, 'settled')).case
  await signCase(counter, caseId)
  await counter.control({ reviewFactor: 1000 })
  await counter.done('case.submit', { caseId })
  await untilOrder(counter, caseId, ({ stage }) => stage === 'homeReview')
  await counter.control({ accounts: { [person.msisdn]: { unbilledFen: 123_456 } } })
  await counter.control({ reviewFactor: 0 })
  await untilOrder(counter, caseId, ({ figures }) => figures !== undefined)
  return caseId
}

/** An order whose newest invoice the home province does not take, because its number is another one: `right`. */
export async function refusedInvoiceOrder(counter: Counter, right = '99887766'): Promise<string> {
  const person = await counter.next('invoiced')
  const view = await prepareCase(counter, person, 'checked')
  const { caseId } = view.case
  const bills = view.progress.moneyBack!.invoices
  await counter.control({ accounts: { [person.msisdn]: { invoiceNumbers: { [bills[0]!.id]: right } } } })
  await counter.done('case.saveSettlement', {
    caseId,
    contact: { name: person.person.name, phone: contactPhone as never },
    disconnectReason: 'moved',
    refund: { route: 'cash', holderName: person.person.name },
    invoices: bills.map(({ id: billId, amountFen }, index) => ({
      billId,
      way: 'originalReturned' as const,
      invoiceNumber: `0440190${index}`,
      amountFen,
    })),
  })
  await signCase(counter, caseId)
  await counter.done('case.submit', { caseId })
  await untilOrder(counter, caseId, ({ returnedFor }) => returnedFor?.code === 'INVOICE_REFUSED')
  return caseId
}
