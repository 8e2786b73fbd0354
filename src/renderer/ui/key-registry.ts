import { create } from 'zustand'

/** Which keys win: what lies in front. While a dialog is open, nothing behind it hears a key. */
export type KeyLayer = 'window' | 'screen' | 'panel' | 'dialog'
const rank: Record<KeyLayer, number> = { window: 0, screen: 1, panel: 2, dialog: 3 }

export interface KeyBinding {
  /** `F5`, `Enter`, `Escape`, `ArrowUp`, `1`, `/`, `Ctrl+K` (Command on macOS counts as Ctrl). */
  key: string
  /** Shown in the help of the screen; a binding without a label is not listed. */
  label?: string | undefined
  /** Also shown in the key bar. */
  bar?: boolean | undefined
  disabled?: boolean | undefined
  run(): void
}

export interface KeyScope {
  id: number
  layer: KeyLayer
  bindings: readonly KeyBinding[]
}

interface KeyRegistry {
  scopes: readonly KeyScope[]
  put(scope: KeyScope): void
  remove(id: number): void
}

/** All keys that mean something now: one registry, so that screens do not fight over a key. */
export const useKeyRegistry = create<KeyRegistry>((set) => ({
  scopes: [],
  put: (scope) =>
    set(({ scopes }) => ({
      scopes: scopes.some(({ id }) => id === scope.id)
        ? scopes.map((each) => (each.id === scope.id ? scope : each))
        : [...scopes, scope],
    })),
  remove: (id) => set(({ scopes }) => ({ scopes: scopes.filter((scope) => scope.id !== id) })),
}))

/** Scopes that hear keys now, the nearest first: the highest layer, and within a layer the newest. */
function activeScopes(scopes: readonly KeyScope[]): KeyScope[] {
  const dialogOpen = scopes.some((scope) => scope.layer === 'dialog')
  return scopes
    .filter((scope) => !dialogOpen || scope.layer === 'dialog')
    .toReversed()
    .sort((a, b) => rank[b.layer] - rank[a.layer])
}

/** The binding a key runs, or undefined: the nearest one that is not disabled. */
export function bindingFor(scopes: readonly KeyScope[], key: string): KeyBinding | undefined {
  for (const scope of activeScopes(scopes)) {
    const binding = scope.bindings.find((each) => each.key === key && !each.disabled)
    if (binding) return binding
  }
  return undefined
}

/** The keys to show: each key once, the nearest meaning, in the order of the keyboard (F1 … F12, then the others). */
export function shownBindings(scopes: readonly KeyScope[], where: 'bar' | 'help'): KeyBinding[] {
  const shown = new Map<string, KeyBinding>()
  for (const scope of activeScopes(scopes))
    for (const binding of scope.bindings)
      if (binding.label && !shown.has(binding.key) && (where === 'help' || binding.bar)) shown.set(binding.key, binding)
  const functionKey = (key: string) => Number(/^F(\d+)$/.exec(key)?.[1] ?? 99)
  return [...shown.values()].sort((a, b) => functionKey(a.key) - functionKey(b.key))
}

/** The name of a pressed key as bindings write it. */
export function nameOfKey(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string {
  const plain = event.key.length === 1 ? event.key.toUpperCase() : event.key
  const name = plain === ' ' ? 'Space' : plain
  if (event.ctrlKey || event.metaKey) return `Ctrl+${name}`
  return event.altKey ? `Alt+${name}` : name
}

/** What has the focus, as far as it matters for keys: a line of text, something pressed, something with lines of its own. */
export type FocusKind = 'text' | 'button' | 'list' | 'other'

/** Whether a key belongs to the focused element instead: typing goes into the field, Enter presses the focused button. */
export function keptByFocus(key: string, focus: FocusKind): boolean {
  if (/^F\d+$/.test(key) || key.startsWith('Ctrl+') || key.startsWith('Alt+')) return false
  if (key === 'Escape' || key === 'PageUp' || key === 'PageDown') return false
  if (focus === 'list') return true
  if (focus === 'button') return key === 'Enter' || key === 'Space'
  // In a field of one line Enter, up and down mean nothing of their own, so screens may use them while the clerk types.
  return focus === 'text' && key !== 'Enter' && key !== 'ArrowUp' && key !== 'ArrowDown'
}
