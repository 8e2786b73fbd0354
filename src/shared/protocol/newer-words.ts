import type { z } from 'zod'

/** How words of this protocol's lists look. Anything else in such a place was written by no version of it. */
export const wordPattern = /^[A-Za-z][A-Za-z0-9_-]{0,59}$/

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = (here as Record<PropertyKey, unknown>)[step]
  }
  return here
}

/** A list grows by words; a single word that has to stand there does not. */
function isFromALaterList(issue: z.core.$ZodIssue, value: unknown): boolean {
  const isList =
    (issue.code === 'invalid_value' && issue.values.length > 1) ||
    (issue.code === 'invalid_union' && issue.discriminator !== undefined)
  if (!isList) return false
  const word = at(value, issue.path)
  return typeof word === 'string' && wordPattern.test(word)
}

/**
 * Where a value has words that the lists of its schema do not have, as paths, when nothing else is wrong with it: whoever sent it knows a
 * newer version of the protocol. Undefined when it is malformed.
 */
export function newerWords(error: z.ZodError, value: unknown): PropertyKey[][] | undefined {
  const { issues } = error
  return issues.length > 0 && issues.every((issue) => isFromALaterList(issue, value))
    ? issues.map(({ path }) => path)
    : undefined
}
