import { useLayoutEffect, useRef } from 'react'
import { useApp } from '../../app-store.ts'
import { useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { Frame } from '../../ui/frame.tsx'
import { useLive } from '../../ui/live.ts'
import { Notice } from '../../ui/notice.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { CaseTable } from './case-table.tsx'
import './desk-screen.css'
import { useDesk } from './desk-store.ts'
import { DeskStub } from './desk-stub.tsx'
import { Filters } from './filters.tsx'
import { NewCase } from './new-case.tsx'
import { useNewCase } from './new-case-store.ts'
import { noticeText } from './store-notice.ts'

/** Rows that Page up and Page down move. */
const page = 10
const reload = () => void useDesk.getState().reload()

/** The desk: a new number, the cases, and the day on the stub. Stays correct by itself as orders and the network change. */
export default function DeskScreen() {
  const t = useT()
  const failure = useDesk((state) => state.failure)
  const notice = useApp((state) => state.view?.storeNotice)
  const role = useApp((state) => state.view?.staff?.role)
  const mayAudit = role === 'supervisor' || role === 'auditor'
  const input = useRef<HTMLInputElement>(null)
  const filter = useRef<HTMLButtonElement>(null)
  useLive(['case.changed', 'outbox.changed', 'connection.changed', 'supervision.changed'], reload)
  useLayoutEffect(() => input.current?.focus(), [])

  const toNumber = () => {
    input.current?.focus()
    input.current?.select()
  }
  const toFilters = () => filter.current?.focus()
  const move = (by: number) => () => useDesk.getState().moveSelection(by)
  useKeys([
    { key: 'F2', label: t('key.newCase'), bar: true, run: toNumber },
    { key: 'ArrowUp', label: t('desk.key.up'), run: move(-1) },
    { key: 'ArrowDown', label: t('desk.key.down'), run: move(1) },
    { key: 'PageUp', run: move(-page) },
    { key: 'PageDown', run: move(page) },
    ...(role === 'supervisor'
      ? [{ key: 'F9', label: t('key.supervision'), bar: true, run: () => navigate({ name: 'supervision' }) }]
      : []),
    ...(mayAudit ? [{ key: 'F10', label: t('key.audit'), bar: true, run: () => navigate({ name: 'audit' }) }] : []),
    { key: '/', label: t('desk.key.filter'), run: toFilters },
    {
      key: 'Escape',
      label: t('desk.key.clear'),
      run: () => {
        useNewCase.getState().clear()
        toNumber()
      },
    },
  ])

  return (
    <Frame stub={<DeskStub />}>
      <div className="desk">
        <h1 className="visually-hidden">{t('desk.title')}</h1>
        {notice ? <Notice tone={notice.code === 'damaged' ? 'stops' : 'waits'}>{noticeText(t, notice)}</Notice> : null}
        {failure ? (
          <Notice tone="stops">
            <FailureText failure={failure} />
          </Notice>
        ) : null}
        <NewCase input={input} onSlash={toFilters} />
        <Filters current={filter} />
        <CaseTable />
      </div>
    </Frame>
  )
}
