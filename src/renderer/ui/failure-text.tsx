import type { Failure } from '../../shared/domain/result.ts'
import { useLanguage } from '../language.ts'
import { failureSentence } from './sentence.ts'

/** The sentence of an expected failure with its values translated: what happened and what to do. */
export function FailureText({ failure }: { failure: Failure }) {
  return <>{failureSentence(useLanguage(), failure)}</>
}
