import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newestAnswer } from '../../../src/renderer/newest-answer.ts'

type Step = { does: 'change' } | { does: 'command' } | { does: 'ask' } | { does: 'answer'; which: number }

/**
 * A thing that changes in the core, where each question reads it when it is asked, and a page that shows answers as they come, in
 * any order. Every change that no command of this page made is followed by a question, as events of the core are.
 */
async function play(steps: readonly Step[]) {
  const newest = newestAnswer()
  let inCore = 0
  let onPage = 0
  const backwards: string[] = []
  const under: (() => void)[] = []
  const show = (value: number) => {
    if (value < onPage) backwards.push(`${onPage} → ${value}`)
    onPage = value
  }
  const question = () => {
    const read = inCore
    return new Promise<number>((resolve) => under.push(() => resolve(read)))
  }
  const ask = () =>
    void newest.ask(question).then((value) => {
      if (value !== undefined) show(value)
    })
  const settle = () => new Promise((next) => setImmediate(next))
  for (const step of steps) {
    if (step.does === 'change') {
      inCore += 1
      ask()
    } else if (step.does === 'ask') ask()
    else if (step.does === 'command') {
      inCore += 1
      newest.taken()
      show(inCore)
    } else if (under.length > 0) under.splice(step.which % under.length, 1)[0]!()
    await settle()
  }
  while (under.length > 0) {
    under.pop()!()
    await settle()
  }
  return { backwards, onPage, inCore }
}

describe('what is on the page', () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constantFrom<Step>({ does: 'change' }, { does: 'command' }, { does: 'ask' }),
    fc.record({ does: fc.constant('answer' as const), which: fc.nat(5) }),
  )
  test('never goes back, and is in the end what is in the core, in whatever order the answers come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { backwards, onPage, inCore } = await play(steps)
        expect(backwards).toEqual([])
        expect(onPage).toBe(inCore)
      }),
      { numRuns: 300 },
    )
  })
})
