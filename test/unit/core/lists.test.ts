import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Counter, openCounter, remoteNumber } from '../../support/core/core-harness.ts'
import { preCheckedCase, signIn } from '../../support/core/counter-steps.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

const many = 10_000
let service: ServiceDouble
let counter: Counter

beforeAll(async () => {
  service = await startServiceDouble()
  counter = await openCounter(service.url)
  await signIn(counter)
  const { case: case_ } = await preCheckedCase(counter, 7)
  const row = (await counter.store.get('SELECT * FROM counter_case'))!
  const document = JSON.parse(String(row.document))
  await counter.store.transaction(async (tx) => {
    for (let index = 1; index <= many; index += 1) {
      const caseId = crypto.randomUUID()
      const caseNumber = `SZ2511-${String(index).padStart(5, '0')}`
      const msisdn = `139${String(index).padStart(8, '0')}`
      const createdAt = case_.createdAt - index * 60_000
      const next = { ...document, caseId, caseNumber, msisdn, createdAt, state: 'abandoned' }
      const name = index === 5000 ? '欧阳文静' : '张三丰'
      tx.run(
        `INSERT INTO counter_case (case_id, case_number, case_number_reversed, msisdn, msisdn_reversed, name, masked_name,
           state, status, is_open, created_at, created_on, updated_at, document)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'abandoned', 'abandoned', 0, ?, '2025-11-01', ?, ?)`,
        [
          ...[caseId, caseNumber, [...caseNumber].reverse().join(''), msisdn, [...msisdn].reverse().join('')],
          ...[name, '**丰', createdAt, createdAt, JSON.stringify(next)],
        ],
      )
    }
  })
}, 60_000)
afterAll(async () => {
  await counter.close()
  await service.close()
})

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 9; round += 1) {
    const begun = performance.now()
    await work()
    times.push(performance.now() - begun)
  }
  return times.sort((a, b) => a - b)[4]!
}

test('pages follow each other without gap or repetition, newest first', async () => {
  const seen: string[] = []
  let cursor: string | undefined
  for (let page = 0; page < 6; page += 1) {
    const list = await counter.done('case.list', { filter: 'all', limit: 25, ...(cursor ? { cursor } : {}) })
    seen.push(...list.rows.map((row) => row.caseNumber))
    cursor = list.nextCursor
  }
  expect(new Set(seen).size).toBe(150)
  expect(seen[1]).toBe('SZ2511-00001')
  expect(seen[149]).toBe('SZ2511-00149')
  const { counts } = await counter.done('case.list', { filter: 'today', limit: 1 })
  expect(counts).toEqual({ today: 1, forMe: 1, waitingHome: 0, completed: 0, all: many + 1 })
  expect(await counter.call('case.list', { filter: 'all', cursor: "1' OR 1=1" })).toMatchObject({
    error: { code: 'request.malformed', field: 'cursor' },
  })
})

test('a case is found by beginning and end of its number, by name and by case number', async () => {
  const search = async (text: string) => (await counter.done('case.search', { text })).rows.map((row) => row.caseNumber)
  expect(await search('139 0000 4711')).toEqual(['SZ2511-04711'])
  expect(await search('4711')).toContain('SZ2511-04711')
  expect(await search('欧阳')).toEqual(['SZ2511-05000'])
  expect(await search('SZ2511-04711')).toEqual(['SZ2511-04711'])
  expect(await search('sz2511-0471')).toHaveLength(10)
  expect(await search('王小明')).toHaveLength(1)
  expect(await search(remoteNumber(7))).toHaveLength(1)
  expect(await search('%')).toEqual([])
  expect(await search('不存在')).toEqual([])
})

test('a line never shows a whole name', async () => {
  const { rows } = await counter.done('case.search', { text: '欧阳' })
  expect(rows[0]!.maskedName).toBe('欧**静')
})

test('ten thousand cases do not slow the desk down', async () => {
  // Ten times the usual time: this is about indexes that are missing, not about a busy machine.
  expect(await median(() => counter.done('case.list', { filter: 'forMe' }))).toBeLessThan(100)
  expect(await median(() => counter.done('case.search', { text: '4711' }))).toBeLessThan(100)
  expect(await median(() => counter.done('desk.view'))).toBeLessThan(100)
})
