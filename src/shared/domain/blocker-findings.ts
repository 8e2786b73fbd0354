import type { HomeAccount } from './account.ts'
import { type Blocker, canonicalFinding } from './blocker.ts'
import {
  type BlockerEntry,
  type BlockerPlace,
  type BlockerSeverity,
  blockerEntry,
  catalogueRank,
  resolutionOf,
} from './blocker-catalogue.ts'
import { type BlockerCost, costOf, type KnownFigures } from './blocker-cost.ts'
import { type BlockerPolicy, cataloguePolicy, treatmentOf } from './blocker-policy.ts'
import { addDays, type ShanghaiDate } from './calendar.ts'
import { type CaseTask, type TaskRecord, taskKey, tasksOf } from './task.ts'

/** What a finding does to the case: stops it, wants a decision, is told, or is removed in the case itself. */
export const findingEffects = ['stops', 'decide', 'tell', 'here'] as const
export type FindingEffect = (typeof findingEffects)[number]

/** That somebody decided to go on in spite of a soft finding, or told the customer of it. */
export interface Acknowledgement {
  code: string
  reason: string
  /** The right that was used; a supervisor signs with their own password and the service knows it. */
  level?: 'clerk' | 'supervisor' | undefined
  overrideId?: string | undefined
}

/** One finding with everything the customer may ask about it. */
export interface ExplainedFinding {
  key: string
  code: string
  params: Blocker['params']
  /** False for a code no catalogue knows: it is shown as it came. */
  known: boolean
  severity: BlockerSeverity
  effect: FindingEffect
  resolution: BlockerEntry['resolution']
  owner: BlockerEntry['owner']
  places: readonly BlockerPlace[]
  branch?: NonNullable<BlockerEntry['branch']>
  cost: BlockerCost
  overrideBy: 'clerk' | 'supervisor' | undefined
  /** Last day on which removing it still helps this case; absent where no rule names one. */
  deadline?: ShanghaiDate
  /** The rule that made it so, where a pack did; `assumed` when it rests on no written rule. */
  rule?: { source: { zh: string; en: string }; assumed: boolean }
  tasks: readonly CaseTask[]
  /** Decided, told or done; what is settled by later steps counts as done here. */
  cleared: boolean
}

/** Everything a decision about findings depends on. */
export interface FindingScene {
  blockers: readonly Blocker[]
  account: Pick<HomeAccount, 'agreements' | 'bundleMembers'>
  policy?: BlockerPolicy | undefined
  acknowledgements: readonly Acknowledgement[]
  tasks: readonly TaskRecord[]
  /** Prices that the case knows by now. */
  figures?: KnownFigures | undefined
  /** The day the findings were made. */
  on: ShanghaiDate
}

function effectOf(
  severity: BlockerSeverity,
  resolution: BlockerEntry['resolution'],
  overrideBy: string | undefined,
): FindingEffect {
  if (resolution === 'settlement' || resolution === 'agreements' || resolution === 'task') return 'here'
  switch (severity) {
    case 'soft':
      return overrideBy ? 'decide' : 'stops'
    case 'warn':
    case 'info':
      return 'tell'
    default:
      return 'stops'
  }
}

function isCleared(
  effect: FindingEffect,
  overrideBy: 'clerk' | 'supervisor' | undefined,
  tasks: readonly CaseTask[],
  said: Acknowledgement | undefined,
): boolean {
  switch (effect) {
    case 'stops':
      return false
    case 'tell':
      return said !== undefined
    case 'decide':
      return said !== undefined && (overrideBy === 'clerk' || said.level === 'supervisor')
    case 'here':
      return tasks.every((task) => !task.required || task.record !== undefined)
  }
}

function explain(scene: FindingScene, blocker: Blocker): ExplainedFinding | undefined {
  const { code, params } = blocker
  const policy = scene.policy ?? cataloguePolicy
  const entry = blockerEntry(code)
  const { severity, overrideBy, ways } = treatmentOf(code, policy, params.treatment === 'ask')
  if (severity === 'ignored') return undefined
  const tasks = tasksOf([blocker], scene.account, scene.tasks, () => ways)
  const home = resolutionOf(blocker)
  // A task that may only be done elsewhere is the customer's way, not this counter's.
  const doable = tasks.every((task) => task.ways.some((way) => way !== 'elsewhere'))
  const resolution = home === 'task' && !doable ? 'elsewhere' : home
  const effect = effectOf(severity, resolution, overrideBy)
  const rule = policy.rules.get(code)
  return {
    key: canonicalFinding(blocker),
    code,
    params,
    known: entry !== undefined,
    severity,
    effect,
    resolution,
    owner: entry?.owner ?? 'homeProvince',
    places: resolution === 'settlement' ? ['counter'] : (entry?.places ?? ['hotline', 'homeStore']),
    ...(entry?.branch ? { branch: entry.branch } : {}),
    cost: costOf(blocker, resolution, scene.figures),
    overrideBy: effect === 'decide' ? overrideBy : undefined,
    ...(rule?.deadlineDays ? { deadline: addDays(scene.on, rule.deadlineDays) } : {}),
    ...(rule ? { rule: { source: rule.source, assumed: rule.assumed } } : {}),
    tasks,
    cleared: isCleared(
      effect,
      overrideBy,
      tasks,
      scene.acknowledgements.find((said) => said.code === code),
    ),
  }
}

/**
 * The one list of what stands in the way: every finding once, explained, what stops first. The order in which the home
 * province found them does not matter, and one more finding takes none of the others away.
 */
export function explainFindings(scene: FindingScene): ExplainedFinding[] {
  const found = new Map<string, ExplainedFinding>()
  for (const blocker of scene.blockers) {
    const finding = explain(scene, blocker)
    if (finding) found.set(finding.key, finding)
  }
  const group = (finding: ExplainedFinding) => findingEffects.indexOf(finding.effect)
  return [...found.values()].sort(
    (a, b) => group(a) - group(b) || catalogueRank(a.code) - catalogueRank(b.code) || (a.key < b.key ? -1 : 1),
  )
}

/** Every task of a list of findings once, in the order of the list. */
export function allTasks(findings: readonly ExplainedFinding[]): CaseTask[] {
  return [...new Map(findings.flatMap(({ tasks }) => tasks).map((task) => [taskKey(task), task])).values()]
}

/** One finding met outside of the pre-check (when proving, at the dispatch, at the home audit), explained by the catalogue. */
export function explainAlone(blocker: Blocker, on: ShanghaiDate): ExplainedFinding {
  const account = { agreements: [], bundleMembers: [] }
  return explain({ blockers: [], account, acknowledgements: [], tasks: [], on }, blocker)!
}
