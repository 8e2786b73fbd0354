import './frame-head.css'
import { useApp } from '../app-store.ts'
import { useNow } from '../clock.ts'
import { useT } from '../language.ts'
import { useOverlay } from '../overlay-store.ts'
import { hashOf } from '../routes.ts'
import { ageText } from './age.ts'
import { KeyCap } from './key-cap.tsx'
import { Mark } from './mark.tsx'
import { ProductMark } from './product-mark.tsx'
import { StaffMenu } from './staff-menu.tsx'

/** Product mark, one search for everything, connection with the age of what is known, what waits, where and who. */
export function FrameHead() {
  const t = useT()
  const view = useApp((state) => state.view)
  const show = useOverlay((state) => state.show)
  return (
    <header className="frame-head">
      <a className="frame-product" href={hashOf({ name: 'desk' })}>
        <ProductMark />
        {t('shell.product')}
      </a>
      {view?.profile === 'training' ? <span className="frame-training">{t('shell.training')}</span> : null}
      <button type="button" className="frame-search" aria-keyshortcuts="Control+K" onClick={() => show('search')}>
        <span>{t('shell.searchPrompt')}</span>
        <KeyCap of="Ctrl+K" />
      </button>
      <ConnectionPill />
      <WaitingPill />
      <span className="frame-place">
        {view?.device ? t('shell.place', { store: view.device.storeName, device: view.device.deviceName }) : null}
      </span>
      <StaffMenu />
    </header>
  )
}

function ConnectionPill() {
  const t = useT()
  const now = useNow()
  const connection = useApp((state) => state.view?.connection)
  const reach = useApp((state) => state.reach)
  if (!connection) return null
  const heard = connection.lastContactAt
  // Right after the start nothing is known yet: neither that the service answers nor that it does not.
  const known = connection.state === 'online' && heard === undefined ? 'connecting' : connection.state
  const state = reach === 'reached' ? known : reach
  const tone = state === 'online' ? 'done' : reach === 'reached' ? 'waits' : 'stops'
  return (
    <span className="frame-pill" data-tone={tone} title={t(`shell.connectionHint.${state}`)}>
      <Mark tone={tone} />
      <span role="status">{t(`shell.connection.${state}`)}</span>
      {reach === 'reached' && heard !== undefined ? <span>· {ageText(t, now - heard)}</span> : null}
    </span>
  )
}

function WaitingPill() {
  const t = useT()
  const connection = useApp((state) => state.view?.connection)
  if (!connection) return null
  const { waitingJobs, needsAttention } = connection
  const tone = needsAttention > 0 ? 'stops' : waitingJobs > 0 ? 'waits' : 'plain'
  const words =
    needsAttention > 0
      ? t('shell.needsAttention', { count: needsAttention })
      : waitingJobs > 0
        ? t('shell.waiting', { count: waitingJobs })
        : t('shell.nothingWaits')
  return (
    <a className="frame-pill" data-tone={tone} href={hashOf({ name: 'outbox' })} aria-keyshortcuts="F8">
      <Mark tone={tone} />
      {words}
    </a>
  )
}
