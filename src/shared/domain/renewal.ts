import { z } from 'zod'
import { type Carrier, carriers } from './geography.ts'
import { bilingualSchema } from './rules/bilingual.ts'
import { instantSchema } from './scalars.ts'

/*
 * What happens to a number between two holders. It rests (TM Forum Resource: suspended), is then cleaned of the bindings its former
 * holder left at apps (reserved), and is released (available). No official status list, app list or frequency cap was found (domain
 * facts, chapter 7): all of it is configuration, and each app decides for itself.
 */

export const resourceStates = ['suspended', 'reserved', 'available'] as const
export type ResourceState = (typeof resourceStates)[number]

/** What is known of one app. `noFeedback` is our own finding: it did not answer in the time it has. */
export const appStates = ['submitted', 'pushed', 'accepted', 'refused', 'notCovered', 'noFeedback'] as const
export type AppState = (typeof appStates)[number]

export const appRenewalSchema = z.object({
  app: z.string().min(1),
  state: z.enum(appStates),
  /** The app's reason, with `refused`: APP_BANNED_ACCOUNT, BOUND_DURING_HOLDING … */
  reason: z.string().optional(),
  at: instantSchema,
  /** How often it has been asked. */
  round: z.int().positive(),
})
export type AppRenewal = z.infer<typeof appRenewalSchema>

/** What all apps together come to (the names of the facts, in our spelling). */
export const renewalStatuses = [
  'resting',
  'submitted',
  'pushed',
  'partlyDone',
  'done',
  'noFeedback',
  'notEligible',
] as const
export type RenewalStatus = (typeof renewalStatuses)[number]

const grounded = { source: bilingualSchema, assumed: z.boolean() }

/** How one carrier's numbers are cleaned and released. */
export const renewalPolicySchema = z.object({
  /** Working days an app has to answer. */
  turnaround: z.object({ workingDays: z.int().positive().max(60), ...grounded }),
  /** How often an app is asked in all, and for which outcomes again: NO_FEEDBACK or an app's own reason. */
  resubmit: z.object({ rounds: z.int().min(1).max(10), reasons: z.array(z.string()), ...grounded }),
  /** `allClean`: only when every app has accepted; `disclosed`: with the status of every app told to whoever buys it. */
  release: z.object({
    when: z.enum(['allClean', 'disclosed']),
    /** An app that does not take part stands in nobody's way. */
    notCoveredIsClean: z.boolean(),
    /** Reasons for which the platform does nothing and nobody may be given the number, e.g. that somebody has it. */
    holdFor: z.array(z.string()),
    ...grounded,
  }),
  /** Numbers that are submitted together. */
  batchSize: z.int().min(1).max(1000),
})
export type RenewalPolicy = z.infer<typeof renewalPolicySchema>

export const renewalAppSchema = z.object({
  code: z.string().min(1).max(40),
  zh: z.string().min(1),
  en: z.string().min(1),
  category: z.string().min(1),
  /** Named in a source as taking part; the others are commonly bound and tried. */
  named: z.boolean(),
})
export type RenewalApp = z.infer<typeof renewalAppSchema>

/** The whole configuration: apps, the policy, and what carriers do differently. */
export const renewalSettingsSchema = z.object({
  version: z.string().min(1),
  apps: z
    .array(renewalAppSchema)
    .min(1)
    .refine((apps) => new Set(apps.map(({ code }) => code)).size === apps.length, 'every app once'),
  policy: renewalPolicySchema,
  carriers: z.partialRecord(z.enum(carriers), renewalPolicySchema.partial()).default({}),
})
export type RenewalSettings = z.infer<typeof renewalSettingsSchema>

/** The policy of a carrier: the general one, with what the carrier does differently laid over it. */
export function renewalPolicyOf(settings: RenewalSettings, carrier: Carrier): RenewalPolicy {
  return { ...settings.policy, ...settings.carriers[carrier] } as RenewalPolicy
}

const open: readonly AppState[] = ['submitted', 'pushed']

/** Lays answers over what is known: an app that has answered is not set back by a later "still pushed". */
export function foldAnswers(known: readonly AppRenewal[], answers: readonly AppRenewal[]): AppRenewal[] {
  const fresh = new Map(answers.map((answer) => [answer.app, answer]))
  return known.map((app) => {
    const answer = fresh.get(app.app)
    if (!answer || answer.round < app.round) return app
    if (answer.round === app.round && !open.includes(app.state) && open.includes(answer.state)) return app
    return answer.state === app.state && answer.reason === app.reason && answer.round === app.round ? app : answer
  })
}

/** Apps that have not answered yet. */
export function unanswered(apps: readonly AppRenewal[]): AppRenewal[] {
  return apps.filter((app) => open.includes(app.state))
}

/** Time is up: whoever has not answered gave no feedback. */
export function withoutFeedback(apps: readonly AppRenewal[], at: AppRenewal['at']): AppRenewal[] {
  return apps.map((app) => (open.includes(app.state) ? { ...app, state: 'noFeedback', at } : app))
}

/** Apps that the policy wants to be asked once more. */
export function toResubmit(apps: readonly AppRenewal[], policy: RenewalPolicy): AppRenewal[] {
  const { rounds, reasons } = policy.resubmit
  return apps.filter((app) => {
    const why = app.state === 'noFeedback' ? 'NO_FEEDBACK' : app.state === 'refused' ? app.reason : undefined
    return why !== undefined && app.round < rounds && reasons.includes(why)
  })
}

function isClean(app: AppRenewal, policy: RenewalPolicy): boolean {
  return app.state === 'accepted' || (app.state === 'notCovered' && policy.release.notCoveredIsClean)
}

/** Whether a number whose apps have all had their say may be given out: clean, with its status disclosed, or not at all. */
export function decideRelease(apps: readonly AppRenewal[], policy: RenewalPolicy): 'clean' | 'disclosed' | 'held' {
  if (apps.length > 0 && apps.every((app) => isClean(app, policy))) return 'clean'
  return policy.release.when === 'disclosed' ? 'disclosed' : 'held'
}

/** Whether a number may be given out for which the platform does nothing, and says why. */
export function decideNotEligible(code: string, policy: RenewalPolicy): 'disclosed' | 'held' {
  return policy.release.when === 'disclosed' && !policy.release.holdFor.includes(code) ? 'disclosed' : 'held'
}

/** What all apps together come to. */
export function renewalStatusOf(apps: readonly AppRenewal[], notEligible: boolean): RenewalStatus {
  if (notEligible) return 'notEligible'
  if (apps.length === 0) return 'resting'
  const accepted = apps.filter(({ state }) => state === 'accepted').length
  if (apps.every(({ state }) => state === 'accepted' || state === 'notCovered'))
    return accepted > 0 ? 'done' : 'partlyDone'
  if (accepted > 0) return 'partlyDone'
  if (apps.some(({ state }) => state === 'pushed')) return 'pushed'
  if (apps.some(({ state }) => state === 'submitted')) return 'submitted'
  return apps.every(({ state }) => state === 'noFeedback') ? 'noFeedback' : 'partlyDone'
}
