import { type Failure, fail } from '../../../src/shared/domain/result.ts'

/** A technical failure of an outside system as the counter is told: not there, or talking nonsense. */
export function technicalFailure(
  answer: { outcome: 'unavailable' | 'unexpected' },
  system: 'bss' | 'sms' | 'face',
): { ok: false; error: Failure } {
  return fail(answer.outcome === 'unavailable' ? 'home.unavailable' : 'home.unexpectedAnswer', { params: { system } })
}

/** A business refusal that has no place in this enquiry: the home system contradicts what it said before. */
export function unexpectedRefusal(code: string): { ok: false; error: Failure } {
  return fail('home.unexpectedAnswer', { params: { system: 'bss', code } })
}
