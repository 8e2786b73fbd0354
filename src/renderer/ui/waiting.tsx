import type { Failure } from '../../shared/domain/result.ts'
import { useT } from '../language.ts'
import { FailureText } from './failure-text.tsx'
import './waiting.css'

/** The short moment before something can be shown; says why when it does not come. */
export function Waiting({ failure }: { failure?: Failure | undefined }) {
  const t = useT()
  return (
    <p className="waiting" role="status">
      {failure ? <FailureText failure={failure} /> : t('ui.opening')}
    </p>
  )
}
