import { Input } from 'antd'
import { useLayoutEffect, useRef } from 'react'
import type { CaseView } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { byStore } from '../../../shared/domain/repairs.ts'
import { useApp } from '../../app-store.ts'
import { useNow } from '../../clock.ts'
import { useLanguage, useT } from '../../language.ts'
import { remainingText } from '../../ui/age.ts'
import { AttachmentPicture } from '../../ui/attachment-picture.tsx'
import { FailureText } from '../../ui/failure-text.tsx'
import { Field } from '../../ui/field.tsx'
import { KeyCap } from '../../ui/key-cap.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { pictureTypes } from '../../ui/picture-file.ts'
import { Tag } from '../../ui/tag.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { reasonSentence } from './event-sentence.ts'
import { ReasonFacts } from './reason-facts.tsx'
import './resupply-panel.css'
import { type ResupplyKind, resupplyKinds, useResupply } from './resupply-store.ts'

/** Less than a day left: the customer should not go home without handing in. */
const urgentMs = 24 * 3_600_000

/** When the papers came back last; pictures taken later are what will be handed in. */
export function returnedAt({ order }: CaseView): number {
  return (order?.events ?? []).reduce(
    (at, { code, at: when }) => (code === 'returned' || code === 'returnedHere' ? Math.max(at, when) : at),
    0,
  )
}

/** Why the papers came back, how long there is, and taking them again. */
export function ResupplyPanel({ view }: { view: CaseView }) {
  const t = useT()
  const language = useLanguage()
  const now = useNow(30_000)
  const { note, setNote, failure } = useResupply()
  const { returnedFor, resupplyBy } = view.order!
  const left = (resupplyBy ?? now) - now
  return (
    <Panel
      title={t('order.returned.title')}
      tag={
        <Tag tone={left < urgentMs ? 'stops' : 'waits'}>
          {left > 0 ? t('order.returned.left', { left: remainingText(t, left) }) : t('order.returned.over')}
        </Tag>
      }
      aside={resupplyBy === undefined ? null : t('order.returned.until', { until: formatInstant(resupplyBy) })}
    >
      {returnedFor ? (
        <div className="resupply-reason">
          <p>{reasonSentence(language, returnedFor.code, returnedFor.params)}</p>
          {returnedFor.code === byStore ? null : <ReasonFacts view={view} reason={returnedFor} />}
        </div>
      ) : null}
      <div className="resupply-pictures">
        {resupplyKinds(view).map((kind, index) => (
          <PictureAgain key={kind} kind={kind} digit={String(index + 1)} view={view} />
        ))}
      </div>
      <Field
        label={t(returnedFor?.code === byStore ? 'order.returned.noteHere' : 'order.returned.note')}
        name="note"
        hint={t('order.returned.noteHint')}
        failure={failure?.error}
      >
        {(control) => (
          <Input {...control} maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} />
        )}
      </Field>
      {failure?.at === 'handIn' && failure.error.field !== 'note' ? (
        <Notice tone="stops">
          <FailureText failure={failure.error} />
        </Notice>
      ) : null}
    </Panel>
  )
}

function PictureAgain({ kind, digit, view }: { kind: ResupplyKind; digit: string; view: CaseView }) {
  const t = useT()
  const station = useApp((state) => state.view?.captureStation ?? false)
  const { busy, failure, capture } = useResupply()
  const chooser = useRef<HTMLInputElement>(null)
  const name = t(`attachment.${kind}`)
  const asked = view.order?.returnedFor?.params.kind === kind
  const again = view.case.attachments.findLast((each) => each.kind === kind && each.takenAt > returnedAt(view))
  const choose = () => chooser.current?.click()
  const take = () => (station ? void capture(kind) : choose())
  useKeys([{ key: digit, label: t('order.returned.key', { paper: name }), run: take }])
  // The paper that was asked for is where the clerk begins.
  const first = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    if (asked) first.current?.focus()
  }, [asked])
  return (
    <div className="resupply-picture" data-asked={asked}>
      <button
        ref={first}
        type="button"
        className="resupply-take"
        aria-busy={busy === kind}
        aria-keyshortcuts={digit}
        onClick={take}
      >
        <span>{name}</span>
        <KeyCap of={digit} />
      </button>
      {again ? (
        <Tag tone="done">{t('order.returned.taken', { time: formatInstant(again.takenAt).slice(11) })}</Tag>
      ) : (
        <Tag tone={asked ? 'waits' : 'plain'}>{t(asked ? 'order.returned.asked' : 'order.returned.optional')}</Tag>
      )}
      {station ? (
        <button
          type="button"
          className="resupply-file"
          aria-label={t('order.returned.fileFor', { paper: name })}
          onClick={choose}
        >
          {t('order.returned.file')}
        </button>
      ) : null}
      <input
        ref={chooser}
        className="visually-hidden"
        type="file"
        accept={pictureTypes.join(',')}
        tabIndex={-1}
        aria-hidden="true"
        onChange={({ target }) => {
          const file = target.files?.[0]
          if (file) void capture(kind, file)
          target.value = ''
        }}
      />
      {again ? (
        <AttachmentPicture
          className="resupply-image"
          caseId={view.case.caseId}
          attachmentId={again.attachmentId}
          alt={t('order.returned.picture', { paper: name, time: formatInstant(again.takenAt).slice(11) })}
        />
      ) : null}
      {failure?.at === kind ? (
        <p className="resupply-failure" role="alert">
          <FailureText failure={failure.error} />
        </p>
      ) : null}
    </div>
  )
}
