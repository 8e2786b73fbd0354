import { useLayoutEffect, useRef, useState } from 'react'
import {
  bindingFor,
  type FocusKind,
  type KeyBinding,
  type KeyLayer,
  keptByFocus,
  nameOfKey,
  useKeyRegistry,
} from './key-registry.ts'

let lastScope = 0

/**
 * Gives keys a meaning while the component is on screen. `layer`: `screen` for a whole screen, `panel` for a part that goes
 * first, `dialog` for what stands in front of everything. Labelled bindings appear in the help, with `bar` also in the key bar.
 * The keys change with the page itself, before it is painted: otherwise a key that follows at once would still mean what it meant on
 * the screen before.
 */
export function useKeys(bindings: readonly KeyBinding[], layer: KeyLayer = 'screen'): void {
  const [id] = useState(() => ++lastScope)
  const latest = useRef(bindings)
  latest.current = bindings
  const signature = bindings.map(({ key, label, bar, disabled }) => `${key}|${label}|${bar}|${disabled}`).join('\n')

  // biome-ignore lint/correctness/useExhaustiveDependencies: what a key runs is read when it is pressed; only what is shown registers anew
  useLayoutEffect(() => {
    useKeyRegistry.getState().put({
      id,
      layer,
      bindings: latest.current.map((binding, index) => ({ ...binding, run: () => latest.current[index]?.run() })),
    })
  }, [id, layer, signature])

  useLayoutEffect(() => () => useKeyRegistry.getState().remove(id), [id])
}

const list =
  'select, textarea, [contenteditable], [role="option"], [role="combobox"][aria-expanded="true"]:not([data-keys="screen"])'
const button = 'button:not([role="radio"]), a[href], summary, [role="button"]'
const textField = 'input:not([type="radio"]):not([type="checkbox"]):not([type="button"])'

function focusKind(target: EventTarget | null): FocusKind {
  if (!(target instanceof Element)) return 'other'
  if (target.closest(list)) return 'list'
  if (target.closest(button)) return 'button'
  return target.closest(textField) ? 'text' : 'other'
}

/** Listens to the keyboard for the whole window; called once. F1–F12 never reach the browser. The answer stops listening. */
export function listenToKeys(page: Window): () => void {
  function onKeyDown(event: KeyboardEvent) {
    const key = nameOfKey(event)
    if (/^F\d+$/.test(key)) event.preventDefault()
    if (event.defaultPrevented && !/^F\d+$/.test(key)) return
    if (event.isComposing || keptByFocus(key, focusKind(event.target))) return
    const binding = bindingFor(useKeyRegistry.getState().scopes, key)
    if (!binding) return
    event.preventDefault()
    if (!event.repeat || key.startsWith('Arrow') || key.startsWith('Page')) binding.run()
  }
  page.addEventListener('keydown', onKeyDown)
  return () => page.removeEventListener('keydown', onKeyDown)
}
