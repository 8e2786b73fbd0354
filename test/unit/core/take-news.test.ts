import { expect, test } from 'vitest'
import { createNewsTaker } from '../../../src/main/core/sync/take-news.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import type { StreamEvent } from '../../../src/shared/protocol/change-stream.ts'
import { emptyStore } from '../../support/empty-store.ts'

const at = instant(1_790_000_000_000)

async function openTaker() {
  const store = await emptyStore(at)
  const told: string[] = []
  const taker = createNewsTaker({
    ports: {} as never,
    store,
    events: { on: () => () => {}, emit: () => {} },
    reconciler: { run: async () => {}, recall: async () => {} } as never,
    serviceTime: () => {},
    rulesTold: async (setDigest) => void told.push(setDigest),
  })
  return { taker, told, store }
}

function published(sequence: number, letter: string): StreamEvent {
  return { event: 'change', change: { sequence, at, kind: 'rules', rules: { setDigest: letter.repeat(64) } } }
}

test('rules published while a stream runs are asked for at once, not when the next status comes; of several sets the newest', async () => {
  const { taker, told, store } = await openTaker()
  const take = taker.fromStream(0)
  await take([published(1, 'a')])
  expect(told).toEqual(['a'.repeat(64)])
  await take([published(2, 'b'), published(3, 'c')])
  expect(told.slice(1)).toEqual(['c'.repeat(64)])
  await store.close()
})
