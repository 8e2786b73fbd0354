import { expect, test } from 'vitest'
import { readCase, writeCase } from '../../../src/main/core/cases/case-store.ts'
import type { Store } from '../../../src/main/core/storage/store.ts'
import { recallSubmitted } from '../../../src/main/core/sync/recall-submitted.ts'
import { sha256 } from '../../../src/main/devices/machine/system-ports.ts'
import type { Instant } from '../../../src/shared/domain/calendar.ts'
import type { Case } from '../../../src/shared/domain/case.ts'
import { lookUpSegment } from '../../../src/shared/domain/segments.ts'
import type { TakenJob } from '../../../src/shared/protocol/reconciliation.ts'
import { draft } from '../../support/case-in-order.ts'
import { remoteNumber, testResources } from '../../support/core/core-harness.ts'
import { emptyStore } from '../../support/empty-store.ts'

const at = 1_790_000_000_000 as Instant
const ports = { clock: { now: () => at, sleep: async () => {} }, resources: testResources, sha256 }
const uuid = (letter: string) => `${letter.repeat(8)}-0000-7000-8000-000000000000`
const msisdn = remoteNumber(17) as Case['msisdn']

/** A submission as the service knows it. */
function submission(letter: string, changes: Partial<TakenJob> = {}): TakenJob {
  const id = uuid(letter).replace('-7', '-9')
  return {
    sequence: 5,
    id,
    lane: uuid(letter),
    kind: 'order.submit',
    msisdn,
    staffId: '100217',
    staffName: '林晓雯',
    receipt: { jobId: id, receivedAt: at, bodySha256: 'a'.repeat(64), effect: {} } as TakenJob['receipt'],
    order: {
      orderId: uuid(letter).replace('-8', '-9'),
      caseNumber: `SZ2611-0000${letter}`,
      carrier: 'CUCC',
      homeProvince: '14',
      maskedName: '王*明',
    },
    ...changes,
  }
}
function begun(letter: string, changes: Partial<Case> = {}): Case {
  const segment = lookUpSegment(msisdn, testResources.segments)
  if (!segment.ok) throw new Error(segment.error.code)
  return draft({
    caseId: uuid(letter),
    caseNumber: `SZ2611-0000${letter}`,
    msisdn,
    segment: segment.value,
    createdAt: at,
    updatedAt: at,
    clerkName: '林晓雯',
    ...changes,
  })
}
const recall = (store: Store, ...jobs: TakenJob[]) =>
  store.transaction((tx) => recallSubmitted(tx, ports as never, jobs))
const open = (store: Store) => store.query('SELECT case_id FROM counter_case WHERE is_open = 1')

test('a submitted case of which nothing is left comes back as far as the service tells of it', async () => {
  const store = await emptyStore(at)
  expect(await recall(store, submission('a'))).toBe(1)
  expect(await readCase(store, uuid('a'))).toMatchObject({
    state: 'submitted',
    caseNumber: 'SZ2611-0000a',
    clerkName: '林晓雯',
    submittedAt: at,
    recalled: { carrier: 'CUCC', maskedName: '王*明' },
  })
  const audit = await store.query('SELECT action, case_id FROM audit')
  expect(audit).toEqual([{ action: 'case.recalled', case_id: uuid('a') }])
  await store.close()
})

test('of two of one number the later one is open, and both are there', async () => {
  const store = await emptyStore(at)
  expect(await recall(store, submission('a'), submission('b', { sequence: 9 }))).toBe(2)
  expect(await open(store)).toEqual([{ case_id: uuid('b') }])
  await store.close()
})

test('a draft begun anew gives way, one with its money does not; a draft that was submitted is submitted', async () => {
  const store = await emptyStore(at)
  await store.transaction((tx) => writeCase(tx, ports as never, begun('e')))
  expect(await recall(store, submission('a'))).toBe(1)
  expect((await readCase(store, uuid('e')))!.state).toBe('abandoned')
  expect(await open(store)).toEqual([{ case_id: uuid('a') }])
  await store.close()

  const paid = await emptyStore(at)
  const payment = {
    paymentId: uuid('d'),
    caseId: uuid('e'),
    msisdn,
    carrier: 'CUCC',
    homeProvince: '14',
    method: 'cash',
    amountFen: 4200,
    receiptNumber: 'SZ2611-0000e-1',
    takenAt: at,
    allocations: [{ kind: 'unbilled', amountFen: 4200 }],
  } as unknown as Case['payments'][number]
  await paid.transaction((tx) => writeCase(tx, ports as never, begun('e', { payments: [payment] })))
  expect(await recall(paid, submission('a'))).toBe(0)
  expect(await recall(paid, submission('e'))).toBe(0)
  expect(await readCase(paid, uuid('e'))).toMatchObject({ state: 'submitted', payments: [{ amountFen: 4200 }] })
  await paid.close()
})

test('a case number that was given again meanwhile is told apart; a service that says nothing of its order brings nothing back', async () => {
  const store = await emptyStore(at)
  const other = remoteNumber(18) as Case['msisdn']
  await store.transaction((tx) =>
    writeCase(tx, ports as never, begun('e', { msisdn: other, caseNumber: 'SZ2611-0000a' })),
  )
  await recall(store, submission('a'))
  expect((await readCase(store, uuid('a')))!.caseNumber).toBe('SZ2611-0000a-2')
  expect(await recall(store, submission('b', { order: undefined }))).toBe(0)
  expect(await recall(store, submission('c', { msisdn: '' }))).toBe(0)
  await store.close()
})
