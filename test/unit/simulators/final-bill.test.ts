import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Line } from '../../../service/simulators/base/subscriber.ts'
import { reckonFinalBill } from '../../../service/simulators/bss/final-bill.ts'
import { receivedOrder } from '../../../service/simulators/bss/order-record.ts'
import { createWorld } from '../../../service/simulators/bss/world.ts'
import { liFromFen } from '../../../service/src/connectors/wire/li.ts'
import { serviceOrderRequestSchema } from '../../../service/src/connectors/wire/service-order.ts'
import { msisdnSchema } from '../../../src/shared/domain/scalars.ts'
import { base } from './try-out-base.ts'

const template = base.lines.find((line) => line.scenario === 'arrears')!
const msisdn = msisdnSchema.parse(template.msisdn)
const amount = fc.integer({ min: 0, max: 30_000 })

/** A line with any money on it, and the penalty and waiver of its one agreement. All in fen. */
const circumstances = fc.record({
  bills: fc.array(fc.record({ unpaidFen: amount, lateFen: amount }), { maxLength: 3 }),
  unbilledFen: amount,
  cashFen: amount,
  giftFen: amount,
  depositFen: amount,
  penaltyFen: amount,
  waivedShare: fc.integer({ min: 0, max: 100 }),
})

describe('the last bill', () => {
  it('comes to what the counter settled: nothing outstanding after paying it, and the same refund', () => {
    fc.assert(
      fc.property(circumstances, fc.infiniteStream(fc.nat({ max: 4 })), (given, order) => {
        const waivedFen = Math.floor((given.penaltyFen * given.waivedShare) / 100)
        const bills = given.bills.map((bill, i) => ({ ...template.bills[0]!, id: `B${i}`, unpaidFen: bill.unpaidFen }))
        const line: Line = {
          ...template,
          bills,
          unbilledFen: given.unbilledFen,
          depositFen: given.depositFen,
          buckets: [
            { id: 'K1', kind: 'cash', name: '现金账户', remainingFen: given.cashFen },
            { id: 'K2', kind: 'gift', name: '赠送账户', remainingFen: given.giftFen },
          ],
        }
        const charges = [
          ...given.bills.flatMap((bill, i) => [
            { kind: 'bill' as const, ref: `B${i}`, fen: bill.unpaidFen },
            { kind: 'lateFee' as const, ref: `B${i}`, fen: bill.lateFen },
          ]),
          { kind: 'unbilled' as const, fen: given.unbilledFen },
          { kind: 'penalty' as const, ref: 'A1', fen: given.penaltyFen - waivedFen },
        ]
        // The settlement's rule: charges less cash and deposit; positive is paid, negative is refunded.
        const totalFen = charges.reduce((sum, charge) => sum + charge.fen, 0) - given.cashFen - given.depositFen
        const world = createWorld(base, () => 0)
        let left = Math.max(0, totalFen)
        const allocations = [...charges]
          .map((charge) => ({ charge, rank: order.next().value as number }))
          .sort((one, other) => one.rank - other.rank)
          .map(({ charge: { fen, ...rest } }) => {
            const part = Math.min(left, fen)
            left -= part
            return { ...rest, amountLi: liFromFen(part) }
          })
        const amountLi = allocations.reduce((sum, allocation) => sum + allocation.amountLi, 0)
        const payment = { msisdn, correlatorId: 'c', amountLi, allocations }
        world.apply({ type: 'paymentPosted', at: 0, reference: 'r', payment })
        const request = serviceOrderRequestSchema.parse({
          orderId: 'o',
          msisdn,
          holder: {
            identificationType: 'RESIDENT_ID',
            identificationId: '11010519491231002X',
            name: '甲',
            validTo: null,
          },
          contact: { name: '乙', phone: '13800000000' },
          agreements: [
            {
              agreementId: 'A1',
              penaltyLi: liFromFen(given.penaltyFen),
              waivedLi: liFromFen(waivedFen),
              devicesReturned: [],
            },
          ],
          lateFees: given.bills.map((bill, i) => ({ billId: `B${i}`, amountLi: liFromFen(bill.lateFen) })),
          attachments: [],
          deadlineAt: 0,
          handlingProvince: '11',
          store: '店',
          clerk: '1',
          expectedDueLi: amountLi,
        })
        const record = receivedOrder({ type: 'orderReceived', at: 0, serviceOrderId: 'SO1', order: request }, 0)
        const { bill, refund } = reckonFinalBill(world, record, line)
        expect(bill.outstandingLi).toBe(0)
        expect(refund.cashLi + refund.depositLi).toBe(liFromFen(Math.max(0, -totalFen)))
        expect(refund.giftLi).toBe(liFromFen(given.giftFen))
        expect(bill.lines.reduce((sum, entry) => sum + entry.amountLi, 0)).toBe(0)
      }),
      { numRuns: 300 },
    )
  })
})
