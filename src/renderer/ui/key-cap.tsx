import './key-cap.css'

const names: Record<string, string> = {
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
}

/** How a key is printed on its cap: `Escape` → `Esc`, `Ctrl+K` → `Ctrl K`. */
function capOf(key: string): string {
  return key
    .split('+')
    .map((part) => names[part] ?? part)
    .join(' ')
}

/** A key as it looks on the keyboard. Decorative beside a control that names its key itself. */
export function KeyCap({ of: key, on = 'paper' }: { of: string; on?: 'paper' | 'petrol' | 'keyBar' }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a kbd cannot take the focus
    <kbd className="key-cap" data-on={on} aria-hidden="true">
      {capOf(key)}
    </kbd>
  )
}
