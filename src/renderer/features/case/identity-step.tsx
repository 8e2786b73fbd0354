import { useState } from 'react'
import { shanghaiDate } from '../../../shared/domain/calendar.ts'
import { useApp } from '../../app-store.ts'
import { coreNow } from '../../clock.ts'
import { useT } from '../../language.ts'
import { Notice } from '../../ui/notice.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { AskerPanel } from './asker-panel.tsx'
import { Credential } from './credential.tsx'
import { credentialProblem } from './credential-entry.ts'
import { deedOf, type PictureKind, picturesOf } from './deeds.ts'
import { documentFields, documentOf, documentRules, draftOf } from './document-entry.ts'
import { DocumentForm, relationOf } from './document-form.tsx'
import { DocumentSummary } from './document-summary.tsx'
import { emptyDocument } from './drafts.ts'
import { Pictures } from './pictures.tsx'
import { ProofResult } from './proof-result.tsx'
import { type StepAction, StepPage } from './step-page.tsx'
import { PictureChooser, useCapture } from './use-capture.tsx'
import { useCase, useProofAlive, wayLabel } from './use-case.ts'

/** Step 2: the document, the pictures, a credential, and what the home province makes of them. */
export function IdentityStep() {
  const t = useT()
  const { view, place, drafts, run, draft, goTo, patch } = useCase()
  const station = useApp((state) => state.view?.captureStation ?? false)
  const alive = useProofAlive(view)
  const [saves, setSaves] = useState(0)
  const [proofs, setProofs] = useState(0)
  const { capture, chooser } = useCapture()
  const { kind: asker, rule } = view.progress.asker
  const deed = deedOf(view, 'identity', {
    proofAlive: alive,
    edited: drafts.editingDocument,
    editedSecond: drafts.editingSecond,
  })
  const needsCredential = rule?.credential !== 'none'
  const capturing = place.running.includes('case.capture')
  usePictureKeys(capture)

  function edit() {
    const document = view.case.document
    if (document) draft(() => ({ editingDocument: true, document: draftOf(document) }))
    patch({ failure: undefined })
  }

  function editSecond() {
    const second = view.case.asker
    if (second?.document) {
      const { document, relation } = second
      draft(() => ({ editingSecond: true, second: draftOf(document), relation: relation ?? '' }))
    }
    patch({ failure: undefined })
  }

  async function saveSecond() {
    setSaves((count) => count + 1)
    const document = documentOf(drafts.second, shanghaiDate(coreNow()), documentRules(view, 'second'))
    if (!document.ok) return
    const result = await run('case.saveSecond', { document: document.value, ...relationOf(drafts.relation) })
    if (result?.ok) draft(() => ({ editingSecond: false, second: emptyDocument, relation: '' }))
    setSaves(0)
  }

  async function saveDocument() {
    setSaves((count) => count + 1)
    const document = documentOf(drafts.document, shanghaiDate(coreNow()), documentRules(view, 'holder'))
    if (!document.ok) return
    const result = await run('case.saveDocument', { document: document.value })
    if (result?.ok) {
      setSaves(0)
      draft(() => ({ editingDocument: false, document: emptyDocument }))
    }
  }

  async function prove() {
    setProofs((count) => count + 1)
    const { factor, servicePassword, oneTimeCode, oftenCalled } = drafts.proof
    // Whether often-called numbers are needed only the home system knows: a number entered offline is asked about first.
    const asked = view.case.number ? undefined : await run('case.queryNumber', {})
    if (asked && !asked.ok) return
    const premium = (view.case.number ?? asked?.value.case.number)?.premium ?? false
    if (needsCredential && credentialProblem(drafts.proof, premium)) return
    const numbers = oftenCalled.map((number) => number.replace(/\s/g, '')).filter(Boolean)
    const result = await run('case.prove', {
      ...(needsCredential ? (factor === 'servicePassword' ? { servicePassword } : { oneTimeCode }) : {}),
      oftenCalledNumbers: premium ? numbers : [],
    })
    // Kept only while it may be sent again: after a portrait that did not match, or when nobody answered.
    if (!result || (!result.ok && keepsCredential.has(result.error.code))) return
    setProofs(0)
    draft(({ proof }) => ({ proof: { ...proof, servicePassword: '', oneTimeCode: '' } }))
  }

  const failed = place.failure?.name === 'case.prove' ? place.failure.error.code : undefined
  const action = ((): StepAction => {
    if (failed === 'proof.faceMismatch')
      return { label: t('case.deed.retakePortrait'), onPress: () => capture('portrait'), busy: capturing }
    if (failed === 'proof.idMismatch' || failed === 'proof.nameMismatch')
      return { label: t('case.identity.edit'), onPress: edit }
    switch (deed.kind) {
      case 'capture':
        return {
          label: t(station ? 'case.deed.capture' : 'case.deed.choosePicture', {
            picture: t(`attachment.${deed.picture}`),
          }),
          onPress: () => capture(deed.picture),
          busy: capturing,
        }
      case 'prove':
        return {
          label: t('case.deed.prove'),
          onPress: () => void prove(),
          // A portrait being taken replaces the one that would be compared: proving waits for it.
          busy: capturing || place.running.includes('case.prove'),
          note: place.running.includes('case.prove') ? t('case.identity.proving') : undefined,
        }
      case 'goTo':
        return { label: wayLabel(deed, t), onPress: () => goTo(deed.step) }
      case 'changeAsker':
        return { label: t('case.deed.changeAsker'), onPress: focusAskers }
      case 'saveSecond':
        return {
          label: t('case.deed.saveDocument'),
          onPress: () => void saveSecond(),
          busy: place.running.includes('case.saveSecond'),
        }
      default:
        return {
          label: t('case.deed.saveDocument'),
          onPress: () => void saveDocument(),
          busy: place.running.includes('case.saveDocument'),
        }
    }
  })()

  const entering = deed.kind === 'saveDocument' || deed.kind === 'saveSecond'
  const stopped = deed.kind === 'changeAsker'
  return (
    <StepPage
      step="identity"
      lead={t('case.identity.intro')}
      action={action}
      focusKey={`${deed.kind}:${asker}:${drafts.proof.factor}:${failed ?? ''}`}
      shownElsewhere={(subject) => !entering && picturesOf(view).some(({ kind }) => kind === subject)}
      fields={entering ? documentFields : alive ? [] : credentialFields}
    >
      {view.case.proof && !alive ? <Notice tone="stops">{t('case.identity.expired')}</Notice> : null}
      <AskerPanel />
      {stopped ? null : deed.kind === 'saveDocument' ? (
        <DocumentForm key={asker} who="holder" attempts={saves} />
      ) : (
        <DocumentSummary who="holder" onEdit={edit} />
      )}
      {stopped || !rule?.second || deed.kind === 'saveDocument' ? null : deed.kind === 'saveSecond' ? (
        <DocumentForm key={`second-${asker}`} who="second" attempts={saves} />
      ) : (
        <DocumentSummary who="second" onEdit={editSecond} />
      )}
      {view.case.document && !entering && !stopped ? <Pictures capture={capture} /> : null}
      {alive && !entering && !stopped ? <ProofResult /> : null}
      {view.case.document && !entering && !alive && !stopped ? (
        needsCredential ? (
          <Credential attempts={proofs} />
        ) : (
          <Notice tone="plain">{t('case.asker.noCredential')}</Notice>
        )
      ) : null}
      <PictureChooser chooser={chooser} />
    </StepPage>
  )
}

