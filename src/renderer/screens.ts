/** Every screen as a part of its own, fetched when it is wanted. */
export const screens = {
  signIn: () => import('./features/sign-in/sign-in-screen.tsx'),
  desk: () => import('./features/desk/desk-screen.tsx'),
  outbox: () => import('./features/outbox/outbox-screen.tsx'),
  supervision: () => import('./features/supervision/supervision-screen.tsx'),
  audit: () => import('./features/audit/audit-screen.tsx'),
  case: () => import('./case-route.tsx'),
  steps: () => import('./features/case/case-screen.tsx'),
  order: () => import('./features/order/order-screen.tsx'),
  statements: () => import('./features/statements/statements-screen.tsx'),
  receipt: () => import('./receipt-route.tsx'),
  search: () => import('./features/search/search-dialog.tsx'),
  repair: () => import('./features/repair/repair-dialog.tsx'),
  help: () => import('./features/help/help-dialog.tsx'),
}
type ScreenName = keyof typeof screens

/** A part that cannot be fetched now is fetched again, and reported, when it is wanted. */
function prepare(names: readonly ScreenName[]): void {
  for (const name of names) screens[name]().catch(() => {})
}

/** Fetches what a window may begin with beside the first question to the core, not after its answer. */
export function prepareFirstScreens(): void {
  prepare(['desk', 'signIn'])
}

/** Fetches everything else, so that no key press ever waits for it. */
export function prepareOtherScreens(): void {
  prepare([
    'case',
    'steps',
    'search',
    'order',
    'outbox',
    'receipt',
    'statements',
    'help',
    'supervision',
    'audit',
    'repair',
  ])
}
