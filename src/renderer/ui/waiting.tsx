import type { Failure } from '../../shared/domain/result.ts'
import { useT } from '../language.ts'
import { FailureText } from './failure-text.tsx'
import { useFocusOn } from './focus.ts'
import './waiting.css'

/** The short moment before something can be shown; says why when it does not come. Holds the focus until there is more to hold it. */
export function Waiting({ failure }: { failure?: Failure | undefined }) {
  const t = useT()
  const line = useFocusOn<HTMLParagraphElement>('waiting')
  return (
    <p ref={line} className="waiting" role="status" tabIndex={-1}>
      {failure ? <FailureText failure={failure} /> : t('ui.opening')}
    </p>
  )
}
