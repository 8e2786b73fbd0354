import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serviceOrderStateSchema } from '../../../service/src/connectors/wire/service-order.ts'
import { attachment, bss, type OutsideWorld, openWorld, orderFor, startedAt } from './outside-world.ts'

let world: OutsideWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

describe('returned papers', () => {
  it('come back once for the back of the document and are approved after resupply', async () => {
    const entry = await world.entry('papers-returned')
    const path = `${bss(entry)}/service-orders`
    await world.post(path, orderFor(entry, 'o-papers'), 'g1')
    const returned = serviceOrderStateSchema.parse(await world.get(`${path}/o-papers`))
    expect(returned).toMatchObject({
      state: 'returned',
      code: 'ATTACHMENT_UNUSABLE',
      params: { kind: 'document-back' },
      returnedAt: startedAt,
      resubmitBy: startedAt + 2 * 86_400_000,
    })
    // The same picture again is as unusable as before.
    await world.post(`${path}/o-papers/resupply`, { attachments: [attachment('document-back')], note: '' }, 'g2')
    expect(await world.get(`${path}/o-papers`)).toMatchObject({ state: 'returned' })
    await world.post(
      `${path}/o-papers/resupply`,
      { attachments: [attachment('document-back', 'sharper')], note: '重拍' },
      'g3',
    )
    expect(await world.get(`${path}/o-papers`)).toMatchObject({ state: 'approved' })
    expect((await world.post(`${path}/o-papers/resupply`, { attachments: [], note: '' }, 'g4')).body).toMatchObject({
      code: 'NOT_RETURNED',
    })
  })

  it('name a missing attachment, wrong data, and lapse after two days', async () => {
    const entry = await world.entry('clean', 7)
    const path = `${bss(entry)}/service-orders`
    const attachments = ['document-front', 'document-back', 'portrait'].map((kind) => attachment(kind))
    await world.post(
      path,
      orderFor(entry, 'o-miss', { attachments, contact: { name: '甲', phone: entry.msisdn } }),
      'h1',
    )
    expect(await world.get(`${path}/o-miss`)).toMatchObject({
      code: 'ATTACHMENT_MISSING',
      params: { kind: 'signed-form' },
    })
    await world.post(`${path}/o-miss/resupply`, { attachments: [attachment('signed-form')], note: '' }, 'h2')
    expect(await world.get(`${path}/o-miss`)).toMatchObject({
      code: 'REQUEST_DATA_ERROR',
      params: { field: 'contact.phone' },
    })
    world.clock.now += 2 * 86_400_000 + 1
    expect(
      (
        await world.post(
          `${path}/o-miss/resupply`,
          { attachments: [], note: '', corrections: { 'contact.phone': '13800000001' } },
          'h3',
        )
      ).body,
    ).toMatchObject({ code: 'RESUPPLY_TOO_LATE' })
    expect(await world.get(`${path}/o-miss`)).toMatchObject({ state: 'refused', code: 'USER_CAUSE_FAIL' })
    world.clock.now = startedAt
  })

  it('are refused for a customer reason where the line says so', async () => {
    const entry = await world.entry('refused-at-review')
    const path = `${bss(entry)}/service-orders`
    await world.post(path, orderFor(entry, 'o-no'), 'i1')
    expect(await world.get(`${path}/o-no`)).toMatchObject({
      state: 'refused',
      code: 'USER_CAUSE_FAIL',
      text: expect.any(String),
    })
    expect(await world.get(`${path}/unknown`)).toMatchObject({ result: 'refused', code: 'UNKNOWN_ORDER' })
  })
})
