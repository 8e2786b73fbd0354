import { Component, type ReactNode } from 'react'
import './crash-boundary.css'
import { useT } from './language.ts'
import { KeyCap } from './ui/key-cap.tsx'

/**
 * Catches what no screen expected: a mistake while drawing, or a part of the program that could not be fetched. Never an
 * empty window: it says that what was saved is saved and offers to begin anew. React offers this only to classes.
 */
export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false }

  static getDerivedStateFromError(): { crashed: boolean } {
    return { crashed: true }
  }

  override render(): ReactNode {
    return this.state.crashed ? <CrashPage /> : this.props.children
  }
}

function CrashPage() {
  const t = useT()
  return (
    <main className="crash-page" role="alert">
      <h1>{t('crash.title')}</h1>
      <p>{t('crash.lead')}</p>
      {/* biome-ignore lint/a11y/noAutofocus: nothing else is on the page, and Enter must reload at once */}
      <button type="button" autoFocus onClick={() => window.location.reload()}>
        {t('crash.reload')} <KeyCap of="Enter" on="petrol" />
      </button>
    </main>
  )
}
