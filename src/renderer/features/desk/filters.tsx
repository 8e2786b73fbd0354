import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react'
import { type CaseFilter, caseFilters } from '../../../shared/contract/views.ts'
import { useT } from '../../language.ts'
import { useDesk } from './desk-store.ts'
import './filters.css'

const filters: readonly CaseFilter[] = caseFilters

/** The filters with their counts; left and right move between them at once. */
export function Filters({ current }: { current: RefObject<HTMLButtonElement | null> }) {
  const t = useT()
  const { filter, counts, setFilter } = useDesk()
  const moved = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus follows the chosen filter, but only after an arrow key
  useEffect(() => {
    if (moved.current) current.current?.focus()
    moved.current = false
  }, [filter])

  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    moved.current = true
    setFilter(filters[(filters.indexOf(filter) + step + filters.length) % filters.length]!)
  }

  return (
    <div className="filters">
      <div role="tablist" aria-label={t('desk.filters')} onKeyDown={onKeyDown}>
        {filters.map((each) => (
          <button
            key={each}
            ref={each === filter ? current : undefined}
            type="button"
            role="tab"
            aria-selected={each === filter}
            aria-controls="desk-cases"
            tabIndex={each === filter ? 0 : -1}
            onClick={() => setFilter(each)}
          >
            {t(`desk.filter.${each}`)} <span>{counts?.[each] ?? ''}</span>
          </button>
        ))}
      </div>
      <p>{t('desk.keysHint')}</p>
    </div>
  )
}
