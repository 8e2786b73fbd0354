import { Button } from 'antd'
import { useEffect, useState } from 'react'
import type { AcceptanceView } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { formatYuan } from '../../../shared/domain/money.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { call } from '../../client.ts'
import { useLanguage, useT } from '../../language.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { allowFonts, lendFonts } from '../../ui/lend-fonts.ts'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { SignaturePad } from '../../ui/signature-pad.tsx'
import { Tag } from '../../ui/tag.tsx'
import { type Deed, deedOf } from './deeds.ts'
import { type StepAction, StepPage } from './step-page.tsx'
import { useCase, useProofAlive, wayLabel } from './use-case.ts'
import './signature-step.css'

/** Step 6: the customer reads the acceptance, signs it, and the clerk submits. */
export function SignatureStep() {
  const t = useT()
  const { view, place, drafts, run, draft, goTo, patch } = useCase()
  const [again, setAgain] = useState(false)
  const found = deedOf(view, 'signature', { proofAlive: useProofAlive(view) })
  const deed: Deed = again && found.kind === 'submit' ? { kind: 'sign' } : found
  const readable = deed.kind !== 'goTo'
  const { acceptance, failure, reload } = useAcceptance(readable)
  const [attempted, setAttempted] = useState(false)
  const { signature } = view.case
  const voided = found.kind !== 'submit' && (signature !== undefined || place.signed)

  async function sign() {
    setAttempted(true)
    if (!acceptance || drafts.strokes.length === 0) return
    const result = await run('case.sign', { strokes: drafts.strokes, documentSha256: acceptance.documentSha256 })
    if (result?.ok) {
      draft(() => ({ strokes: [] }))
      patch({ signed: true })
      setAgain(false)
    } else if (result?.error.code === 'case.amountChanged') {
      draft(() => ({ strokes: [] }))
      reload()
    }
  }

  const action = ((): StepAction => {
    switch (deed.kind) {
      case 'goTo':
        return { label: wayLabel(deed, t), onPress: () => goTo(deed.step) }
      case 'submit':
        return {
          label: t('case.deed.submit'),
          onPress: () => void run('case.submit', {}),
          busy: place.running.includes('case.submit'),
        }
      default:
        return {
          label: t('case.deed.sign'),
          onPress: () => void sign(),
          busy: place.running.includes('case.sign'),
          disabled: !acceptance,
        }
    }
  })()

  return (
    <StepPage step="signature" lead={t('case.signature.intro')} action={action} focusKey={deed.kind}>
      {voided ? <Notice tone="stops">{t('case.signature.void')}</Notice> : null}
      {failure ? (
        <Notice tone="stops">
          <FailureText failure={failure} />
        </Notice>
      ) : null}
      {!readable ? <Notice tone="waits">{t('case.signature.notYet')}</Notice> : null}
      {readable ? (
        <div className="case-signature">
          <Panel title={t('case.signature.document')} aside={t('case.signature.documentHint')}>
            {acceptance ? (
              <iframe
                className="case-acceptance"
                title={t('case.signature.document')}
                // Same origin only so that the page can lend its fonts; scripts stay forbidden.
                sandbox="allow-same-origin"
                srcDoc={allowFonts(acceptance.html)}
                onLoad={({ currentTarget }) => lendFonts(currentTarget)}
              />
            ) : (
              <p className="case-faint">{t('case.signature.loading')}</p>
            )}
          </Panel>
          <Panel
            title={t('case.signature.pad')}
            tag={
              signature && !voided ? (
                <Tag tone="done">
                  {t('case.signature.signed', { time: formatInstant(signature.signedAt).slice(11) })}
                </Tag>
              ) : undefined
            }
            aside={
              signature && !voided
                ? t('case.signature.signedNote', { amount: formatYuan(signature.signedTotalFen) })
                : undefined
            }
          >
            {deed.kind === 'submit' ? (
              <Notice
                tone="done"
                action={
                  <Button size="small" onClick={() => setAgain(true)}>
                    {t('case.signature.signAgain')}
                  </Button>
                }
              >
                {t('case.signature.ready')}
              </Notice>
            ) : (
              <>
                <SignaturePad strokes={drafts.strokes} onChange={(strokes) => draft(() => ({ strokes }))} />
                {attempted && drafts.strokes.length === 0 ? (
                  <p className="case-problem" role="alert">
                    {t('case.signature.empty')}
                  </p>
                ) : null}
              </>
            )}
          </Panel>
        </div>
      ) : null}
    </StepPage>
  )
}

/** The acceptance as it will be signed; asked for anew when the case or the language changes. */
function useAcceptance(wanted: boolean) {
  const { caseId, view } = useCase()
  const language = useLanguage()
  const [asked, setAsked] = useState(0)
  const [answer, setAnswer] = useState<{ acceptance?: AcceptanceView; failure?: Failure }>({})
  const { updatedAt } = view.case
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed case or language makes another document
  useEffect(() => {
    if (!wanted) return
    let current = true
    void call('case.acceptance', { caseId }).then((result) => {
      if (current) setAnswer(result.ok ? { acceptance: result.value } : { failure: result.error })
    })
    return () => {
      current = false
    }
  }, [wanted, caseId, updatedAt, language, asked])
  return { ...answer, reload: () => setAsked((count) => count + 1) }
}
