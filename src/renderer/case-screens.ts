/** The two faces of a case, fetched when they are needed or when there is nothing better to do. */
export const caseScreens = {
  steps: () => import('./features/case/case-screen.tsx'),
  order: () => import('./features/order/order-screen.tsx'),
}
