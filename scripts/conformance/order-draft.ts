import { createHash } from 'node:crypto'
import type { Scene } from './check.ts'
import { type Answer, expect, expectOk, Nonconformity } from './conversation.ts'
import type { Subscriber } from './fixtures.ts'

const kinds = ['document-front', 'document-back', 'portrait', 'signed-form'] as const

/** Papers by reference; `edition` makes other contents. */
export function papers(edition: string) {
  return kinds.map((kind) => ({
    kind,
    sha256: createHash('sha256').update(`${kind}/${edition}`).digest('hex'),
    mediaType: 'image/png',
  }))
}

interface Account {
  agreements: { id: string; devices: { id: string }[] }[]
  bills: { id: string; unpaidLi: number }[]
}

/** The account as the pre-check tells it. */
export async function accountOf(scene: Scene, msisdn: string): Promise<Account> {
  const { handlingProvince } = scene.fixtures
  return expectOk(await scene.bss.call('pre-check', { msisdn, handlingProvince })).account as Account
}

/** A complete order for a line: all agreements ended without penalty, devices handed in, nothing to pay. */
export async function orderFor(scene: Scene, person: Subscriber, orderId: string) {
  const account = await accountOf(scene, person.msisdn)
  return {
    orderId,
    msisdn: person.msisdn,
    holder: person.holder,
    contact: { name: person.holder.name, phone: person.msisdn === '13800000000' ? '13900000000' : '13800000000' },
    agreements: account.agreements.map((agreement) => ({
      agreementId: agreement.id,
      penaltyLi: 0,
      waivedLi: 0,
      devicesReturned: agreement.devices.map((device) => device.id),
    })),
    attachments: papers(orderId),
    deadlineAt: scene.now() + 7 * 86_400_000,
    handlingProvince: scene.fixtures.handlingProvince,
    store: 'Conformance',
    clerk: '0000',
    expectedDueLi: 0,
  }
}

/** Hands an order in; answers the order and its key. */
export async function dispatch(scene: Scene, person: Subscriber): Promise<{ orderId: string; answer: Answer }> {
  const orderId = scene.newId()
  const order = await orderFor(scene, person, orderId)
  return { orderId, answer: await scene.bss.call('service-orders', order, { key: `dispatch:${orderId}` }) }
}

export const stateOf = async (scene: Scene, orderId: string) =>
  expectOk(await scene.bss.call('service-orders.state', undefined, { parts: { orderId } }))

/** Follows a review to its end; papers that come back are supplied again. Fails when patience ends or it is refused. */
export async function untilApproved(scene: Scene, orderId: string): Promise<void> {
  const until = scene.now() + scene.patienceMs
  let editions = 0
  for (;;) {
    const state = await stateOf(scene, orderId)
    if (state.state === 'approved') return
    if (state.state === 'returned') {
      expect(typeof state.code === 'string', 'a code why papers came back', state)
      expect(typeof state.resubmitBy === 'number', 'resubmitBy: until when papers may come', state)
      editions += 1
      const key = `resupply:${orderId}:${editions}`
      const body = { attachments: papers(`${orderId}/${editions}`), note: 'again' }
      expectOk(await scene.bss.call('service-orders.resupply', body, { key, parts: { orderId } }))
    } else expect(state.state === 'reviewing', 'reviewing, returned or approved', state)
    if (scene.now() > until)
      throw new Nonconformity(
        `order ${orderId} was not approved within ${scene.patienceMs / 1000} s (--patience sets more)`,
      )
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
