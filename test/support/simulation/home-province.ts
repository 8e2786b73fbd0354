import type { HomeBssConnector } from '../../../service/src/connectors/home-bss.ts'
import type { WireAccount } from '../../../service/src/connectors/wire/home-bss.ts'
import { liFromFen, namedFenToLi } from '../../../service/src/connectors/wire/li.ts'
import type { HomeAccount } from '../../../src/shared/domain/account.ts'
import type { Chance } from './chance.ts'
import type { Scheduler } from './scheduler.ts'
import type { Trace } from './trace.ts'

type ReviewState = 'reviewing' | 'returned' | 'refused' | 'approved' | 'withdrawn'
interface HomeOrder {
  state: ReviewState
  decidesAt: number
  becomes: ReviewState
  urges: number
}
type Answer = { outcome: 'ok'; value: object } | { outcome: 'refused'; code: string; params: Record<string, string> }

/** The outside world behind the service, with a ledger of its own. It survives whatever happens to the service. */
export interface HomeProvince {
  connector: HomeBssConnector
  /** Effects by idempotency key: what was asked, and how often it was asked. */
  effects: ReadonlyMap<string, { body: string; asked: number }>
  /** Money that was posted and not taken back, in li, by payment. */
  postedLi: ReadonlyMap<string, number>
  /** Keys that were used for two different things. */
  conflicts: readonly string[]
  /** How often it does not answer, or answers into the void, from now on. */
  setTrouble(share: number): void
}

const handler = { name: '王五', phone: '01000000000' }

/** What the home province knows behind an order: the account the pre-check showed, and what was paid of it since. */
export interface AccountBehind {
  account: HomeAccount
  paid: readonly { kind: string; ref?: string; amountFen: number }[]
}

/** An account as it goes over the wire, less what has been paid. */
function wireAccount({ account, paid }: AccountBehind): WireAccount {
  const { monthlyFeeFen, unbilledFen, depositFen, agreements, bills, buckets, ...rest } = account
  const paidLi = (kind: string, ref?: string) =>
    paid.filter((one) => one.kind === kind && one.ref === ref).reduce((sum, one) => sum + one.amountFen * 10, 0)
  return {
    ...rest,
    monthlyFeeLi: liFromFen(monthlyFeeFen),
    unbilledLi: liFromFen(unbilledFen) - paidLi('unbilled'),
    depositLi: liFromFen(depositFen),
    agreements: agreements.map((agreement) => ({ ...agreement, terms: namedFenToLi(agreement.terms) as never })),
    bills: bills.map(({ amountFen, unpaidFen, ...bill }) => ({
      ...bill,
      amountLi: liFromFen(amountFen),
      unpaidLi: liFromFen(unpaidFen) - paidLi('bill', bill.id),
    })),
    buckets: buckets.map(({ remainingFen, ...bucket }) => ({ ...bucket, remainingLi: liFromFen(remainingFen) })),
  }
}

