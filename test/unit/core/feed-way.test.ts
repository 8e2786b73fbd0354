import { describe, expect, test } from 'vitest'
import type { FollowOutcome } from '../../../src/main/core/service-client/follow-changes.ts'
import { createFeedWay } from '../../../src/main/core/sync/feed-way.ts'
import { createStreamReader } from '../../../src/shared/protocol/change-stream.ts'

function wayOf(canStream = true) {
  const changes: string[] = []
  return { way: createFeedWay(canStream, (name) => changes.push(name)), changes }
}
const brokenOff: FollowOutcome = { kind: 'over', reason: undefined, aged: false }

/** Questions until a stream is tried again. */
function pollsUntilStream(way: ReturnType<typeof wayOf>['way']): number {
  let polls = 0
  while (!way.streams()) {
    way.polled(true)
    polls += 1
  }
  return polls
}

describe('the way changes come', () => {
  test('by a stream, where the line can carry one', () => {
    expect(wayOf().way.streams()).toBe(true)
    expect(wayOf(false).way.streams()).toBe(false)
  })

  test('a stream that is not heard is only to blame when a question is answered', () => {
    const { way, changes } = wayOf()
    way.streamed({ kind: 'unheard' })
    expect([way.streams(), way.probes()]).toEqual([false, true])
    way.polled(false)
    expect([way.streams(), changes]).toEqual([true, []])
    way.streamed({ kind: 'unheard' })
    way.polled(true)
    expect([way.streams(), way.probes(), changes]).toEqual([false, false, ['poll']])
  })

  test('where streams keep failing they are tried less and less often, and as before once one has run', () => {
    const { way } = wayOf()
    const counts = [1, 2, 3, 4, 5, 6, 7].map(() => {
      way.streamed({ kind: 'unheard' })
      return pollsUntilStream(way)
    })
    // The question that found out, and those after it.
    expect(counts).toEqual([16, 31, 61, 121, 241, 241, 241])
    way.streamed({ kind: 'over', reason: 'expired', aged: true })
    way.streamed({ kind: 'unheard' })
    expect(pollsUntilStream(way)).toBe(16)
  })

  test('questions that are not answered do not count, and a lost line says nothing about streams', () => {
    const { way } = wayOf()
    for (let outage = 0; outage < 5; outage += 1) {
      way.streamed({ kind: 'offline' })
      if (way.probes()) way.polled(false)
      expect(way.streams()).toBe(true)
    }
    way.streamed({ kind: 'busy', retryAfterMs: 5000 })
    for (let index = 0; index < 100; index += 1) way.polled(false)
    expect(way.streams()).toBe(false)
    expect(pollsUntilStream(way)).toBe(15)
  })

  test('one that breaks off may be chance, three in a row are not', () => {
    const { way } = wayOf()
    way.streamed(brokenOff)
    way.streamed(brokenOff)
    way.streamed({ kind: 'over', reason: undefined, aged: true })
    way.streamed(brokenOff)
    way.streamed(brokenOff)
    expect(way.streams()).toBe(true)
    way.streamed(brokenOff)
    expect(way.probes()).toBe(true)
  })

  test('where no stream is to be had at all although questions are answered, it is asked instead', () => {
    const { way } = wayOf()
    way.streamed({ kind: 'offline' })
    expect(way.streams()).toBe(true)
    way.streamed({ kind: 'offline' })
    expect(way.probes()).toBe(true)
    way.polled(true)
    expect(way.streams()).toBe(false)
  })

  test('two counters with one key do not throw each other out for ever', () => {
    const { way } = wayOf()
    way.streamed({ kind: 'over', reason: 'replaced', aged: true })
    expect(way.streams()).toBe(false)
  })
})

describe('reading a stream', () => {
  test('in whatever pieces it arrives', () => {
    const text =
      'event: status\ndata: {"serviceTime":1,"acceptedJobs":2,"nextInSeconds":15}\n\nevent: unheardOf\ndata: {}\n\nevent: end\ndata: {"reason":"closing"}\n\n'
    for (const size of [1, 7, 1000]) {
      const read = createStreamReader()
      const events = (text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).flatMap(read)
      expect(events).toEqual([
        { event: 'status', status: { serviceTime: 1, acceptedJobs: 2, nextInSeconds: 15 } },
        { event: 'end', reason: 'closing' },
      ])
    }
  })

  test('an event that never ends does not fill the memory', () => {
    const read = createStreamReader()
    const piece = 'x'.repeat(1024 * 1024)
    expect(() => {
      for (let index = 0; index < 16; index += 1) read(piece)
    }).toThrow()
  })
})
