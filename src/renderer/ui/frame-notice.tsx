import { useApp } from '../app-store.ts'
import { useT } from '../language.ts'
import './frame-notice.css'
import { Notice } from './notice.tsx'

/** What concerns every screen: the core does not answer, or nothing can be sent until somebody signs in again. */
export function FrameNotice() {
  const t = useT()
  const reach = useApp((state) => state.reach)
  const signInNeeded = useApp((state) => state.view?.connection.state === 'signInNeeded')
  if (reach !== 'reached')
    return (
      <div className="frame-notice">
        <Notice tone="stops" title={t(`shell.core.${reach}`)}>
          {t(`shell.coreLead.${reach}`)}
        </Notice>
      </div>
    )
  if (!signInNeeded) return null
  return (
    <div className="frame-notice">
      <Notice
        tone="waits"
        title={t('shell.signInAgain')}
        action={
          <button type="button" onClick={() => void useApp.getState().signOut()}>
            {t('shell.signInAgainNow')}
          </button>
        }
      >
        {t('shell.signInAgainLead')}
      </Notice>
    </div>
  )
}
