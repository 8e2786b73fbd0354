import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bss, type OutsideWorld, openWorld, orderFor } from './outside-world.ts'

let folder: string
let world: OutsideWorld
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outside-'))
  world = await openWorld({ dataFolder: folder })
})
afterEach(async () => {
  await world.close()
  rmSync(folder, { recursive: true })
})

async function restart(): Promise<void> {
  await world.close()
  world = await openWorld({ dataFolder: folder })
}

describe('a changing request', () => {
  it('gives the same answer for the same key and body, 409 for another body, 400 without a key', async () => {
    const entry = await world.entry('clean')
    const path = `${bss(entry)}/service-orders`
    const order = orderFor(entry, 'once')
    const first = await world.post(path, order, 'key')
    expect(await world.post(path, order, 'key')).toEqual(first)
    expect((await world.post(path, { ...order, clerk: '1002' }, 'key')).status).toBe(409)
    expect((await world.post(path, order)).status).toBe(400)
  })

  it('has one effect when sent many times at once', async () => {
    const entry = await world.entry('clean')
    const path = `${bss(entry)}/service-orders`
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.post(path, orderFor(entry, 'burst'), 'burst')),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  })

  it('has one effect when its answer is lost and it is sent again', async () => {
    const entry = await world.entry('arrears')
    const payment = {
      msisdn: entry.msisdn,
      correlatorId: 'lost',
      amountLi: 59_000,
      allocations: [{ kind: 'bill', ref: `B${entry.msisdn}-1`, amountLi: 59_000 }],
    }
    await world.control({
      targets: { [`bss:${entry.carrier}:${entry.province}`]: { next: { answerLost: 1 }, only: ['payments'] } },
    })
    await expect(world.post(`${bss(entry)}/payments`, payment, 'lost')).rejects.toThrow()
    expect((await world.post(`${bss(entry)}/payments`, payment, 'lost')).body).toMatchObject({ result: 'ok' })
    const account = (await world.post(`${bss(entry)}/pre-check`, { msisdn: entry.msisdn })).body.account as {
      bills: object[]
    }
    expect(account.bills).toMatchObject([{ unpaidLi: 0 }, { unpaidLi: 62_500 }])
  })

  it('is refused when malformed, and changes nothing', async () => {
    const entry = await world.entry('clean')
    const path = `${bss(entry)}/service-orders`
    const bad = await world.post(path, { ...orderFor(entry, 'bad'), expectedDueLi: 1.5 }, 'bad')
    expect(bad).toMatchObject({
      status: 400,
      body: { error: 'malformed', message: expect.stringContaining('expectedDueLi') },
    })
    expect((await world.post(path, orderFor(entry, 'bad'), 'bad')).body).toMatchObject({ result: 'ok' })
    expect((await world.post('/bss/XXXX/99/number-query', { msisdn: entry.msisdn })).status).toBe(400)
  })
})

describe('a restart', () => {
  it('keeps payments, orders, ended lines, messages and answers', async () => {
    const [ended, paying, waiting] = [
      await world.entry('clean'),
      await world.entry('arrears'),
      await world.entry('papers-returned'),
    ]
    await world.post(`${bss(ended)}/service-orders`, orderFor(ended, 'end'), '1')
    await world.get(`${bss(ended)}/service-orders/end`)
    await world.post(`${bss(ended)}/final-bill`, { orderId: 'end' }, '2')
    const end = await world.post(`${bss(ended)}/deactivation`, { orderId: 'end' }, '3')
    const allocations = [{ kind: 'bill', ref: `B${paying.msisdn}-1`, amountLi: 10_000 }]
    const payment = { msisdn: paying.msisdn, correlatorId: 'c', amountLi: 10_000, allocations }
    const paid = await world.post(`${bss(paying)}/payments`, payment, '4')
    await world.post(`${bss(waiting)}/service-orders`, orderFor(waiting, 'wait'), '5')
    const returned = await world.get(`${bss(waiting)}/service-orders/wait`)
    const message = { key: 's', to: ended.msisdn, text: '已销户', template: 'completed' }
    const sent = await world.post('/sms/messages', message)

    await restart()

    expect((await world.post(`${bss(ended)}/number-query`, { msisdn: ended.msisdn })).body).toMatchObject({
      state: 'terminated',
    })
    expect(await world.post(`${bss(ended)}/deactivation`, { orderId: 'end' }, '3')).toEqual(end)
    expect(await world.post(`${bss(paying)}/payments`, payment, '4')).toEqual(paid)
    expect((await world.post(`${bss(paying)}/payments`, { ...payment, amountLi: 1 }, '4')).status).toBe(409)
    const account = (await world.post(`${bss(paying)}/pre-check`, { msisdn: paying.msisdn })).body.account
    expect(account).toMatchObject({ bills: [{ unpaidLi: 49_000 }, { unpaidLi: 62_500 }] })
    expect(await world.get(`${bss(waiting)}/service-orders/wait`)).toEqual(returned)
    expect(await world.post('/sms/messages', message)).toEqual(sent)
    expect(await world.get(`/sms/messages?to=${ended.msisdn}`)).toHaveLength(1)
  })

  it('with another seed on the same folder is refused', async () => {
    await expect(openWorld({ dataFolder: folder, seed: 'other' })).rejects.toThrow(/another subscriber base/)
  })
})
