import { setTimeout as wait } from 'node:timers/promises'
import type { Check } from '../check.ts'
import { type Answer, expect, expectOk, expectSame, pathOf, type Reply } from '../conversation.ts'
import type { ProviderScene } from './scene.ts'

/** A clear refusal: a 4xx with JSON, no trace of the program. */
export function refusedClearly(reply: Reply, what: string): void {
  expect(reply.status >= 400 && reply.status < 500, `${what}: a 4xx`, `${reply.status} ${reply.text}`)
  const json = typeof reply.body === 'object' && reply.body !== null
  expect(json, `${what}: a JSON body that says what is wrong`, reply.text)
  expect(!/\n\s+at |Traceback|Exception in|\.java:\d/.test(reply.text), `${what}: no stack trace`, reply.text)
}

/** Asks again and again until an answer is as wanted, or the patience is over. */
export async function until(
  scene: ProviderScene<unknown>,
  ask: () => Promise<Answer>,
  wanted: (answer: Answer) => boolean,
  what: string,
): Promise<Answer> {
  const end = scene.now() + scene.patienceMs
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
    expect(scene.now() < end, `${what} within ${scene.patienceMs / 1000} s`, answer.value)
    await wait(Math.min(500, scene.patienceMs / 10))
  }
}

/** The rules every port has, tried on one changing operation: garbage, the key, repetition under a key. */
export function protocolChecks<Fixtures>(about: {
  operationId: string
  /** A request that is taken, another each time. */
  draft(scene: ProviderScene<Fixtures>): Record<string, unknown>
  /** The same with another content. */
  changed(draft: Record<string, unknown>): Record<string, unknown>
}): Check<ProviderScene<Fixtures>>[] {
  const { operationId, draft, changed } = about
  return [
    {
      id: `${operationId}.garbage`,
      title: 'Garbage is refused clearly: no JSON, wrong types, nothing',
      changes: false,
      run: async (scene) => {
        for (const body of [
          '',
          'not json',
          '[]',
          '"text"',
          '{"amountLi":"1"}',
          `${'['.repeat(2000)}${']'.repeat(2000)}`,
        ])
          refusedClearly(
            await scene.system.raw(pathOf(operationId, {}, scene.port), {
              body,
              headers: { 'idempotency-key': scene.newId() },
            }),
            `${operationId} given ${JSON.stringify(body.slice(0, 20))}`,
          )
      },
    },
    {
      id: `${operationId}.keyNeeded`,
      title: 'A change without Idempotency-Key is refused',
      changes: false,
      run: async (scene) =>
        refusedClearly(
          await scene.system.raw(pathOf(operationId, {}, scene.port), { body: JSON.stringify(draft(scene)) }),
          `${operationId} without a key`,
        ),
    },
    {
      id: `${operationId}.idempotency`,
      title: 'Same key and body, eight times at once: one effect, one answer. Same key, another body: 409',
      changes: true,
      run: async (scene) => {
        const request = draft(scene)
        const key = scene.newId()
        const answers = await Promise.all(
          Array.from({ length: 8 }, () => scene.system.call(operationId, request, { key })),
        )
        const [first] = answers.map(expectOk)
        for (const answer of answers) expectSame(first, expectOk(answer), 'the same answer to every one')
        const reply = await scene.system.raw(pathOf(operationId, {}, scene.port), {
          body: JSON.stringify(changed(request)),
          headers: { 'idempotency-key': key },
        })
        expect(reply.status === 409, 'status 409 for another body under the same key', `${reply.status} ${reply.text}`)
      },
    },
  ]
}
