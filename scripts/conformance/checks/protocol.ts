import { homeBssPort } from '../../../service/src/connectors/ports/ports.ts'
import type { Check, Scene } from '../check.ts'
import { expect, expectOk, expectSame, pathOf, type Reply } from '../conversation.ts'
import { orderFor } from '../order-draft.ts'

/** A clear refusal: a 4xx with JSON, no trace of the program. */
function refusedClearly(reply: Reply, what: string): void {
  expect(reply.status >= 400 && reply.status < 500, `${what}: a 4xx`, `${reply.status} ${reply.text}`)
  expect(
    typeof reply.body === 'object' && reply.body !== null,
    `${what}: a JSON body that says what is wrong`,
    reply.text,
  )
  expect(!/\n\s+at |Traceback|Exception in|\.java:\d/.test(reply.text), `${what}: no stack trace`, reply.text)
}

const anyParts = { correlatorId: 'x', orderId: 'x', agreementId: 'x' }
const posts = homeBssPort.operations.filter((operation) => operation.method === 'POST')
const deepText = `${'['.repeat(2000)}${']'.repeat(2000)}`

async function withdrawQuietly(scene: Scene, orderId: string): Promise<void> {
  const parts = { orderId }
  await scene.bss.call('service-orders.withdrawal', { reason: 'tidy up' }, { key: `tidy:${orderId}`, parts })
}

export const protocol: readonly Check[] = [
  {
    id: 'protocol.garbage',
    title: 'Garbage is refused clearly by every operation: no JSON, wrong types, nothing, too deep',
    changes: false,
    run: async (scene) => {
      for (const { operationId } of posts)
        for (const body of ['', 'not json', '[]', '"text"', '{"msisdn":12345}', '{"msisdn":"138"}', deepText]) {
          const reply = await scene.bss.raw(pathOf(operationId, anyParts), {
            body,
            headers: { 'idempotency-key': scene.newId() },
          })
          refusedClearly(reply, `${operationId} given ${JSON.stringify(body.slice(0, 20))}`)
        }
    },
  },
  {
    id: 'protocol.openObjects',
    title: 'Fields it does not know are passed over: newer callers may send more',
    changes: false,
    run: async (scene) => {
      const { msisdn } = scene.look('clean')
      const plain = expectOk(await scene.bss.call('number-query', { msisdn }))
      const more = expectOk(await scene.bss.call('number-query', { msisdn, somethingNewer: { a: 1 } }))
      expectSame(plain, more, 'the same answer')
    },
  },
  {
    id: 'protocol.keyNeeded',
    title: 'A change without Idempotency-Key is refused and changes nothing',
    changes: true,
    run: async (scene) => {
      const order = await orderFor(scene, scene.look('clean'), scene.newId())
      const reply = await scene.bss.raw(pathOf('service-orders'), { body: JSON.stringify(order) })
      refusedClearly(reply, 'service-orders without a key')
      const state = await scene.bss.call('service-orders.state', undefined, { parts: { orderId: order.orderId } })
      expect(state.value.result === 'refused', 'no order afterwards', state.value)
    },
  },
  {
    id: 'protocol.idempotency',
    title: 'Same key and body: the first answer again. Same key, another body: 409 and no effect',
    changes: true,
    run: async (scene) => {
      const person = scene.take('clean')
      const order = await orderFor(scene, person, scene.newId())
      const key = `dispatch:${order.orderId}`
      const first = expectOk(await scene.bss.call('service-orders', order, { key }))
      expectSame(first, expectOk(await scene.bss.call('service-orders', order, { key })), 'the first answer again')
      const reply = await scene.bss.raw(pathOf('service-orders'), {
        body: JSON.stringify({ ...order, clerk: '9999' }),
        headers: { 'idempotency-key': key },
      })
      expect(reply.status === 409, 'status 409 for another body under the same key', `${reply.status} ${reply.text}`)
      await withdrawQuietly(scene, order.orderId)
    },
  },
  {
    id: 'protocol.concurrentDispatch',
    title: 'Two orders for one number at the same moment: one is taken, the other is told',
    changes: true,
    run: async (scene) => {
      const person = scene.take('clean')
      const orders = await Promise.all([orderFor(scene, person, scene.newId()), orderFor(scene, person, scene.newId())])
      const answers = await Promise.all(
        orders.map((order) => scene.bss.call('service-orders', order, { key: `dispatch:${order.orderId}` })),
      )
      const taken = orders.filter((_, index) => answers[index]!.value.result === 'ok')
      expect(
        taken.length === 1,
        'one of two orders taken',
        answers.map((answer) => answer.value),
      )
      await withdrawQuietly(scene, taken[0]!.orderId)
    },
  },
]
