import { type RefObject, useLayoutEffect, useRef } from 'react'

const fields =
  'input:not([type="hidden"]):not([disabled]), select:not([disabled]), textarea:not([disabled]), [role="radiogroup"] [tabindex="0"]'

/** The fields inside an element in the order of the page. */
function fieldsIn(container: ParentNode): HTMLElement[] {
  return [...container.querySelectorAll<HTMLElement>(fields)].filter((field) => field.offsetParent !== null)
}

function isEmpty(field: HTMLElement): boolean {
  if (field.getAttribute('aria-invalid') === 'true') return true
  if (field instanceof HTMLInputElement && field.type === 'radio') return !chosenBeside(field)
  return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value === '' : false
}

/** Whether the group a radio belongs to has an answer. */
function chosenBeside(radio: HTMLInputElement): boolean {
  const group = radio.closest('[role="radiogroup"]') ?? document
  return group.querySelector(`input[name="${CSS.escape(radio.name)}"]:checked`) !== null
}

/** Puts the focus into the first empty or refused field, otherwise the first one; false when there is none. */
export function focusFirstField(container: ParentNode | null): boolean {
  const all = container ? fieldsIn(container) : []
  const field = all.find(isEmpty) ?? all[0]
  field?.focus()
  return field !== undefined
}

/** Goes to the next empty or refused field after `from` in its group; false when all that follow are filled. */
export function focusNextEmptyField(from: Element, container: ParentNode): boolean {
  const all = fieldsIn(container)
  const isRadio = from instanceof HTMLInputElement && from.type === 'radio'
  // The radios of one group are one field: from one of them Enter does not go to its neighbour.
  const others = (field: HTMLElement) =>
    !(isRadio && field instanceof HTMLInputElement && field.type === 'radio' && field.name === from.name)
  const next = all.slice(all.indexOf(from as HTMLElement) + 1).find((field) => others(field) && isEmpty(field))
  next?.focus()
  return next !== undefined
}

/**
 * Puts the focus on the element whenever `key` changes: a new screen or step is read out from its heading. With the page itself, so
 * that what is typed at once does not go to where the focus was before.
 */
export function useFocusOn<E extends HTMLElement>(key: unknown): RefObject<E | null> {
  const target = useRef<E>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is what asks for the focus
  useLayoutEffect(() => {
    target.current?.focus({ preventScroll: true })
  }, [key])
  return target
}
