import { Environment } from '@marcbachmann/cel-js'

/** Facts by name with their CEL types. A condition that names anything else, or is no bool, is refused when the policy is read. */
export const riskFactTypes = {
  premium: 'bool',
  /** Sums over the agreements; what is asked to be waived; what would be refunded and paid. */
  penaltyFen: 'int',
  waivedFen: 'int',
  refundFen: 'int',
  payableFen: 'int',
  /** The police library holds no portrait, so two people compare by eye. */
  faceByEye: 'bool',
  manualEntry: 'bool',
  blacklisted: 'bool',
  /** holder, agent, guardian, heir, organisation, disowned */
  asker: 'string',
  /** RESIDENT_ID … */
  documentType: 'string',
  /** Hour of the day in Shanghai, 0–23. */
  hour: 'int',
  daysSinceOpened: 'int',
  agreements: 'int',
  /** False when the home system does not tell of recent changes; the three figures below then mean nothing. */
  changesTold: 'bool',
  hoursSinceSimSwap: 'int',
  hoursSincePasswordReset: 'int',
  hoursSinceResume: 'int',
} as const
export type RiskFactName = keyof typeof riskFactTypes

/** Hours since something that never happened. */
export const neverHours = 1_000_000

type Condition = (facts: Record<string, bigint | boolean | string>) => unknown

function environmentWith(counts: readonly string[]): Environment {
  const environment = new Environment()
  for (const [name, type] of Object.entries(riskFactTypes)) environment.registerVariable(name, type)
  for (const name of counts) environment.registerVariable(name, 'int')
  return environment
}

const compiled = new Map<string, { condition: Condition } | { problem: string }>()

/** Compiles a condition once per text; `problem` says in one line what is wrong with it. */
export function compileCondition(
  when: string,
  counts: readonly string[],
): { condition: Condition } | { problem: string } {
  const key = `${counts.join(',')}|${when}`
  const known = compiled.get(key)
  if (known) return known
  const result = compile(when, counts)
  compiled.set(key, result)
  return result
}

function compile(when: string, counts: readonly string[]): { condition: Condition } | { problem: string } {
  const taken = counts.find((name) => name in riskFactTypes)
  if (taken) return { problem: `the count ${taken} has the name of a fact` }
  try {
    const parsed = environmentWith(counts).parse(when)
    const checked = parsed.check()
    if (!checked.valid) return { problem: firstLine(checked.error) }
    if (checked.type !== 'bool') return { problem: `is ${checked.type}, not a yes or no` }
    return { condition: (facts) => parsed(facts) }
  } catch (error) {
    return { problem: firstLine(error) }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim()
}
