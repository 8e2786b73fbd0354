import { type ChangeEvent, useEffect, useState } from 'react'
import type { CaseRow } from '../../../shared/contract/views.ts'
import { formatMsisdn } from '../../../shared/domain/msisdn.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { call } from '../../client.ts'
import { coreNow } from '../../clock.ts'
import { useLanguage, useT } from '../../language.ts'
import { useOverlay } from '../../overlay-store.ts'
import { navigate } from '../../routes.ts'
import { letTypingGo } from '../../type-ahead.ts'
import { CaseStatusTag } from '../../ui/case-status-tag.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FailureText } from '../../ui/failure-text.tsx'
import { sentence, withoutYear } from '../../ui/sentence.ts'
import { useKeys } from '../../ui/use-keys.ts'
import './search-dialog.css'

/** Long enough to catch fast typing, short enough not to be felt. */
const pauseMs = 80

/** Search everything: by number, holder or case number, from wherever one is. */
export default function SearchDialog() {
  const t = useT()
  const language = useLanguage()
  const show = useOverlay((state) => state.show)
  const [text, setText] = useState('')
  const [answer, setAnswer] = useState<{ text: string; rows: CaseRow[] }>({ text: '', rows: [] })
  const [failure, setFailure] = useState<Failure>()
  const [selected, setSelected] = useState(0)
  // What was typed while this dialog was being fetched belongs to it.
  useEffect(() => {
    const typed = letTypingGo()
    if (typed) setText(typed)
  }, [])

  useEffect(() => {
    const wanted = text.trim()
    if (wanted === '') return setAnswer({ text: '', rows: [] })
    let current = true
    const timer = setTimeout(async () => {
      const result = await call('case.search', { text: wanted })
      if (!current) return
      setFailure(result.ok ? undefined : result.error)
      if (!result.ok) return
      setAnswer({ text: wanted, rows: result.value.rows })
      setSelected(0)
    }, pauseMs)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [text])

  const open = (row: CaseRow | undefined) => {
    if (!row) return
    show(undefined)
    navigate({ name: 'case', caseId: row.caseId })
  }
  const last = answer.rows.length - 1
  useKeys(
    [
      { key: 'ArrowDown', run: () => setSelected(Math.min(last, selected + 1)) },
      { key: 'ArrowUp', run: () => setSelected(Math.max(0, selected - 1)) },
      { key: 'Enter', run: () => open(answer.rows[selected]) },
    ],
    'dialog',
  )

  const chosen = answer.rows[selected]
  return (
    <Dialog title={t('search.title')} onClose={() => show(undefined)} wide>
      <div className="search">
        <input
          className="search-input"
          role="combobox"
          aria-label={t('search.label')}
          aria-expanded={answer.rows.length > 0}
          data-keys="screen"
          aria-controls="search-results"
          aria-autocomplete="list"
          aria-activedescendant={chosen ? `found-${chosen.caseId}` : undefined}
          placeholder={t('search.label')}
          autoComplete="off"
          spellCheck={false}
          maxLength={60}
          value={text}
          onChange={(event: ChangeEvent<HTMLInputElement>) => setText(event.target.value)}
        />
        <p className="search-hint" role="status">
          {failure ? (
            <FailureText failure={failure} />
          ) : answer.text === '' ? (
            t('search.hint')
          ) : answer.rows.length === 0 ? (
            t('search.nothing', { text: answer.text })
          ) : (
            `${t('search.found', { count: answer.rows.length })} · ${t('search.hint')}`
          )}
        </p>
        <div id="search-results" className="search-results" role="listbox" aria-label={t('search.title')}>
          {answer.rows.map((row, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus and hears the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the field above has the focus
            <div
              key={row.caseId}
              id={`found-${row.caseId}`}
              className="search-result"
              role="option"
              aria-selected={index === selected}
              ref={index === selected ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
              onClick={() => open(row)}
            >
              <strong>{formatMsisdn(row.msisdn)}</strong>
              <span>{row.maskedName ?? ''}</span>
              <span className="search-case-number">{row.caseNumber}</span>
              <CaseStatusTag status={row.status} />
              <span className="search-next">
                {withoutYear(sentence(language, `next.${row.next.code}`, row.next.params), coreNow())}
              </span>
            </div>
          ))}
        </div>
      </div>
    </Dialog>
  )
}
