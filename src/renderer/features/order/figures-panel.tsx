import { Input } from 'antd'
import { useEffect, useState } from 'react'
import type { AcceptanceView, CaseView } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { fen, formatYuan } from '../../../shared/domain/money.ts'
import type { NewFigures, RecheckReason } from '../../../shared/domain/recheck.ts'
import { call } from '../../client.ts'
import { useNow } from '../../clock.ts'
import { useLanguage, useT } from '../../language.ts'
import { remainingText } from '../../ui/age.ts'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { FailureText } from '../../ui/failure-text.tsx'
import { concerns, Field } from '../../ui/field.tsx'
import { allowFonts, lendFonts } from '../../ui/lend-fonts.ts'
import { Money } from '../../ui/money.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { blockerName } from '../../ui/sentence.ts'
import { SignaturePad } from '../../ui/signature-pad.tsx'
import { Tag } from '../../ui/tag.tsx'
import { FiguresApprovals } from './figures-approval.tsx'
import './figures-panel.css'
import { useFigures } from './figures-store.ts'

/** It costs the customer nothing more; only a sum has to be signed for by a second person. */
function onlyApproval({ reasons }: NewFigures): boolean {
  return reasons.every(({ code }) => code === 'approvalNeeded')
}

/** Failures of these are shown where they are typed. */
const fieldsHere = ['authorizationCode', 'approver', 'reason']

/** What the order would cost now beside what was signed, why, and the customer's two ways: sign the new figures, or withdraw. */
export function FiguresPanel({ view }: { view: CaseView }) {
  const t = useT()
  const language = useLanguage()
  const now = useNow(30_000)
  const { strokes, setStrokes, method, setMethod, authorizationCode, setAuthorizationCode, failure } = useFigures()
  const order = view.order!
  const figures = order.figures!
  const left = (order.resupplyBy ?? now) - now
  const acceptance = useForm(view)
  const why = ({ code, subject = '', fromFen, toFen }: RecheckReason) =>
    t(`recheck.${code}`, {
      subject: code === 'blocker' ? blockerName(language, subject) : subject,
      from: fromFen === undefined ? '—' : formatYuan(fromFen),
      to: toFen === undefined ? '—' : formatYuan(toFen),
    })
  return (
    <Panel
      title={t(onlyApproval(figures) ? 'order.figures.titleApproval' : 'order.figures.title')}
      tag={
        <Tag tone="stops">
          {left > 0 ? t('order.returned.left', { left: remainingText(t, left) }) : t('order.returned.over')}
        </Tag>
      }
      aside={
        order.resupplyBy === undefined ? null : t('order.figures.until', { until: formatInstant(order.resupplyBy) })
      }
    >
      <p className="figures-lead">{t('order.figures.lead')}</p>
      <dl className="figures-totals">
        <dt>{t('order.figures.before')}</dt>
        <dd>
          <Money fen={figures.signedTotalFen} symbol />
        </dd>
        <dt>{t('order.figures.now')}</dt>
        <dd>
          <strong>
            <Money fen={figures.settlement.totalFen} symbol />
          </strong>
        </dd>
        <dt>{t('order.figures.difference')}</dt>
        <dd>
          <Money fen={fen(figures.settlement.totalFen - figures.signedTotalFen)} symbol />
        </dd>
        <dt>{t('order.figures.due')}</dt>
        <dd>
          <strong>
            <Money fen={figures.dueFen} symbol />
          </strong>
        </dd>
      </dl>
      <ul className="figures-reasons">
        {figures.reasons.map((reason) => (
          <li key={`${reason.code} ${reason.subject}`}>{why(reason)}</li>
        ))}
      </ul>
      {figures.acceptable ? (
        <>
          {acceptance ? (
            <iframe
              className="figures-form"
              title={t('paper.figures')}
              // Same origin only so that the page can lend its fonts; scripts stay forbidden.
              sandbox="allow-same-origin"
              srcDoc={allowFonts(acceptance.html)}
              onLoad={({ currentTarget }) => lendFonts(currentTarget)}
            />
          ) : null}
          {figures.dueFen > 0 ? (
            <ChoiceGroup
              label={t('order.figures.pay')}
              digits
              vertical={false}
              value={method}
              onChange={setMethod}
              choices={(['cash', 'card', 'code'] as const).map((value) => ({
                value,
                title: t(`paymentMethod.${value}`),
                keyLabel: t(`paymentMethod.${value}`),
              }))}
            />
          ) : null}
          {figures.dueFen > 0 && method !== 'cash' ? (
            <Field label={t('field.authorizationCode')} name="authorizationCode" failure={failure}>
              {(control) => (
                <Input
                  {...control}
                  maxLength={40}
                  value={authorizationCode}
                  onChange={(event) => setAuthorizationCode(event.target.value)}
                />
              )}
            </Field>
          ) : null}
          <FiguresApprovals view={view} />
          <SignaturePad strokes={strokes} onChange={setStrokes} />
        </>
      ) : (
        <Notice tone="stops">{t('order.figures.onlyWithdraw')}</Notice>
      )}
      {failure && !fieldsHere.some((field) => concerns(failure, field)) ? (
        <Notice tone="stops">
          <FailureText failure={failure} />
        </Notice>
      ) : null}
    </Panel>
  )
}

/** The form as it will be signed; asked for anew when the figures or the language change. */
function useForm(view: CaseView): AcceptanceView | undefined {
  const language = useLanguage()
  const [form, setForm] = useState<AcceptanceView>()
  const { caseId } = view.case
  const figuresId = view.order?.figures?.figuresId
  // biome-ignore lint/correctness/useExhaustiveDependencies: other figures or another language make another form
  useEffect(() => {
    let current = true
    void call('order.viewFigures', { caseId }).then((result) => {
      if (!current) return
      setForm(result.ok ? result.value : undefined)
      useFigures.getState().read(caseId, result.ok ? result.value.documentSha256 : undefined)
    })
    return () => {
      current = false
    }
  }, [caseId, figuresId, language])
  return form
}