/** Creates a home province that decides every order within minutes. */
export function createHomeProvince(
  scheduler: Scheduler,
  chance: Chance,
  trace: Trace,
  accountBehind: (orderId: string) => Promise<AccountBehind>,
): HomeProvince {
  const orders = new Map<string, HomeOrder>()
  const effects = new Map<string, { body: string; asked: number; answer: Answer }>()
  const postedLi = new Map<string, number>()
  const conflicts: string[] = []
  let trouble = 0

  /** Asks with the network's usual trouble; an effect with a key happens once, whatever the answer's fate. */
  async function ask(operation: string, key: string | undefined, body: unknown, act: () => Answer): Promise<unknown> {
    await scheduler.sleep(chance.wait(150))
    if (chance.happens(trouble / 2)) return { outcome: 'unavailable', detail: 'refused' }
    const text = JSON.stringify([operation, body])
    const earlier = key === undefined ? undefined : effects.get(key)
    if (earlier && earlier.body !== text) conflicts.push(key!)
    if (earlier) earlier.asked += 1
    const answer = earlier?.answer ?? act()
    if (key !== undefined && !earlier) {
      effects.set(key, { body: text, asked: 1, answer })
      trace.note('home', operation, answer.outcome, key)
    }
    await scheduler.sleep(chance.wait(100))
    return chance.happens(trouble / 2) ? { outcome: 'unavailable', detail: 'timeout' } : answer
  }

  const ok = (value: object): Answer => ({ outcome: 'ok', value })
  const refused = (code: string, params: Record<string, string> = {}): Answer => ({ outcome: 'refused', code, params })

  function find(orderId: string): HomeOrder | undefined {
    const order = orders.get(orderId)
    if (order?.state === 'reviewing' && scheduler.now() >= order.decidesAt) order.state = order.becomes
    return order
  }

  function decision(afterPapers: boolean): Pick<HomeOrder, 'decidesAt' | 'becomes'> {
    const becomes = afterPapers ? 'approved' : chance.pick(['approved', 'approved', 'approved', 'returned', 'refused'])
    return { decidesAt: scheduler.now() + chance.wait(30_000), becomes: becomes as ReviewState }
  }

  const connector = {
    postPayment: (_home: unknown, request: { correlatorId: string; amountLi: number }, effect: { key: string }) =>
      ask('payment', effect.key, request, () => {
        postedLi.set(request.correlatorId, request.amountLi)
        return ok({ result: 'ok', postedAt: scheduler.now(), reference: `P${postedLi.size}` })
      }),
    reversePayment: (_home: unknown, id: string, request: { amountLi: number }, effect: { key: string }) =>
      ask('reversal', effect.key, { id, ...request }, () => {
        postedLi.set(id, (postedLi.get(id) ?? 0) - request.amountLi)
        return ok({ result: 'ok', reversedAt: scheduler.now(), reference: `R-${id}` })
      }),
    dispatchOrder: (_home: unknown, request: { orderId: string }, effect: { key: string }) =>
      ask('dispatch', effect.key, request, () => {
        if (orders.has(request.orderId)) return refused('ALREADY_DISPATCHED', { orderId: request.orderId })
        orders.set(request.orderId, { state: 'reviewing', urges: 0, ...decision(false) })
        return ok({ result: 'ok', serviceOrderId: `SO-${orders.size}` })
      }),
    queryOrder: (_home: unknown, orderId: string) =>
      ask('state', undefined, orderId, () => {
        const order = find(orderId)
        if (!order) return refused('UNKNOWN_ORDER')
        const remark = order.state === 'returned' ? { code: 'ATTACHMENT_UNUSABLE', kind: 'portrait' } : undefined
        return ok({
          state: order.state,
          ...(remark ? { code: remark.code, resubmitBy: scheduler.now() + 200_000 } : {}),
          ...(order.state === 'refused' ? { code: 'USER_CAUSE_FAIL' } : {}),
          params: remark ? { kind: 'portrait' } : {},
          handler,
          stage: order.state,
        })
      }),
    async orderAccount(_home: unknown, orderId: string) {
      const behind = await accountBehind(orderId)
      return ask('account', undefined, orderId, () => ok({ account: wireAccount(behind), blockers: [] }))
    },
    resupply: (_home: unknown, request: unknown, effect: { key: string; orderId: string }) =>
      ask('resupply', effect.key, request, () => {
        const order = find(effect.orderId)
        if (order?.state !== 'returned') return refused('NOT_RETURNED', { state: order?.state ?? '' })
        Object.assign(order, { state: 'reviewing', ...decision(true) })
        return ok({ state: 'reviewing' })
      }),
    urge: (_home: unknown, request: unknown, effect: { key: string; orderId: string }) =>
      ask('urge', effect.key, request, () => {
        const order = find(effect.orderId)
        if (order?.state !== 'reviewing') return refused('NOT_URGEABLE', { state: order?.state ?? '' })
        order.urges += 1
        return ok({ handler, stage: 'reviewing', urgeCount: order.urges })
      }),
    withdraw: (_home: unknown, request: unknown, effect: { key: string; orderId: string }) =>
      ask('withdrawal', effect.key, request, () => {
        const order = find(effect.orderId)
        if (!order) return refused('UNKNOWN_ORDER')
        if (order.state === 'approved') return refused('ALREADY_APPROVED')
        if (order.state === 'refused') return refused('ALREADY_REFUSED')
        order.state = 'withdrawn'
        return ok({ withdrawnAt: scheduler.now() })
      }),
    terminateAgreement: (_home: unknown, agreementId: string, _figures: unknown, effect: { key: string }) =>
      ask('termination', effect.key, agreementId, () => ok({ agreementId, terminatedAt: scheduler.now() })),
    finalBill: (_home: unknown, effect: { key: string; orderId: string }) =>
      ask('final bill', effect.key, effect.orderId, () =>
        ok({ billId: `F-${effect.orderId}`, amountLi: 0, outstandingLi: 0, lines: [] }),
      ),
    deactivate: (_home: unknown, effect: { key: string; orderId: string }) =>
      ask('deactivation', effect.key, effect.orderId, () => {
        const refund = { cashLi: 0, giftLi: 0, depositLi: 0 }
        return ok({ effectiveAt: scheduler.now(), agingUntil: scheduler.now() + 90 * 86_400_000, refund })
      }),
  }
  return {
    // The orders of these worlds ask nothing else of a home province.
    connector: connector as unknown as HomeBssConnector,
    effects,
    postedLi,
    conflicts,
    setTrouble(share) {
      trouble = share
    },
  }
}
