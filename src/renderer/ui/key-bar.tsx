import { shanghaiDate } from '../../shared/domain/calendar.ts'
import './key-bar.css'
import { useApp } from '../app-store.ts'
import { useT } from '../language.ts'
import { KeyCap } from './key-cap.tsx'
import { shownBindings, useKeyRegistry } from './key-registry.ts'

/** The keys of the screen, and whether the devices are ready. The keys come from the registry: what is shown is what works. */
export function KeyBar() {
  const t = useT()
  const scopes = useKeyRegistry((state) => state.scopes)
  const view = useApp((state) => state.view)
  return (
    <footer className="key-bar">
      <div className="key-bar-keys" role="toolbar" aria-label={t('shell.keys')}>
        {shownBindings(scopes, 'bar').map((binding) => (
          <button
            key={binding.key}
            type="button"
            className="key-bar-key"
            aria-keyshortcuts={binding.key}
            aria-disabled={binding.disabled ?? false}
            onClick={binding.disabled ? undefined : () => binding.run()}
          >
            <KeyCap of={binding.key} on="keyBar" /> {binding.label}
          </button>
        ))}
      </div>
      <p className="key-bar-devices">
        {view ? (
          <>
            <span>{t(view.captureStation ? 'shell.stationReady' : 'shell.stationAbsent')}</span>
            {view.rulesVersion && view.rulesPublishedAt !== undefined ? (
              <span>
                {t('shell.rules', { version: view.rulesVersion })}
                <span className="key-bar-published">
                  {t('shell.rulesPublished', { date: shanghaiDate(view.rulesPublishedAt) })}
                </span>
              </span>
            ) : null}
          </>
        ) : null}
      </p>
    </footer>
  )
}
