import { useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import type { HandOverView } from '../../../shared/contract/views.ts'
import { buildHandOverNote } from '../../../shared/documents/hand-over-note.ts'
import { useLanguage, useT } from '../../language.ts'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { FailureText } from '../../ui/failure-text.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Paper } from '../../ui/paper.tsx'
import { type PaperSize, paperStyle, setPageSize } from '../../ui/paper-size.ts'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { printWindow } from '../../ui/print-window.ts'
import { useCase } from './use-case.ts'
import './hand-over-panel.css'

/** The note for a customer who must come back, as it prints: everything at once, one owner, one deadline. */
export function HandOverPanel() {
  const t = useT()
  const language = useLanguage()
  const { place, run, foot } = useCase()
  const [note, setNote] = useState<HandOverView>()
  const [size, setSize] = useState<PaperSize>('roll')
  const sheet = useRef<HTMLDivElement>(null)
  const failure = place.failure?.name === 'case.handOverNote' ? place.failure.error : undefined
  const asked = useRef(false)
  useEffect(() => {
    if (asked.current) return
    asked.current = true
    void run('case.handOverNote', {}).then((result) => {
      if (result?.ok) setNote(result.value)
    })
  })
  // The page must be as long as what is on it before it is printed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another note or language is another length
  useEffect(() => setPageSize(size, sheet.current?.offsetHeight ?? 0), [size, note, language])

  return (
    <div className="case-panel case-note-panel">
      <Panel title={t('finding.note.title')}>
        {failure ? (
          <Notice tone="stops">
            <FailureText failure={failure} />
          </Notice>
        ) : null}
        <ChoiceGroup<PaperSize>
          label={t('finding.note.paper')}
          value={size}
          onChange={setSize}
          choices={[
            { value: 'roll', title: t('receipt.paper.roll') },
            { value: 'a4', title: t('receipt.paper.a4') },
          ]}
        />
        {note ? (
          <div ref={sheet} className="case-note-sheet" data-size={size}>
            <Paper
              html={buildHandOverNote({ view: note, language })}
              label={t('finding.note.title')}
              extraStyle={paperStyle(size)}
            />
          </div>
        ) : null}
      </Panel>
      {foot
        ? createPortal(
            <PrimaryAction
              layer="panel"
              label={t('finding.note.print')}
              disabled={!note}
              onPress={() => void printWindow()}
            />,
            foot,
          )
        : null}
    </div>
  )
}
