import { expect, test } from 'vitest'
import { createConnection } from '../../../src/main/core/connection.ts'
import { createEmitter } from '../../../src/main/core/emitter.ts'
import type { AppEvent } from '../../../src/shared/contract/events.ts'

function connectionAt(start: number) {
  let now = start
  const told: AppEvent[] = []
  const events = createEmitter({ info() {}, warn() {}, error() {} } as never)
  events.on((event) => told.push(event))
  const connection = createConnection({
    clock: { now: () => now, sleep: async () => {} } as never,
    session: () => ({ current: () => ({}) }) as never,
    events,
  })
  return { connection, told, pass: (ms: number) => (now += ms) }
}

test('the window hears of a newer contact, so that the age it shows is true', () => {
  const { connection, told, pass } = connectionAt(1_000_000)
  connection.answered()
  expect(told).toHaveLength(1)
  pass(4_999)
  connection.answered()
  expect(told).toHaveLength(1)
  pass(1)
  connection.answered()
  expect(told.at(-1)).toMatchObject({
    name: 'connection.changed',
    payload: { state: 'online', lastContactAt: 1_005_000 },
  })
  expect(told).toHaveLength(2)
})

test('going silent and coming back is told at once', () => {
  const { connection, told, pass } = connectionAt(1_000_000)
  connection.answered()
  pass(10)
  connection.silent()
  connection.answered()
  expect(told.map((event) => event.name === 'connection.changed' && event.payload.state)).toEqual([
    'online',
    'offline',
    'online',
  ])
})
