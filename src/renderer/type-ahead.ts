/** Longer than any screen takes to be fetched: after it the keys go where they always went. */
const longestMs = 3_000

let held: string | undefined
let timer: ReturnType<typeof setTimeout> | undefined

function onKeyDown(event: KeyboardEvent) {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === 'Escape') {
    letTypingGo()
    return
  }
  if (event.key.length > 1 && event.key !== 'Backspace' && event.key !== 'Enter') return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (event.key === 'Backspace') held = held?.slice(0, -1)
  else if (event.key !== 'Enter') held = `${held ?? ''}${event.key}`
}

/** Keeps what is typed from now on: it is meant for what is about to open, not for the field that still has the focus. */
export function holdTyping(): void {
  if (held !== undefined) return
  held = ''
  window.addEventListener('keydown', onKeyDown, { capture: true })
  timer = setTimeout(letTypingGo, longestMs)
}

/** Ends the keeping and answers what was typed meanwhile. */
export function letTypingGo(): string {
  clearTimeout(timer)
  window.removeEventListener('keydown', onKeyDown, { capture: true })
  const typed = held ?? ''
  held = undefined
  return typed
}
