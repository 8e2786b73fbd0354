import { useDeferredValue, useSyncExternalStore } from 'react'

/** Where the window is. Sign-in is no place of its own: it stands in front of every place while nobody is signed in. */
export type Route =
  | { name: 'desk' }
  | { name: 'outbox' }
  | { name: 'supervision' }
  | { name: 'audit' }
  | { name: 'statements' }
  | { name: 'case'; caseId: string }
  | { name: 'receipt'; caseId: string }

/** Reads the address: `#/case/<id>`, `#/case/<id>/receipt`, `#/outbox`; anything else is the desk. */
export function parseRoute(hash: string): Route {
  const [place, id, part] = hash.replace(/^#\/?/, '').split('/')
  if (place === 'outbox' || place === 'supervision' || place === 'audit' || place === 'statements')
    return { name: place }
  if (place === 'case' && id) return { name: part === 'receipt' ? 'receipt' : 'case', caseId: decodeURIComponent(id) }
  return { name: 'desk' }
}

/** The address of a route. */
export function hashOf(route: Route): string {
  switch (route.name) {
    case 'desk':
      return '#/desk'
    case 'outbox':
    case 'supervision':
    case 'audit':
    case 'statements':
      return `#/${route.name}`
    case 'case':
      return `#/case/${encodeURIComponent(route.caseId)}`
    case 'receipt':
      return `#/case/${encodeURIComponent(route.caseId)}/receipt`
  }
}

/** Goes to a place; the shell's back key comes back. */
export function navigate(route: Route): void {
  window.location.hash = hashOf(route)
}

function onHashChange(changed: () => void): () => void {
  window.addEventListener('hashchange', changed)
  return () => window.removeEventListener('hashchange', changed)
}

/** The current place, live. While the next screen is still being fetched, the one before stays. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(onHashChange, () => window.location.hash)
  return parseRoute(useDeferredValue(hash))
}
