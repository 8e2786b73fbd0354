import { Input } from 'antd'
import { useId } from 'react'
import type { ManualReason } from '../../../shared/domain/papers.ts'
import { useLanguage, useT } from '../../language.ts'
import { Field } from '../../ui/field.tsx'
import { Chips } from './chips.tsx'
import type { DocumentDraft } from './drafts.ts'

interface ManualReasonFieldProps {
  value: DocumentDraft
  /** From the rules of the number's place; empty where nothing need be said. */
  reasons: readonly ManualReason[]
  problems: { manualReason: string | undefined; manualNote: string | undefined }
  failure: React.ComponentProps<typeof Field>['failure']
  set(change: Partial<DocumentDraft>): void
}

/** Why a document with a chip is typed instead of read: one of the listed reasons, with words where it says nothing by itself. */
export function ManualReasonField({ value, reasons, problems, failure, set }: ManualReasonFieldProps) {
  const t = useT()
  const language = useLanguage()
  const errorId = useId()
  if (reasons.length === 0) return null
  const chosen = reasons.find(({ code }) => code === value.manualReason)
  const refused = failure?.field === 'manualReason' ? t('error.document.reasonMissing') : problems.manualReason
  return (
    <>
      <div className="case-reason" data-manual-reason>
        <span className="case-faint">{t('case.identity.manualReason')}</span>
        <Chips
          label={t('case.identity.manualReason')}
          value={value.manualReason}
          digits="inside"
          invalid={refused !== undefined}
          describedBy={refused ? errorId : undefined}
          choices={reasons.map(({ code, text }) => ({ value: code, label: language === 'en' ? text.en : text.zh }))}
          onChange={(manualReason) => set({ manualReason, manualNote: '' })}
        />
        {refused ? (
          <span id={errorId} className="case-problem" role="alert">
            {refused}
          </span>
        ) : null}
      </div>
      {chosen?.words ? (
        <Field label={t('case.identity.manualNote')} name="manualNote" failure={failure} problem={problems.manualNote}>
          {(control) => (
            <Input
              {...control}
              value={value.manualNote}
              maxLength={100}
              autoComplete="off"
              onChange={({ target }) => set({ manualNote: target.value })}
            />
          )}
        </Field>
      ) : null}
    </>
  )
}

/** A reason in words: as the rules list it, with what the clerk added. */
export function manualReasonWords(
  reasons: readonly ManualReason[],
  { manualReason, manualNote }: { manualReason?: string | undefined; manualNote?: string | undefined },
  language: 'zh-CN' | 'en',
): string {
  const text = reasons.find(({ code }) => code === manualReason)?.text
  const said = text ? (language === 'en' ? text.en : text.zh) : (manualReason ?? '')
  return manualNote ? `${said} · ${manualNote}` : said
}
