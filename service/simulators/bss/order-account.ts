import type { PreCheckAnswer } from '../../src/connectors/wire/home-bss.ts'
import { accountView } from './account-view.ts'
import type { OrderRecord } from './order-record.ts'
import { findBlockers } from './pre-check.ts'
import { findLine, type HomeSystem } from './system.ts'

/**
 * The account behind an order for a last look before it is carried out: what this order itself has ended is shown as if it had not,
 * so that looking again after a crash shows the same.
 */
export function orderAccount(system: HomeSystem, record: OrderRecord): PreCheckAnswer {
  const found = findLine(system, record.order.msisdn)
  if (!found.found) return found.refusal
  const { line, holder } = found
  const mine = new Set([...record.order.agreements.map(({ agreementId }) => agreementId), ...record.amended.keys()])
  const { world } = system
  const before: HomeSystem = {
    ...system,
    world: {
      ...world,
      terminatedAgreements: new Map([...world.terminatedAgreements].filter(([id]) => !mine.has(id))),
      ended: new Map([...world.ended].filter(([msisdn]) => msisdn !== line.msisdn)),
    },
  }
  const blockers = findBlockers(before, line, holder, record.order.asker?.kind).filter(
    ({ code, params }) => code !== 'PENDING_ORDER' || params.orderId !== record.order.orderId,
  )
  return { result: 'ok', account: accountView(before, line, holder), blockers }
}
