import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitEvents } from '../../../src/renderer/event-stream.ts'
import { takeToken } from '../../../src/renderer/http-bridge.ts'
import { firstLanguage } from '../../../src/renderer/language.ts'
import { hashOf, parseRoute, type Route } from '../../../src/renderer/routes.ts'

describe('the address of a place', () => {
  const route: fc.Arbitrary<Route> = fc.oneof(
    fc.constantFrom<Route>({ name: 'desk' }, { name: 'outbox' }),
    fc.record({ name: fc.constantFrom('case' as const, 'receipt' as const), caseId: fc.uuid() }),
  )
  test('leads back to the place', () => {
    fc.assert(
      fc.property(route, (place) => {
        expect(parseRoute(hashOf(place))).toEqual(place)
      }),
    )
  })
  test('anything else is the desk', () => {
    for (const hash of ['', '#', '#/', '#/case', '#/nowhere', '#token=abc'])
      expect(parseRoute(hash)).toEqual({ name: 'desk' })
  })
})

describe('the event stream', () => {
  test('gives the same events however it is cut on the way', () => {
    const stream = ': heartbeat\n\ndata: {"a":1}\n\ndata: {"b":\ndata: 2}\r\n\r\n: heartbeat\n\ndata: {"c":3}\n\n'
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 })), (cuts) => {
        const ends = [...new Set(cuts)].sort((a, b) => a - b)
        const events: string[] = []
        let rest = ''
        let from = 0
        for (const end of [...ends, stream.length]) {
          const split = splitEvents(rest + stream.slice(from, end))
          events.push(...split.events)
          rest = split.rest
          from = end
        }
        expect(events.map((event) => JSON.parse(event))).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }])
        expect(rest).toBe('')
      }),
    )
  })
})

describe('the token of this run', () => {
  function page(hash: string, kept?: string) {
    const storage = new Map(kept ? [['counterfoil.token', kept]] : [])
    const addresses: string[] = []
    return {
      storage,
      addresses,
      window: {
        location: { hash, pathname: '/', search: '' },
        history: { replaceState: (_: unknown, __: string, address: string) => addresses.push(address) },
        sessionStorage: {
          getItem: (key: string) => storage.get(key) ?? null,
          setItem: (key: string, value: string) => storage.set(key, value),
        },
      } as unknown as Window,
    }
  }
  test('is taken out of the address and kept for this window', () => {
    const { window, storage, addresses } = page('#token=s3cret')
    expect(takeToken(window)).toBe('s3cret')
    expect(addresses).toEqual(['/'])
    expect(storage.get('counterfoil.token')).toBe('s3cret')
  })
  test('survives a reload, where the address no longer has it', () => {
    expect(takeToken(page('#/desk', 's3cret').window)).toBe('s3cret')
    expect(takeToken(page('#/desk').window)).toBe('')
  })
})

test('before the core has answered the language is the system’s, Chinese when in doubt', () => {
  expect(firstLanguage(['en-GB', 'zh-CN'])).toBe('en')
  expect(firstLanguage(['fr', 'zh-TW', 'en'])).toBe('zh-CN')
  expect(firstLanguage([])).toBe('zh-CN')
})
