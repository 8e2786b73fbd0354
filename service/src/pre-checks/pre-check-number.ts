import type { Blocker } from '../../../src/shared/domain/blocker.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { PreCheck } from '../../../src/shared/protocol/identity.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { technicalFailure, unexpectedRefusal } from '../connectors/failures.ts'
import { findLivingProof } from '../identity/living-proof.ts'
import type { CounterScene } from '../identity/scene.ts'
import { finalStages } from '../orders/stages.ts'
import { seal } from '../reconciliation/seals.ts'
import type { ServiceContext } from '../service-context.ts'
import { mapAccount, mapBlockers } from './map-account.ts'

/** What stands in the way on this side: an order under way, or a store without the right. */
async function ownBlockers(context: ServiceContext, scene: CounterScene, msisdn: string): Promise<Blocker[]> {
  const blockers: Blocker[] = []
  const open = await context.db
    .selectFrom('product_order')
    .select('case_number')
    .where('msisdn', '=', msisdn)
    .where('stage', 'not in', finalStages)
    .executeTakeFirst()
  if (open) blockers.push({ code: 'ALREADY_DISPATCHED', params: { caseNumber: open.case_number } })
  const store = await context.db
    .selectFrom('store')
    .select('may_accept')
    .where('store_id', '=', scene.device.storeId)
    .executeTakeFirst()
  if (!store?.may_accept) blockers.push({ code: 'STAFF_NO_RIGHT', params: {} })
  return blockers
}

/**
 * The home province's dry run, with every blocker at once; kept, because the order is checked against it later.
 * Errors: `proof.missing`, `proof.expired`, `number.notFound`, `home.unavailable`, `home.unexpectedAnswer`.
 */
export async function preCheckNumber(
  context: ServiceContext,
  scene: CounterScene,
  request: { caseId: string; msisdn: string; proofId: string },
): Promise<Result<PreCheck>> {
  const proof = await findLivingProof(context.db, {
    ...request,
    deviceId: scene.device.deviceId,
    at: context.clock.now(),
  })
  if (!proof.ok) return proof
  const home = { carrier: proof.value.carrier, province: proof.value.home_province }
  const answer = await context.homeBss.preCheck(home, {
    msisdn: request.msisdn,
    handlingProvince: scene.device.handlingProvince,
    asker: proof.value.asker,
  })
  if (answer.outcome === 'refused')
    return answer.code === 'NOT_FOUND' ? fail('number.notFound') : unexpectedRefusal(answer.code)
  if (answer.outcome !== 'ok') return technicalFailure(answer, 'bss')
  const account = mapAccount(answer.value.account)
  const found = mapBlockers(answer.value.blockers)
  if (!account || !found || account.number.msisdn !== request.msisdn) return unexpectedRefusal('PRE_CHECK')
  const own = await ownBlockers(context, scene, request.msisdn)
  const blockers = [...found.filter((blocker) => !own.some((other) => other.code === blocker.code)), ...own]
  const now = context.clock.now()
  const preCheck: PreCheck = { preCheckId: context.newId(), account, blockers, checkedAt: instant(now) }
  const row = {
    pre_check_id: preCheck.preCheckId,
    case_id: request.caseId,
    device_id: scene.device.deviceId,
    proof_id: request.proofId,
    msisdn: request.msisdn,
    account: JSON.stringify(account),
    blockers: JSON.stringify(blockers),
    checked_at: now,
  }
  await context.db.transaction().execute(async (tx) => {
    await tx.insertInto('pre_check').values(row).execute()
    await appendAudit(tx, {
      storeId: scene.device.storeId,
      at: now,
      actor: scene.staff.staffId,
      deviceId: scene.device.deviceId,
      action: 'account.read',
      subject: preCheck.preCheckId,
      details: { caseId: request.caseId, blockers: blockers.length },
    })
  })
  return ok({ ...preCheck, ...(await seal(context.db, 'pre_check', row)) })
}
