import type { AppView, CaseView } from '../../../src/shared/contract/views.ts'
import type { Failure } from '../../../src/shared/domain/result.ts'
import type { Chance } from './chance.ts'
import type { Counter, Reply } from './counter.ts'
import type { Draft } from './draft.ts'
import type { Scheduler } from './scheduler.ts'
import type { Trace } from './trace.ts'

export type Deed = 'case.takePayment' | 'case.submit' | 'order.urge' | 'order.withdraw' | 'order.resupply'

/** What a clerk did in one case, and what the program told them. */
export interface CaseLedger {
  draft: Draft
  /** How often each deed was asked for, and how often the program said it was done. */
  asked: Partial<Record<Deed, number>>
  told: Partial<Record<Deed, number>>
}

/** A clerk at their counter: takes cases through payment and submission, and never gives up because a machine stopped. */
export interface Clerk {
  ledger: readonly CaseLedger[]
  /** Works through one case; resolves when it is over for this clerk. */
  work(draft: Draft): Promise<void>
  /** Signs in, and lets everything that was held try again, once. */
  tidyUp(): Promise<void>
}

type Outcome = 'done' | 'givenUp' | 'unknown' | { error: Failure }

/** A machine that does not answer, a full disk, nobody signed in: the clerk tries again. */
const passing = /^(store\.|auth\.|connection\.|service\.internal|device\.)/
/** Tries of one deed; between two lies up to half a minute. */
const mostTries = 60

export function createClerk(
  counter: Counter,
  parts: { scheduler: Scheduler; chance: Chance; trace: Trace; unexpected(what: string): void },
): Clerk {
  const { scheduler, chance, trace } = parts
  const ledger: CaseLedger[] = []
  const retried = new Set<string>()

  const answerOf = (reply: Reply): Outcome =>
    reply.kind === 'lost' ? 'unknown' : reply.result.ok ? 'done' : { error: reply.result.error }

  async function signIn(): Promise<boolean> {
    const view = await counter.call('app.view', {})
    if (view.kind === 'lost' || !view.result.ok) return false
    const { device, staff } = view.result.value as AppView
    if (staff) return true
    if (!device && answerOf(await counter.call('device.enrol', { enrolmentCode: 'SIMU-LATE' })) !== 'done') return false
    const credentials = { staffId: counter.staff.staffId, password: 'simulation' }
    return answerOf(await counter.call('session.signIn', credentials)) === 'done'
  }

  async function view(caseId: string): Promise<CaseView | undefined> {
    const reply = await counter.call('case.view', { caseId })
    return reply.kind === 'answered' && reply.result.ok ? (reply.result.value as CaseView) : undefined
  }

  function count(counts: CaseLedger['asked'], deed: Deed) {
    counts[deed] = (counts[deed] ?? 0) + 1
  }

  /** Does a deed until the program says something final. `isThere` looks whether an earlier, unanswered try was kept. */
  async function insist(
    entry: CaseLedger,
    deed: Deed,
    input: object,
    isThere: (view: CaseView) => boolean,
  ): Promise<'done' | 'givenUp'> {
    const { caseId } = entry.draft.case
    let unanswered = false
    for (let tries = 0; tries < mostTries; tries += 1) {
      if (tries > 0) await scheduler.sleep(chance.wait(6_000))
      if (!(await signIn())) continue
      if (unanswered) {
        const seen = await view(caseId)
        if (!seen) continue
        if (isThere(seen)) return 'done'
        unanswered = false
      }
      count(entry.asked, deed)
      const outcome = answerOf(await counter.call(deed, { caseId, ...input }))
      trace.note(counter.name, deed, typeof outcome === 'object' ? outcome.error.code : outcome, caseId.slice(-4))
      if (outcome === 'done') {
        count(entry.told, deed)
        return 'done'
      }
      if (outcome === 'unknown') unanswered = true
      else if (typeof outcome === 'object' && !passing.test(outcome.error.code)) return 'givenUp'
    }
    return 'givenUp'
  }

  async function keep(draft: Draft): Promise<boolean> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      if (tries > 0) await scheduler.sleep(chance.wait(6_000))
      if (!(await signIn())) continue
      if (tries > 0 && (await view(draft.case.caseId))) return true
      if (await counter.keepDraft(draft)) return true
    }
    return false
  }

  async function afterSubmission(entry: CaseLedger) {
    const plan = chance.pick(['nothing', 'urge', 'urge', 'urgeTwice', 'withdraw', 'withdrawLate'] as const)
    const has = (kind: string) => (seen: CaseView) => seen.waiting.some((job) => job.kind === kind)
    await scheduler.sleep(chance.wait(plan === 'withdrawLate' ? 50_000 : 8_000))
    for (let urge = 0; urge < (plan === 'urge' ? 1 : plan === 'urgeTwice' ? 2 : 0); urge += 1) {
      await insist(entry, 'order.urge', { reason: `please hurry ${urge}` }, has('order.urge'))
      await scheduler.sleep(chance.wait(10_000))
    }
    if (plan.startsWith('withdraw'))
      await insist(entry, 'order.withdraw', { reason: 'changed my mind' }, has('order.withdraw'))
    for (let look = 0; look < 3; look += 1) {
      await scheduler.sleep(40_000)
      const stage = (await view(entry.draft.case.caseId))?.order?.stage
      if (stage !== 'returned') continue
      if (chance.happens(0.8)) await insist(entry, 'order.resupply', { note: 'as asked' }, has('order.resupply'))
      return
    }
  }

  return {
    ledger,
    async work(draft) {
      const entry: CaseLedger = { draft, asked: {}, told: {} }
      if (!(await keep(draft))) return
      ledger.push(entry)
      await scheduler.sleep(chance.wait(3_000))
      if (draft.payableFen > 0) {
        const paid = await insist(
          entry,
          'case.takePayment',
          { method: 'cash', amountFen: draft.payableFen },
          (seen) => seen.case.payments.length > 0,
        )
        if (paid === 'givenUp') return
        await scheduler.sleep(chance.wait(4_000))
      }
      const submitted = await insist(entry, 'case.submit', {}, (seen) => seen.case.state === 'submitted')
      if (submitted === 'done') await afterSubmission(entry)
    },
    async tidyUp() {
      while (!(await signIn())) await scheduler.sleep(2_000)
      const held =
        (await counter.store()?.query<{ id: string }>("SELECT id FROM outbox_job WHERE state = 'needs_attention'")) ??
        []
      for (const { id } of held) {
        if (retried.has(id)) continue
        const outcome = answerOf(await counter.call('outbox.retry', { jobId: id }))
        trace.note(counter.name, 'outbox.retry', typeof outcome === 'object' ? outcome.error.code : outcome)
        if (outcome === 'done') retried.add(id)
      }
    },
  }
}
