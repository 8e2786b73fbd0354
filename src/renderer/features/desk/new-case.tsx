import {
  type ChangeEvent,
  type KeyboardEvent,
  lazy,
  type RefObject,
  Suspense,
  useId,
  useLayoutEffect,
  useRef,
} from 'react'
import { useT } from '../../language.ts'
import { useOverlay } from '../../overlay-store.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { KeyCap } from '../../ui/key-cap.tsx'
import { groupDigits, restOfMask, typeNumber } from '../../ui/number-typing.ts'
import { Tag } from '../../ui/tag.tsx'
import './new-case.css'
import { useNewCase } from './new-case-store.ts'

/** Fetched when a number is refused: the catalogue of findings would be a third of the desk. */
const FailureFinding = lazy(async () => {
  const { FailureFinding: whole } = await import('../../ui/failure-finding.tsx')
  return { default: whole }
})

interface NewCaseProps {
  input: RefObject<HTMLInputElement | null>
  /** The clerk pressed / to go to the filters. */
  onSlash(): void
}

/** The number to be cancelled, grouped while it is typed, with its home province as soon as it can be known. */
export function NewCase({ input, onSlash }: NewCaseProps) {
  const t = useT()
  const id = useId()
  const show = useOverlay((state) => state.show)
  const { digits, failure } = useNewCase()
  const caret = useRef<number>(undefined)
  const text = groupDigits(digits)

  // React puts the caret at the end when the text is regrouped; it belongs where the clerk typed.
  useLayoutEffect(() => {
    const field = input.current
    if (caret.current === undefined || !field || document.activeElement !== field) return
    field.setSelectionRange(caret.current, caret.current)
    caret.current = undefined
  })

  function onChange({ target }: ChangeEvent<HTMLInputElement>) {
    const typed = typeNumber(target.value, target.selectionStart ?? target.value.length)
    caret.current = typed.caret
    useNewCase.getState().type(typed.digits)
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key !== '/') return
    event.preventDefault()
    onSlash()
  }

  return (
    <section className="new-case" aria-labelledby={`${id}-label`}>
      <div className="new-case-entry">
        <label id={`${id}-label`} htmlFor={id}>
          {t('desk.newCase')}
        </label>
        <div className="new-case-field" data-wrong={failure !== undefined}>
          <input
            ref={input}
            id={id}
            inputMode="numeric"
            autoComplete="off"
            spellCheck={false}
            maxLength={30}
            value={text}
            aria-invalid={failure !== undefined}
            aria-describedby={`${id}-answer`}
            onChange={onChange}
            onKeyDown={onKeyDown}
          />
          <span className="new-case-mask" aria-hidden="true">
            <span>{text}</span>
            {restOfMask(text)}
          </span>
          <KeyCap of="F2" />
        </div>
        <div className="new-case-answer" id={`${id}-answer`} role="status">
          <Answer />
        </div>
        <Remedy />
      </div>
      <div className="new-case-also">
        <h2>{t('desk.also')}</h2>
        <ul>
          <li>
            <button type="button" onClick={() => show('search')}>
              <KeyCap of="Ctrl+K" /> {t('desk.also.search')}
            </button>
          </li>
          <li>
            <button type="button" onClick={onSlash}>
              <KeyCap of="/" /> {t('desk.also.filter')}
            </button>
          </li>
          <li>
            <button type="button" onClick={() => show('help')}>
              <KeyCap of="F1" /> {t('desk.also.help')}
            </button>
          </li>
        </ul>
      </div>
    </section>
  )
}

/** Where a number that is not for this counter belongs: how it goes on, who does that, where, and what it costs. */
function Remedy() {
  const { segment, failure } = useNewCase()
  if (!failure || !segment) return null
  return (
    <Suspense fallback={null}>
      <FailureFinding failure={failure} line={{ carrier: segment.prefixCarrier, homeProvince: segment.homeProvince }} />
    </Suspense>
  )
}

/** What is known of the number so far: the refusal, or the segment's home province and carrier. */
function Answer() {
  const t = useT()
  const { digits, segment, failure } = useNewCase()
  if (failure)
    return (
      <span className="new-case-refused">
        <FailureText failure={failure} />
      </span>
    )
  if (!segment) return <span>{t(digits === '' ? 'desk.newCaseHint' : 'desk.newCaseTyping')}</span>
  return (
    <>
      <Tag tone="chosen">
        {t('desk.segment', {
          province: t(`province.${segment.homeProvince}`),
          carrier: t(`carrier.${segment.prefixCarrier}`),
        })}
      </Tag>
      <span>{t(segment.resale ? 'desk.segmentResale' : 'desk.segmentNote')}</span>
    </>
  )
}
