import { Button } from 'antd'
import { useRef, useState } from 'react'
import type { CaseView } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { portraitToRepair } from '../../../shared/domain/proof-level.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { useApp } from '../../app-store.ts'
import { useCaseViewStore } from '../../case-view-store.ts'
import { call } from '../../client.ts'
import { useT } from '../../language.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { pictureTypes, readPictureFile } from '../../ui/picture-file.ts'
import { Tag } from '../../ui/tag.tsx'

/** A case whose face was compared by eye: the portrait to be supplied later stands here as a task until it is. */
export function PortraitPanel({ view }: { view: CaseView }) {
  const t = useT()
  const { case: case_ } = view
  if (case_.state !== 'submitted' || !case_.proof || !portraitToRepair({ face: case_.proof.face })) return null
  const { portraitSupplied: supplied } = case_
  const second = case_.approvals.find(({ subject }) => subject === 'faceByEye')
  return (
    <Panel
      title={t('order.portrait.title')}
      tag={
        <Tag tone={supplied ? 'done' : 'waits'}>
          {supplied ? t('order.portrait.done', { at: formatInstant(supplied.at) }) : t('order.portrait.open')}
        </Tag>
      }
    >
      <p>
        {second
          ? t('order.portrait.byTwo', { clerk: case_.clerkName, second: second.approverName })
          : t('order.portrait.byEye')}
      </p>
      {supplied ? null : <Supply caseId={case_.caseId} />}
    </Panel>
  )
}

function Supply({ caseId }: { caseId: string }) {
  const t = useT()
  const station = useApp((state) => state.view?.captureStation ?? false)
  const chooser = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()

  async function supply(file?: File) {
    setBusy(true)
    setFailure(undefined)
    const picture = file ? await readPictureFile(file) : undefined
    const result =
      picture && !picture.ok
        ? picture
        : await call('order.supplyPortrait', { caseId, ...(picture ? { file: picture.value } : {}) })
    setBusy(false)
    if (result.ok) useCaseViewStore.getState().take(result.value)
    else setFailure(result.error)
  }

  return (
    <>
      <p className="order-faint">{t('order.portrait.lead')}</p>
      <div>
        <Button loading={busy} onClick={() => (station ? void supply() : chooser.current?.click())}>
          {t(station ? 'order.portrait.take' : 'order.portrait.choose')}
        </Button>
      </div>
      <input
        ref={chooser}
        className="visually-hidden"
        type="file"
        accept={pictureTypes.join(',')}
        tabIndex={-1}
        aria-hidden="true"
        onChange={({ target }) => {
          const file = target.files?.[0]
          if (file) void supply(file)
          target.value = ''
        }}
      />
      {failure ? (
        <Notice tone="stops">
          <FailureText failure={failure} />
        </Notice>
      ) : null}
    </>
  )
}
