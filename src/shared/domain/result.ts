import type { ErrorCode } from '../contract/errors.ts'

/** An expected failure: a code with a sentence in both languages, the input field it concerns, values for the sentence. */
export interface Failure {
  code: ErrorCode
  field?: string
  params?: Record<string, string | number>
}

/** Every expected outcome is a value; exceptions are bugs. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: Failure }

/** Wraps a value as a success. */
export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value }
}

/** Builds a failure; `field` is the path of the offending input, `params` fill the translated sentence. */
export function fail(
  code: ErrorCode,
  details: { field?: string; params?: Record<string, string | number> } = {},
): { ok: false; error: Failure } {
  return { ok: false, error: { code, ...details } }
}

/** Makes an unhandled union member a compile error; throws if one arrives at run time all the same. */
export function assertNever(value: never): never {
  throw new Error(`unhandled value: ${JSON.stringify(value)}`)
}
