import { randomUUID } from 'node:crypto'
import { blockerEntry } from '../../src/shared/domain/blocker-catalogue.ts'
import { type Check, type Kind, NothingToTryOn, type Scene } from './check.ts'
import { enquiries } from './checks/enquiries.ts'
import { orders } from './checks/orders.ts'
import { payments } from './checks/payments.ts'
import { protocol } from './checks/protocol.ts'
import { type Conversation, Nonconformity } from './conversation.ts'
import type { Fixtures, Subscriber } from './fixtures.ts'

/** All checks, in the order in which they run: questions first, what uses lines up last. */
const allChecks: readonly Check[] = [...enquiries, ...protocol, ...payments, ...orders]

export interface CheckResult {
  id: string
  title: string
  outcome: 'holds' | 'broken' | 'notTried'
  detail?: string
  milliseconds: number
}

/** How many lines of each kind the checks may take, plus one to look at. */
const wanted: Record<Kind, number> = { clean: 5, arrears: 4, agreements: 3, premium: 1 }

/** Refusals that say who may ask for a line, not whether the papers are right: such a line is no one's to try with alone. */
const needsSomebodyElse = ['MINOR_NO_GUARDIAN', 'OWNER_DECEASED', 'AGENT_NOT_ALLOWED', 'UNSUPPORTED_DOC']

async function asksForItself(bss: Conversation, { msisdn, holder, servicePassword }: Subscriber): Promise<boolean> {
  const { identificationType, identificationId, name } = holder
  const request = { msisdn, identificationType, identificationId, name, servicePassword }
  const answer = await bss.call('authentication', request).catch(() => undefined)
  return !needsSomebodyElse.includes(String(answer?.value.code))
}

async function kindsOf(bss: Conversation, fixtures: Fixtures, person: Subscriber): Promise<Kind[]> {
  const { handlingProvince } = fixtures
  const answer = await bss.call('pre-check', { msisdn: person.msisdn, handlingProvince }).catch(() => undefined)
  if (answer?.value.result !== 'ok') return []
  const { account, blockers } = answer.value as unknown as {
    account: { agreements: unknown[]; bills: { unpaidLi: number }[]; unbilledLi: number; number: { premium: boolean } }
    blockers: { code: string }[]
  }
  const stopped = blockers.some(({ code }) => {
    const entry = blockerEntry(code)
    return (
      entry === undefined ||
      (entry.severity !== 'info' && entry.severity !== 'warn' && entry.resolution === 'elsewhere')
    )
  })
  const owes = account.bills.some((bill) => bill.unpaidLi > 0)
  if (owes) return ['arrears']
  if (stopped) return []
  if (account.number.premium) return ['premium']
  return account.agreements.length > 0 ? ['agreements'] : ['clean']
}

/** Sorts the given lines by what their own pre-checks say, until there are enough of each kind. */
async function sortLines(bss: Conversation, fixtures: Fixtures): Promise<Record<Kind, Subscriber[]>> {
  const sorted: Record<Kind, Subscriber[]> = { clean: [], arrears: [], agreements: [], premium: [] }
  const kinds = Object.keys(wanted) as Kind[]
  for (const person of fixtures.subscribers) {
    if (kinds.every((kind) => sorted[kind].length >= wanted[kind])) break
    const its = await kindsOf(bss, fixtures, person)
    if (its.length > 0 && (await asksForItself(bss, person))) for (const kind of its) sorted[kind].push(person)
  }
  return sorted
}

/**
 * Runs the checks one after the other. A rule that does not hold is `broken` with what was expected and what came; a check
 * without a line to try it on is `notTried`. Other failures of the suite itself are thrown.
 */
export async function runChecks(
  bss: Conversation,
  fixtures: Fixtures,
  options: { readOnly: boolean; patienceMs: number; only?: readonly string[] },
): Promise<CheckResult[]> {
  const lines = await sortLines(bss, fixtures)
  const lineOf = (kind: Kind, use: boolean): Subscriber => {
    const person = use ? lines[kind].pop() : lines[kind][0]
    if (!person) throw new NothingToTryOn(`no line of the kind "${kind}" is left among the subscribers given`)
    return person
  }
  const scene: Scene = {
    bss,
    fixtures,
    take: (kind) => lineOf(kind, true),
    look: (kind) => lineOf(kind, false),
    patienceMs: options.patienceMs,
    newId: randomUUID,
    now: Date.now,
  }
  return tryAll(allChecks, scene, options)
}

/** Tries checks on a scene, one after the other; see `runChecks`. */
export async function tryAll<S>(
  checks: readonly Check<S>[],
  scene: S,
  options: { readOnly: boolean; only?: readonly string[] },
): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const check of checks) {
    if (options.only && !options.only.includes(check.id)) continue
    const { id, title } = check
    if (options.readOnly && check.changes) {
      results.push({ id, title, outcome: 'notTried', detail: 'changes the test base (--read-only)', milliseconds: 0 })
      continue
    }
    const began = performance.now()
    const result = (outcome: CheckResult['outcome'], detail?: string): CheckResult => ({
      id,
      title,
      outcome,
      ...(detail ? { detail } : {}),
      milliseconds: Math.round(performance.now() - began),
    })
    try {
      await check.run(scene)
      results.push(result('holds'))
    } catch (error) {
      if (error instanceof Nonconformity) results.push(result('broken', error.message))
      else if (error instanceof NothingToTryOn) results.push(result('notTried', error.message))
      else throw error
    }
  }
  return results
}
