import { lazy, Suspense, useEffect } from 'react'
import { useApp } from './app-store.ts'
import { CrashBoundary } from './crash-boundary.tsx'
import { useT } from './language.ts'
import { useOverlay } from './overlay-store.ts'
import { navigate, type Route, useRoute } from './routes.ts'
import { prepareOtherScreens, screens } from './screens.ts'
import { ThemeProvider } from './theme-provider.tsx'
import { useKeys } from './ui/use-keys.ts'
import { Waiting } from './ui/waiting.tsx'

const SignInScreen = lazy(screens.signIn)
const DeskScreen = lazy(screens.desk)
const OutboxScreen = lazy(screens.outbox)
const SupervisionScreen = lazy(screens.supervision)
const AuditScreen = lazy(screens.audit)
const CaseRoute = lazy(screens.case)
const ReceiptRoute = lazy(screens.receipt)
const StatementsScreen = lazy(screens.statements)
const SearchDialog = lazy(screens.search)
const HelpDialog = lazy(screens.help)
const RepairDialog = lazy(screens.repair)

/** The window: theme, the place the address names, and sign-in in front of it while nobody is signed in. */
export function App() {
  return (
    <CrashBoundary>
      <ThemeProvider>
        <Suspense fallback={<Waiting />}>
          <Place />
        </Suspense>
        {/* Of its own: an overlay being fetched must not hide the screen, which would lose the focus. */}
        <Suspense fallback={null}>
          <Overlays />
        </Suspense>
      </ThemeProvider>
    </CrashBoundary>
  )
}

function Place() {
  const t = useT()
  const view = useApp((state) => state.view)
  const failure = useApp((state) => state.failure)
  const route = useRoute()
  const training = view?.profile === 'training'
  useEffect(() => {
    document.title = training ? `${t('shell.training')} · ${t('shell.product')}` : t('shell.product')
  }, [t, training])
  if (!view) return <Waiting failure={failure} />
  if (!view.device || !view.staff) return <SignInScreen />
  return <SignedInPlace route={route} />
}

function SignedInPlace({ route }: { route: Route }) {
  const t = useT()
  useEffect(() => {
    const idle = requestIdleCallback(prepareOtherScreens)
    return () => cancelIdleCallback(idle)
  }, [])
  const show = useOverlay((state) => state.show)
  const role = useApp((state) => state.view?.staff?.role)
  // From the desk only: in a case and on its papers F11 prints, and F9 takes pictures or checks again.
  const mayRead = route.name === 'desk' && (role === 'supervisor' || role === 'auditor')
  useKeys(
    [
      { key: 'F1', label: t('key.help'), bar: true, run: () => show('help') },
      { key: 'F8', label: t('key.outbox'), bar: true, run: () => navigate({ name: 'outbox' }) },
      ...(mayRead
        ? [{ key: 'F11', label: t('key.statements'), bar: true, run: () => navigate({ name: 'statements' }) }]
        : []),
      { key: 'Ctrl+K', label: t('key.search'), run: () => show('search') },
    ],
    'window',
  )
  switch (route.name) {
    case 'desk':
      return <DeskScreen />
    case 'outbox':
      return <OutboxScreen />
    case 'supervision':
      return <SupervisionScreen />
    case 'audit':
      return <AuditScreen />
    case 'statements':
      return <StatementsScreen />
    case 'case':
      return <CaseRoute caseId={route.caseId} />
    case 'receipt':
      return <ReceiptRoute caseId={route.caseId} />
  }
}

function Overlays() {
  const overlay = useOverlay((state) => state.overlay)
  const signedIn = useApp((state) => state.view?.staff !== undefined)
  if (!signedIn) return null
  if (overlay === 'search') return <SearchDialog />
  if (overlay === 'repair') return <RepairDialog />
  return overlay === 'help' ? <HelpDialog /> : null
}
