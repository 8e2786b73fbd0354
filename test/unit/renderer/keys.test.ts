import { beforeEach, describe, expect, test } from 'vitest'
import {
  bindingFor,
  type KeyLayer,
  type KeyScope,
  keptByFocus,
  nameOfKey,
  shownBindings,
  useKeyRegistry,
} from '../../../src/renderer/ui/key-registry.ts'

let pressed: string[] = []
beforeEach(() => {
  pressed = []
})

function scope(
  id: number,
  layer: KeyLayer,
  keys: string[],
  extra: { disabled?: boolean; bar?: boolean } = {},
): KeyScope {
  return {
    id,
    layer,
    bindings: keys.map((key) => ({
      key,
      label: `${layer}${id} ${key}`,
      ...extra,
      run: () => pressed.push(`${layer}${id}`),
    })),
  }
}
const press = (scopes: KeyScope[], key: string) => bindingFor(scopes, key)?.run()

describe('one registry for all keys', () => {
  test('what lies in front wins, and of two in one layer the newer', () => {
    const scopes = [
      scope(1, 'window', ['F2']),
      scope(2, 'panel', ['F2']),
      scope(3, 'screen', ['F2']),
      scope(4, 'screen', ['Enter']),
      scope(5, 'screen', ['Enter']),
    ]
    press(scopes, 'F2')
    press(scopes, 'Enter')
    expect(pressed).toEqual(['panel2', 'screen5'])
  })

  test('behind an open dialog no key is heard', () => {
    const scopes = [scope(1, 'window', ['F1']), scope(2, 'screen', ['Enter']), scope(3, 'dialog', ['Escape'])]
    for (const key of ['F1', 'Enter', 'Escape']) press(scopes, key)
    expect(pressed).toEqual(['dialog3'])
  })

  test('a disabled binding lets the key through to the next', () => {
    press([scope(1, 'screen', ['Enter']), scope(2, 'screen', ['Enter'], { disabled: true })], 'Enter')
    expect(pressed).toEqual(['screen1'])
  })

  test('the key bar shows each key once, function keys in their order', () => {
    const scopes = [
      scope(1, 'window', ['F8', 'F1'], { bar: true }),
      scope(2, 'screen', ['Escape', 'F3', 'F1'], { bar: true }),
      scope(3, 'screen', ['F4']),
    ]
    expect(shownBindings(scopes, 'bar').map(({ label }) => label)).toEqual([
      'screen2 F1',
      'screen2 F3',
      'window1 F8',
      'screen2 Escape',
    ])
    expect(shownBindings(scopes, 'help').map(({ key }) => key)).toContain('F4')
  })

  test('a scope that is put again keeps its place, one that is removed is gone', () => {
    const { put, remove } = useKeyRegistry.getState()
    put(scope(1, 'screen', ['A']))
    put(scope(2, 'screen', ['A']))
    put(scope(1, 'screen', ['A', 'B']))
    expect(useKeyRegistry.getState().scopes.map(({ id }) => id)).toEqual([1, 2])
    remove(2)
    expect(bindingFor(useKeyRegistry.getState().scopes, 'B')).toBeDefined()
    remove(1)
    expect(useKeyRegistry.getState().scopes).toEqual([])
  })
})

describe('keys and the focus', () => {
  test('typing stays in the field; function keys, Enter and the arrows of lists do not', () => {
    for (const key of ['1', '/', 'A', 'ArrowLeft', 'Space']) expect(keptByFocus(key, 'text')).toBe(true)
    for (const key of ['F5', 'Enter', 'Escape', 'ArrowUp', 'ArrowDown', 'Ctrl+K'])
      expect(keptByFocus(key, 'text')).toBe(false)
  })

  test('a focused button keeps Enter and Space, an open list also the arrows', () => {
    expect(keptByFocus('Enter', 'button')).toBe(true)
    expect(keptByFocus('ArrowDown', 'button')).toBe(false)
    expect(keptByFocus('ArrowDown', 'list')).toBe(true)
    expect(keptByFocus('Enter', 'other')).toBe(false)
  })

  test('Command counts as Ctrl, letters count without case', () => {
    const key = (change: Partial<KeyboardEvent>) =>
      nameOfKey({ key: 'k', ctrlKey: false, metaKey: false, altKey: false, ...change })
    expect(key({})).toBe('K')
    expect(key({ ctrlKey: true })).toBe('Ctrl+K')
    expect(key({ metaKey: true })).toBe('Ctrl+K')
    expect(key({ key: 'F11' })).toBe('F11')
  })
})