/** Puts the focus on who asks, so that a digit or an arrow chooses somebody else. */
function focusAskers(): void {
  document.querySelector<HTMLElement>('.case-step [role="radiogroup"] input:checked')?.focus()
}

/** Failures after which the same password or code may be sent once more. */
const keepsCredential = new Set([
  'proof.faceMismatch',
  'connection.offline',
  'connection.timeout',
  'connection.busy',
  'home.unavailable',
])
const credentialFields = ['servicePassword', 'oneTimeCode', 'oftenCalledNumbers']

/** F9 takes the document, front and then back; F10 the portrait. Once all are there F9 and F10 take them again. */
function usePictureKeys(capture: (kind: PictureKind) => void): void {
  const t = useT()
  const { view } = useCase()
  const has = (kind: PictureKind) => view.case.attachments.some((attachment) => attachment.kind === kind)
  const papers = picturesOf(view).filter(({ kind }) => kind !== 'portrait')
  const side = (papers.find(({ kind }) => !has(kind)) ?? papers[0])?.kind ?? 'documentFront'
  useKeys([
    { key: 'F9', label: t('case.key.document'), bar: true, run: () => capture(side) },
    { key: 'F10', label: t('case.key.portrait'), bar: true, run: () => capture('portrait') },
  ])
}
