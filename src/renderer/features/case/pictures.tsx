import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { useApp } from '../../app-store.ts'
import { call } from '../../client.ts'
import { useLanguage, useT } from '../../language.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { Mark } from '../../ui/mark.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Tag } from '../../ui/tag.tsx'
import { type PictureKind, picturesOf } from './deeds.ts'
import { useCase } from './use-case.ts'
import './pictures.css'

/** The one list of what this case needs: each paper with its picture, or what it must be and how to get it. */
export function Pictures({ capture }: { capture(kind: PictureKind, from?: 'file'): void }) {
  const t = useT()
  const station = useApp((state) => state.view?.captureStation ?? false)
  const { view } = useCase()
  const pictures = picturesOf(view)
  const there = pictures.filter(({ kind }) =>
    view.case.attachments.some((attachment) => attachment.kind === kind),
  ).length
  return (
    <Panel
      title={t('case.identity.pictures')}
      tag={
        <Tag tone={there === pictures.length ? 'done' : 'waits'}>
          {t('case.identity.picturesCount', { there, all: pictures.length })}
        </Tag>
      }
      aside={t(station ? 'case.identity.picturesStation' : 'case.identity.picturesFile')}
    >
      <div className="case-pictures">
        {pictures.map(({ kind, text }) => (
          <Picture key={kind} kind={kind} text={text} station={station} capture={capture} />
        ))}
      </div>
    </Panel>
  )
}

interface PictureProps {
  kind: PictureKind
  /** What the paper must be, in the words of the rule. */
  text: { zh: string; en: string } | undefined
  station: boolean
  capture(kind: PictureKind, from?: 'file'): void
}

function Picture({ kind, text, station, capture }: PictureProps) {
  const t = useT()
  const language = useLanguage()
  const { view, place } = useCase()
  // The newest counts: a picture taken again replaces the one before.
  const taken = view.case.attachments.findLast((attachment) => attachment.kind === kind)
  const name = t(`attachment.${kind}`)
  const failure = place.failure?.name === 'case.capture' && place.failure.subject === kind ? place.failure : undefined
  return (
    <figure className="case-picture">
      {taken ? <Thumbnail attachment={taken} name={name} /> : <div className="case-picture-empty" aria-hidden="true" />}
      <figcaption>
        <span className="case-picture-name">{name}</span>
        {text ? <span className="case-faint">{language === 'en' ? text.en : text.zh}</span> : null}
        <span className="case-picture-state">
          <Mark tone={taken ? 'done' : 'waits'} />
          {taken
            ? t('case.identity.taken', { time: formatInstant(taken.takenAt).slice(11) })
            : t('case.identity.notTaken')}
        </span>
        {failure ? (
          <span className="case-problem" role="alert">
            <FailureText failure={failure.error} />
          </span>
        ) : null}
        <span className="case-picture-ways">
          {station ? (
            <Button size="small" onClick={() => capture(kind)}>
              {t(taken ? 'case.identity.retake' : 'case.identity.take')}
              <span className="visually-hidden"> {name}</span>
            </Button>
          ) : null}
          <Button size="small" type={station ? 'text' : 'default'} onClick={() => capture(kind, 'file')}>
            {t('case.identity.fromFile')}
            <span className="visually-hidden"> {name}</span>
          </Button>
        </span>
      </figcaption>
    </figure>
  )
}

/** A picture of the case, asked for when it is shown; nothing of it stays in the window afterwards. */
function Thumbnail({ attachment, name }: { attachment: Case['attachments'][number]; name: string }) {
  const t = useT()
  const { caseId } = useCase()
  const { attachmentId } = attachment
  const [source, setSource] = useState<string | undefined>()
  useEffect(() => {
    let wanted = true
    void call('case.attachment', { caseId, attachmentId }).then((result) => {
      if (wanted && result.ok) setSource(`data:${result.value.mediaType};base64,${result.value.contentBase64}`)
    })
    return () => {
      wanted = false
    }
  }, [caseId, attachmentId])
  if (!source) return <div className="case-picture-empty" aria-hidden="true" />
  const alt = t('case.identity.pictureAlt', { picture: name, time: formatInstant(attachment.takenAt).slice(11) })
  return <img className="case-picture-image" src={source} alt={alt} />
}
