import { expect, test } from 'vitest'
import { readCase, writeCase } from '../../../src/main/core/cases/case-store.ts'
import { recallMoney } from '../../../src/main/core/sync/recall-money.ts'
import { sha256 } from '../../../src/main/devices/machine/system-ports.ts'
import type { Instant } from '../../../src/shared/domain/calendar.ts'
import type { Case } from '../../../src/shared/domain/case.ts'
import type { Fen } from '../../../src/shared/domain/money.ts'
import { lookUpSegment } from '../../../src/shared/domain/segments.ts'
import type { PaymentTake } from '../../../src/shared/protocol/jobs.ts'
import type { TakenJob } from '../../../src/shared/protocol/reconciliation.ts'
import { draft } from '../../support/case-in-order.ts'
import { remoteNumber, testResources } from '../../support/core/core-harness.ts'
import { emptyStore } from '../../support/empty-store.ts'

const at = 1_790_000_000_000 as Instant
const ports = { clock: { now: () => at, sleep: async () => {} }, resources: testResources, sha256 }
const uuid = (letter: string) => `${letter.repeat(8)}-0000-7000-8000-000000000000`
const msisdn = remoteNumber(17) as Case['msisdn']
const segment = lookUpSegment(msisdn, testResources.segments)
if (!segment.ok) throw new Error(segment.error.code)

function paymentOf(caseId: string, letter: string): PaymentTake {
  return {
    paymentId: uuid(letter),
    caseId,
    msisdn,
    carrier: segment.ok ? segment.value.prefixCarrier : 'CMCC',
    homeProvince: '14',
    method: 'cash',
    amountFen: 4200 as Fen,
    receiptNumber: 'SZHQB3-2611-00007-1',
    takenAt: at,
    allocations: [{ kind: 'unbilled', amountFen: 4200 as Fen }],
  }
}

/** The job that told of a payment, as the service knows it. */
function told(payment: PaymentTake, kind = 'payment.take'): TakenJob {
  const id = payment.paymentId.replace('-7', '-9')
  return {
    sequence: 5,
    id,
    lane: payment.caseId,
    kind,
    msisdn,
    staffId: '100217',
    staffName: '林晓雯',
    receipt: { jobId: id, receivedAt: at, bodySha256: 'a'.repeat(64), effect: {} } as TakenJob['receipt'],
    ...(kind === 'payment.take' ? { payment } : {}),
  }
}

/** A case begun anew on the disk that was set back. */
function younger(changes: Partial<Case> = {}): Case {
  return draft({
    caseId: uuid('e'),
    caseNumber: 'SZHQB3-2611-00001',
    msisdn,
    segment: segment.ok ? segment.value : (undefined as never),
    createdAt: at,
    updatedAt: at,
    clerkName: '林晓雯',
    ...changes,
  })
}

async function afterRecall(jobs: TakenJob[], before: Case[] = []) {
  const store = await emptyStore(at)
  const { payments, cases } = await store.transaction(async (tx) => {
    for (const case_ of before) await writeCase(tx, ports, case_)
    const payments = await recallMoney(tx, ports, jobs)
    const ids = [...new Set([...before.map((one) => one.caseId), ...jobs.map((job) => job.lane)])]
    return { payments, cases: await Promise.all(ids.map((id) => readCase(tx, id))) }
  })
  await store.close()
  return { payments, cases }
}

test('a draft that is gone comes back with its number, its money and who took it', async () => {
  const payment = paymentOf(uuid('a'), 'b')
  const { payments, cases } = await afterRecall([told(payment)])
  expect(payments).toBe(1)
  expect(cases).toMatchObject([
    {
      caseId: uuid('a'),
      caseNumber: 'SZHQB3-2611-00007',
      msisdn,
      state: 'draft',
      clerkName: '林晓雯',
      payments: [payment],
      moneyRecalledAt: at,
    },
  ])
})

test('what is known already is not counted twice', async () => {
  const payment = paymentOf(uuid('e'), 'b')
  const { payments, cases } = await afterRecall([told(payment)], [younger({ payments: [payment] })])
  expect(payments).toBe(0)
  expect(cases[0]!.payments).toEqual([payment])
})

test('a case begun anew for the number gives way while it holds no money', async () => {
  const payment = paymentOf(uuid('a'), 'b')
  const { cases } = await afterRecall([told(payment)], [younger()])
  expect(cases).toMatchObject([{ state: 'abandoned' }, { state: 'draft', payments: [payment] }])
})

test('a case that holds money does not give way, and the other is kept for the record', async () => {
  const own = { ...paymentOf(uuid('e'), 'c'), receiptNumber: 'SZHQB3-2611-00001-1' }
  const payment = paymentOf(uuid('a'), 'b')
  const { cases } = await afterRecall([told(payment)], [younger({ payments: [own] })])
  expect(cases).toMatchObject([
    { state: 'draft', payments: [own] },
    { state: 'abandoned', payments: [payment] },
  ])
})

test('a case number that was given again does not keep the money out', async () => {
  const payment = paymentOf(uuid('a'), 'b')
  const other = younger({ caseNumber: 'SZHQB3-2611-00007', msisdn: remoteNumber(18) as Case['msisdn'] })
  const { cases } = await afterRecall([told(payment)], [other])
  expect(cases[1]).toMatchObject({ caseNumber: 'SZHQB3-2611-00007-1-2', state: 'draft' })
})

test('an order at the service needs no draft here', async () => {
  const payment = paymentOf(uuid('a'), 'b')
  const { payments, cases } = await afterRecall([told(payment), { ...told(payment, 'order.submit'), id: uuid('d') }])
  expect(payments).toBe(0)
  expect(cases).toEqual([undefined])
})
