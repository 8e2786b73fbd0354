import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Instant } from '../../../src/shared/domain/calendar.ts'
import {
  type AppRenewal,
  appStates,
  decideNotEligible,
  decideRelease,
  foldAnswers,
  renewalPolicyOf,
  renewalSettingsSchema,
  renewalStatusOf,
  toResubmit,
  unanswered,
  withoutFeedback,
} from '../../../src/shared/domain/renewal.ts'

const settings = renewalSettingsSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/renewal/policy.json'), 'utf8')),
)
const policy = renewalPolicyOf(settings, 'CMCC')
const at = 1_800_000_000_000 as Instant
const app = (name: string, state: AppRenewal['state'], more: Partial<AppRenewal> = {}): AppRenewal => ({
  app: name,
  state,
  at,
  round: 1,
  ...more,
})
const anyApps = fc.uniqueArray(
  fc.record({
    app: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    state: fc.constantFrom(...appStates),
    at: fc.constant(at),
    round: fc.integer({ min: 1, max: 4 }),
  }),
  { selector: (one) => one.app },
)

describe('what apps say of a number', () => {
  it('is laid over what is known, and an answer is never taken back by silence', () => {
    const known = [app('a', 'accepted'), app('b', 'pushed'), app('c', 'submitted')]
    const said = [app('a', 'pushed'), app('b', 'refused', { reason: 'APP_BANNED_ACCOUNT' }), app('x', 'accepted')]
    expect(foldAnswers(known, said).map(({ state }) => state)).toEqual(['accepted', 'refused', 'submitted'])
  })

  it('folds to the same however often it is heard, and never adds or loses an app', () => {
    fc.assert(
      fc.property(anyApps, anyApps, (known, said) => {
        const once = foldAnswers(known, said)
        expect(foldAnswers(once, said)).toEqual(once)
        expect(once.map((one) => one.app)).toEqual(known.map((one) => one.app))
      }),
    )
  })

  it('of an earlier round does not count for a later one', () => {
    const asked = [app('a', 'submitted', { round: 2 })]
    expect(foldAnswers(asked, [app('a', 'pushed', { round: 1 })])).toEqual(asked)
  })

  it('ends with no feedback when the time is up, and nobody is waited for any more', () => {
    fc.assert(
      fc.property(anyApps, (apps) => {
        expect(unanswered(withoutFeedback(apps, at))).toEqual([])
      }),
    )
  })
})

describe('the policy', () => {
  it('asks silent apps again, refusing ones not, and nobody more often than it says', () => {
    const apps = [
      app('a', 'noFeedback'),
      app('b', 'noFeedback', { round: policy.resubmit.rounds }),
      app('c', 'refused', { reason: 'APP_BANNED_ACCOUNT' }),
      app('d', 'accepted'),
    ]
    expect(toResubmit(apps, policy).map((one) => one.app)).toEqual(['a'])
  })

  it('releases what is clean, discloses what is not, and holds it where only clean numbers may go', () => {
    const clean = [app('a', 'accepted'), app('b', 'accepted')]
    const mixed = [app('a', 'accepted'), app('b', 'refused', { reason: 'X' })]
    const strict = { ...policy, release: { ...policy.release, when: 'allClean' as const } }
    expect([decideRelease(clean, policy), decideRelease(clean, strict)]).toEqual(['clean', 'clean'])
    expect([decideRelease(mixed, policy), decideRelease(mixed, strict)]).toEqual(['disclosed', 'held'])
    const uncovered = [app('a', 'accepted'), app('b', 'notCovered')]
    const lenient = { ...strict, release: { ...strict.release, notCoveredIsClean: true } }
    expect([decideRelease(uncovered, strict), decideRelease(uncovered, lenient)]).toEqual(['held', 'clean'])
    expect(['PORTED_NUMBER_UNSUPPORTED', 'NUMBER_IN_USE'].map((code) => decideNotEligible(code, policy))).toEqual([
      'disclosed',
      'held',
    ])
    expect(decideNotEligible('PORTED_NUMBER_UNSUPPORTED', strict)).toBe('held')
    // Nothing asked is not the same as everything clean.
    expect(decideRelease([], policy)).toBe('disclosed')
  })

  it('names what all apps come to, for any of their answers', () => {
    expect(renewalStatusOf([], false)).toBe('resting')
    expect(renewalStatusOf([], true)).toBe('notEligible')
    expect(renewalStatusOf([app('a', 'accepted'), app('b', 'notCovered')], false)).toBe('done')
    expect(renewalStatusOf([app('a', 'accepted'), app('b', 'pushed')], false)).toBe('partlyDone')
    expect(renewalStatusOf([app('a', 'noFeedback')], false)).toBe('noFeedback')
    expect(renewalStatusOf([app('a', 'pushed'), app('b', 'submitted')], false)).toBe('pushed')
  })

  it('of a carrier lies over the general one', () => {
    expect(renewalPolicyOf(settings, 'CUCC').turnaround.workingDays).toBe(1)
    expect(renewalPolicyOf(settings, 'CUCC').resubmit).toEqual(settings.policy.resubmit)
  })
})
