import { Input } from 'antd'
import { useEffect, useState } from 'react'
import type { AuditRow } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { isMessageKey, type Translate } from '../../../shared/i18n/translate.ts'
import { useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { Field, FieldGroup } from '../../ui/field.tsx'
import { Frame } from '../../ui/frame.tsx'
import { Notice } from '../../ui/notice.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { ScreenTitle } from '../../ui/screen-title.tsx'
import { Stub, StubRow, StubSection } from '../../ui/stub.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import './audit-screen.css'
import { type AuditSource, useAudit } from './audit-store.ts'

/** The audit chains: read, filtered, computed again on screen, and taken along as a file. */
export default function AuditScreen() {
  const t = useT()
  const { source, rows, more, failure, busy, show, look, next, verify, download, wish } = useAudit()
  const [typed, setTyped] = useState(wish)
  useEffect(() => void show('store'), [show])
  const other: AuditSource = source === 'store' ? 'counter' : 'store'
  useKeys([
    { key: 'F5', label: t(`audit.show.${other}`), bar: true, run: () => void show(other) },
    { key: 'F6', label: t('audit.verify'), bar: true, disabled: busy !== undefined, run: () => void verify() },
    { key: 'F7', label: t('audit.export'), bar: true, disabled: busy !== undefined, run: () => void download() },
    { key: 'PageDown', label: t('audit.more'), disabled: !more, run: () => void next() },
    { key: 'Escape', label: t('key.back'), bar: true, run: () => navigate({ name: 'desk' }) },
  ])
  const set = (part: Partial<typeof typed>) => setTyped({ ...typed, ...part })
  return (
    <Frame stub={<AuditStub onLook={() => void look(typed)} />}>
      <div className="audit">
        <ScreenTitle title={t(`audit.title.${source}`)} lead={t(`audit.lead.${source}`)} />
        <FieldGroup columns={3}>
          <Field label={t('audit.filter.case')} name="case" failure={failure}>
            {(control) => (
              <Input {...control} value={typed.case} onChange={({ target }) => set({ case: target.value })} />
            )}
          </Field>
          <Field label={t('audit.filter.actor')} name="actor" failure={failure}>
            {(control) => (
              <Input {...control} value={typed.actor} onChange={({ target }) => set({ actor: target.value })} />
            )}
          </Field>
          <Field label={t('audit.filter.action')} name="action" failure={failure}>
            {(control) => (
              <Input {...control} value={typed.action} onChange={({ target }) => set({ action: target.value })} />
            )}
          </Field>
        </FieldGroup>
        {failure && !failure.field ? (
          <Notice tone="stops">
            <FailureText failure={failure} />
          </Notice>
        ) : null}
        <Verdict />
        <Rows rows={rows} />
        {more ? (
          <button type="button" className="audit-more" onClick={() => void next()}>
            {t('audit.more')}
          </button>
        ) : null}
      </div>
    </Frame>
  )
}

/** What computing the chain again came to; announced when it is there. */
function Verdict() {
  const t = useT()
  const { verdict, busy } = useAudit()
  if (busy === 'verify') return <Notice tone="plain">{t('audit.verifying')}</Notice>
  if (!verdict) return null
  return (
    <div role="status">
      <Notice tone={verdict.brokenAt === undefined ? 'done' : 'stops'}>
        {verdict.brokenAt === undefined
          ? t('audit.sound', { count: verdict.entries, hash: verdict.lastHash.slice(0, 16) })
          : t('audit.broken', { count: verdict.entries, sequence: verdict.brokenAt })}
      </Notice>
    </div>
  )
}

function Rows({ rows }: { rows: readonly AuditRow[] }) {
  const t = useT()
  if (rows.length === 0) return <p className="audit-none">{t('audit.none')}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="audit-rows" tabIndex={0} aria-label={t('audit.entries')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('audit.column.sequence')}</th>
            <th scope="col">{t('audit.column.at')}</th>
            <th scope="col">{t('audit.column.actor')}</th>
            <th scope="col">{t('audit.column.action')}</th>
            <th scope="col">{t('audit.column.details')}</th>
            <th scope="col">{t('audit.column.hash')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.sequence}>
              <td>{row.sequence}</td>
              <td>{formatInstant(row.at)}</td>
              <td>{row.actorName ? `${row.actorName} ${row.actor}` : row.actor}</td>
              <td>
                {actionName(row.action, t)}
                <span className="audit-code">{row.action}</span>
              </td>
              <td className="audit-details">{detailsOf(row)}</td>
              <td className="audit-hash">{row.hash.slice(0, 12)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** An act in words: an approval by what it is about, the others by their own; the code stands below it, as it was hashed. */
function actionName(action: string, t: Translate): string {
  const subject = /^approval\.(\w+)$/.exec(action)?.[1]
  const keys = [`auditAction.${action}`, ...(subject ? [`approval.${subject}`] : [])]
  const known = keys.find(isMessageKey)
  return known ? t(known) : ''
}

/** Details as `name value` pairs; they are ids, codes and figures, as they were hashed. */
function detailsOf(row: AuditRow): string {
  const details = JSON.parse(row.details) as Record<string, unknown>
  return Object.entries(details)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(' · ')
}

function AuditStub({ onLook }: { onLook(): void }) {
  const t = useT()
  const { source, rows, busy, verdict } = useAudit()
  const newest = rows[0]
  return (
    <Stub
      label={t('audit.stub')}
      eyebrow={t('audit.stub')}
      title={t(`audit.title.${source}`)}
      foot={<PrimaryAction label={t('audit.look')} busy={busy === 'list'} onPress={onLook} />}
    >
      <StubRow label={t('audit.shown')} value={rows.length} />
      {newest ? <StubRow label={t('audit.newest')} value={formatInstant(newest.at)} /> : null}
      {verdict ? (
        <StubRow
          label={t('audit.checked')}
          value={verdict.brokenAt === undefined ? t('audit.isSound') : t('audit.isBroken')}
          tone={verdict.brokenAt === undefined ? 'done' : 'stops'}
        />
      ) : null}
      <StubSection title={t('audit.how')}>
        <p>{t('audit.howText')}</p>
      </StubSection>
    </Stub>
  )
}
