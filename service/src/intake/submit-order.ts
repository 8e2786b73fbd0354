import { homeAccountSchema } from '../../../src/shared/domain/account.ts'
import { blockerSchema } from '../../../src/shared/domain/blocker.ts'
import { explainFindings } from '../../../src/shared/domain/blocker-findings.ts'
import { addDays, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { EffectiveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import type { OrderSubmit } from '../../../src/shared/protocol/jobs.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { findLivingProof } from '../identity/living-proof.ts'
import { changeOrder } from '../orders/change-order.ts'
import { queueSms } from '../orders/queue-sms.ts'
import { blockerPolicyAt } from '../pre-checks/blocker-policy-at.ts'
import { checkApprovals } from '../submission/check-approvals.ts'
import { checkBlockers } from '../submission/check-blockers.ts'
import { checkFigures } from '../submission/check-figures.ts'
import { checkMoneyBack } from '../submission/check-money-back.ts'
import { checkPapers } from '../submission/check-papers.ts'
import { checkParties } from '../submission/check-parties.ts'
import { checkPayments } from '../submission/check-payments.ts'
import type { JobHandler, JobScene } from './job-kinds.ts'

/** A counter's clock may differ from the service's by this much (see also the DPoP window). */
const clockLeewayMs = 120_000

/**
 * Holds a submission against everything the service knows itself; nothing is believed because the counter says so. Answers the rules
 * the order is under.
 */
async function checkSubmission(scene: JobScene, order: OrderSubmit): Promise<Result<EffectiveRules>> {
  const { tx, context, device, now } = scene
  const [{ msisdn }] = order.productOrderItem
  if (order.acceptedAt > now + clockLeewayMs) return fail('job.malformed', { field: 'payload.acceptedAt' })
  const proof = await findLivingProof(tx, {
    proofId: order.proofId,
    caseId: order.caseId,
    msisdn,
    deviceId: device.deviceId,
    at: order.acceptedAt,
    leewayMs: clockLeewayMs,
  })
  if (!proof.ok) return proof
  const preCheck = await tx
    .selectFrom('pre_check')
    .selectAll()
    .where('pre_check_id', '=', order.preCheckId)
    .where('case_id', '=', order.caseId)
    .where('msisdn', '=', msisdn)
    .where('device_id', '=', device.deviceId)
    .executeTakeFirst()
  if (!preCheck) return fail('case.preCheckMissing', { field: 'preCheckId' })
  const account = homeAccountSchema.parse(JSON.parse(preCheck.account))
  const blockers = blockerSchema.array().parse(JSON.parse(preCheck.blockers))
  if (order.carrier !== account.number.carrier) return fail('job.invalidReference', { field: 'carrier' })
  if (order.homeProvince !== account.number.homeProvince) return fail('job.invalidReference', { field: 'homeProvince' })
  const packs = (await context.rules.published(tx)).packs
  const checkedOn = shanghaiDate(preCheck.checked_at)
  const findings = explainFindings({
    blockers,
    account,
    policy: blockerPolicyAt(packs, account.number, checkedOn),
    acknowledgements: order.acknowledgedBlockers,
    tasks: order.tasks ?? [],
    on: checkedOn,
  })
  const standing = await checkBlockers(tx, order, findings)
  if (!standing.ok) return standing
  const figures = checkFigures(order, account, packs)
  if (!figures.ok) return figures
  const { settlement, penaltyFen, rules } = figures.value
  const parties = checkParties(order, proof.value, settlement)
  if (!parties.ok) return parties
  const back = checkMoneyBack(order, account, settlement, rules)
  if (!back.ok) return back
  const faceByEye = (JSON.parse(proof.value.face) as { outcome: string }).outcome === 'noReference'
  const approvals = await checkApprovals(tx, order, rules.risk, {
    account,
    blockers,
    settlement,
    penaltyFen,
    faceByEye,
    staffId: scene.staff.staffId,
  })
  if (!approvals.ok) return approvals
  const payments = await checkPayments(tx, order, settlement)
  if (!payments.ok) return payments
  const papers = await checkPapers(tx, order.caseId, order.attachments)
  return papers.ok ? ok(rules) : papers
}

async function insertOrder(scene: JobScene, order: OrderSubmit, { deadlines }: EffectiveRules) {
  const { tx, device, staff, now } = scene
  const [{ msisdn }] = order.productOrderItem
  return (
    tx
      .insertInto('product_order')
      .values({
        order_id: order.orderId,
        case_id: order.caseId,
        case_number: order.caseNumber,
        msisdn,
        carrier: order.carrier,
        home_province: order.homeProvince,
        store_id: device.storeId,
        device_id: device.deviceId,
        staff_id: staff.staffId,
        stage: 'accepted',
        submission: JSON.stringify(order),
        deadline: addDays(shanghaiDate(now), deadlines.finish.days),
        step_token: 0,
        created_at: now,
        updated_at: now,
        attempts: 0,
        urge_count: 0,
        owed_here_fen: 0,
      })
      // Either the id is taken or the number has an open order: the unique indexes decide, also between two processes.
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
  )
}

/**
 * `order.submit`: takes over the customer's signed acceptance. Errors: `proof.*`, `case.*`, `quote.*`, `settlement.mismatch`,
 * `limits.exceeded`, `contact.sameNumber`, `refund.*`, `approval.missing`, `payment.*`, `order.attachmentMissing`,
 * `order.alreadyDispatched`, `job.invalidReference`.
 */
export const submitOrder: JobHandler<'order.submit'> = async (scene, order) => {
  const { tx, context, device, staff, now } = scene
  const store = await tx
    .selectFrom('store')
    .select('may_accept')
    .where('store_id', '=', device.storeId)
    .executeTakeFirst()
  if (!store?.may_accept) return fail('auth.forbidden', { params: { reason: 'storeMayNotAccept' } })
  const checked = await checkSubmission(scene, order)
  if (!checked.ok) return checked
  const inserted = await insertOrder(scene, order, checked.value)
  if (!inserted) return fail('order.alreadyDispatched')
  if (order.paymentIds.length > 0)
    await tx
      .updateTable('payment')
      .set({ order_id: order.orderId })
      .where('payment_id', 'in', order.paymentIds)
      .execute()
  await appendAudit(tx, {
    storeId: device.storeId,
    at: now,
    actor: staff.staffId,
    deviceId: device.deviceId,
    action: 'order.submitted',
    subject: order.orderId,
    details: { caseId: order.caseId, totalFen: order.settlement.totalFen },
  })
  for (const said of order.acknowledgedBlockers)
    if (said.level)
      await appendAudit(tx, {
        storeId: device.storeId,
        at: now,
        actor: said.staffId ?? staff.staffId,
        deviceId: device.deviceId,
        action: 'blocker.overridden',
        subject: order.orderId,
        details: { caseId: order.caseId, code: said.code, level: said.level },
      })
  await queueSms(tx, context, inserted, 'accepted')
  await queueSms(tx, context, inserted, 'warning')
  await changeOrder(tx, context, inserted, { events: [{ code: 'accepted' }], nextStepInSeconds: 0 })
  return ok({ orderId: order.orderId, deadline: inserted.deadline })
}
