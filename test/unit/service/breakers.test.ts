import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createBreakers } from '../../../service/src/connectors/breakers.ts'

const away = async () => ({ outcome: 'unavailable' })
const well = async () => ({ outcome: 'ok' })

test('a system that does not answer is given a rest, then tried with one call, and others are asked meanwhile', async () => {
  const breakers = createBreakers({ failures: 3, restMs: 60 })
  let asked = 0
  const ask = () => {
    asked += 1
    return away()
  }
  for (let i = 0; i < 3; i += 1) expect(await breakers.through('bss:CTCC:14', ask)).toEqual({ outcome: 'unavailable' })
  expect(await breakers.through('bss:CTCC:14', ask)).toBeUndefined()
  expect(asked).toBe(3)
  expect(await breakers.through('bss:CTCC:11', well)).toEqual({ outcome: 'ok' })
  expect(breakers.view()).toEqual([
    { target: 'bss:CTCC:14', state: 'open' },
    { target: 'bss:CTCC:11', state: 'closed' },
  ])
  await wait(80)
  expect(await breakers.through('bss:CTCC:14', ask)).toEqual({ outcome: 'unavailable' })
  expect(await breakers.through('bss:CTCC:14', well)).toBeUndefined()
  await wait(80)
  expect(await breakers.through('bss:CTCC:14', well)).toEqual({ outcome: 'ok' })
  expect(breakers.view()[0]).toEqual({ target: 'bss:CTCC:14', state: 'closed' })
})

test('refusals and nonsense are answers: only silence counts', async () => {
  const breakers = createBreakers({ failures: 2, restMs: 1_000 })
  for (const outcome of ['refused', 'unexpected', 'refused', 'unexpected'])
    expect(await breakers.through('sms', async () => ({ outcome }))).toEqual({ outcome })
})
