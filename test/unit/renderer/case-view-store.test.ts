import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { CaseView } from '../../../src/shared/contract/views.ts'
import type { Result } from '../../../src/shared/domain/result.ts'

const at = (revision: number) => ({ case: { caseId: 'C1', revision } }) as unknown as CaseView

/** Questions the page has asked the core and not been answered yet, the oldest first. */
const asked: ((answer: Result<unknown>) => void)[] = []
const answer = async (index: number, view: CaseView) => {
  asked[index]!({ ok: true, value: view })
  await new Promise((next) => setImmediate(next))
}

beforeAll(() => {
  const call = () => new Promise<Result<unknown>>((resolve) => asked.push(resolve))
  vi.stubGlobal('window', { counterfoil: { shell: 'electron', call, on: () => () => {} } })
})
afterAll(() => vi.unstubAllGlobals())

const { useCaseViewStore } = await import('../../../src/renderer/case-view-store.ts')
const shown = () => useCaseViewStore.getState().view
beforeEach(() => {
  asked.length = 0
  useCaseViewStore.setState({ caseId: undefined, view: undefined, failure: undefined })
  useCaseViewStore.getState().open('C1')
})

test('the answer to an older question does not put an older case on screen', async () => {
  void useCaseViewStore.getState().reload()
  await answer(1, at(2))
  await answer(0, at(1))
  expect(shown()).toEqual(at(2))
})

test('a view that was asked for before a command answered is asked for again, not shown', async () => {
  useCaseViewStore.getState().take(at(2))
  await answer(0, at(1))
  expect(shown()).toEqual(at(2))
  expect(asked).toHaveLength(2)
  await answer(1, at(3))
  expect(shown()).toEqual(at(3))
  expect(asked).toHaveLength(2)
})

test('a command about another case changes nothing here', async () => {
  useCaseViewStore.getState().take({ case: { caseId: 'C2' } } as unknown as CaseView)
  expect(shown()).toBeUndefined()
  await answer(0, at(1))
  expect(shown()).toEqual(at(1))
})
