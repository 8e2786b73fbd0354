import { homeAccountSchema } from '../../../src/shared/domain/account.ts'
import { blockerSchema } from '../../../src/shared/domain/blocker.ts'
import { explainFindings } from '../../../src/shared/domain/blocker-findings.ts'
import { addDays, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { ruleFor } from '../../../src/shared/domain/papers.ts'
import { routeNeedsSecondPerson } from '../../../src/shared/domain/refund-routes.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { recordOf } from '../../../src/shared/domain/risk-assessment.ts'
import { type RiskPolicy, riskPolicyOf } from '../../../src/shared/domain/risk-policy.ts'
import type { EffectiveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import type { OrderSubmit } from '../../../src/shared/protocol/jobs.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { newSixDigits } from '../auth/secrets.ts'
import type { IdentityProofTable, PreCheckTable } from '../database/tables.ts'
import { findLivingProof } from '../identity/living-proof.ts'
import { changeOrder } from '../orders/change-order.ts'
import { queueSms } from '../orders/queue-sms.ts'
import { nextCoolingStep } from '../orders/steps/cool-off.ts'
import { blockerPolicyAt } from '../pre-checks/blocker-policy-at.ts'
import { decideRisk, type RiskDecision } from '../risk/decide-risk.ts'
import { checkBlockers } from '../submission/check-blockers.ts'
import { checkFigures } from '../submission/check-figures.ts'
import { checkMoneyBack } from '../submission/check-money-back.ts'
import { checkPapers } from '../submission/check-papers.ts'
import { checkParties } from '../submission/check-parties.ts'
import { checkPayments } from '../submission/check-payments.ts'
import { keepEvidence } from '../submission/keep-evidence.ts'
import type { JobHandler, JobScene } from './job-scene.ts'

/** A counter's clock may differ from the service's by this much (see also the DPoP window). */
const clockLeewayMs = 120_000

/** What was found out while checking, and what the order keeps of it. */
interface Checked extends RiskDecision {
  policy: RiskPolicy
  /** The rules the order is under. */
  rules: EffectiveRules
  proof: IdentityProofTable
  preCheck: PreCheckTable
  waivedFen: number
  refundFen: number
}

/** Holds a submission against everything the service knows itself; nothing is believed because the counter says so. */
async function checkSubmission(scene: JobScene, order: OrderSubmit): Promise<Result<Checked>> {
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
  const published = await context.rules.published(tx)
  const checkedOn = shanghaiDate(preCheck.checked_at)
  const findings = explainFindings({
    blockers,
    account,
    policy: blockerPolicyAt(published.packs, account.number, checkedOn),
    acknowledgements: order.acknowledgedBlockers,
    tasks: order.tasks ?? [],
    on: checkedOn,
  })
  const standing = await checkBlockers(tx, order, findings, device.storeId)
  if (!standing.ok) return standing
  if (order.pricedAt !== undefined) return fail('job.malformed', { field: 'payload.pricedAt' })
  if (order.authorization.signedAt > now + clockLeewayMs)
    return fail('job.malformed', { field: 'payload.authorization' })
  const figures = checkFigures(order, account, published)
  if (!figures.ok) return figures
  const { settlement, penaltyFen, waivedFen, rules } = figures.value
  const parties = checkParties(order, proof.value, settlement, rules)
  if (!parties.ok) return parties
  const back = checkMoneyBack(order, account, settlement, rules)
  if (!back.ok) return back
  const payments = await checkPayments(tx, order, settlement, device.storeId)
  if (!payments.ok) return payments
  const papers = await checkPapers(tx, order, rules, device.storeId)
  if (!papers.ok) return papers
  const policy = riskPolicyOf(rules)
  const risk = await decideRisk(tx, order, policy, {
    account,
    blockers,
    proof: proof.value,
    askerPapers: ruleFor(rules, order.asker).secondPerson,
    refundWay: routeNeedsSecondPerson(rules.refundRoutes, order.refund?.route, settlement.refundableFen),
    settlement,
    penaltyFen,
    waivedFen,
    staff: scene.staff,
    storeId: device.storeId,
    now,
  })
  if (!risk.ok) return risk
  const refundFen = settlement.refundableFen
  return ok({ ...risk.value, policy, rules, proof: proof.value, preCheck, waivedFen, refundFen })
}

async function insertOrder(scene: JobScene, order: OrderSubmit, checked: Checked) {
  const { tx, device, staff, now } = scene
  const { assessment } = checked
  const coolingUntil = assessment.coolingOffHours > 0 ? now + assessment.coolingOffHours * 3_600_000 : null
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
        // The home province's days begin when it hears of the order.
        deadline: addDays(shanghaiDate(coolingUntil ?? now), checked.rules.deadlines.finish.days),
        cooling_until: coolingUntil,
        risk: JSON.stringify({ ...recordOf(assessment), warning: checked.policy.warning }),
        document_key: checked.documentKey,
        waived_fen: checked.waivedFen,
        promised_refund_fen: checked.refundFen,
        stop_code: newSixDigits(),
        wrong_stop_codes: 0,
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
 * `limits.exceeded`, `limit.exceeded`, `risk.refused`, `contact.sameNumber`, `refund.*`, `approval.missing`, `payment.*`, `order.attachmentMissing`,
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
  const { assessment } = checked.value
  const inserted = await insertOrder(scene, order, checked.value)
  if (!inserted) return fail('order.alreadyDispatched')
  const { rules, proof, preCheck } = checked.value
  if (ruleFor(rules, order.asker).preserveEvidence) await keepEvidence(scene, order, proof, preCheck)
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
    details: {
      caseId: order.caseId,
      asker: order.asker,
      totalFen: order.settlement.totalFen,
      riskVersion: assessment.policyVersion,
      riskRules: assessment.findings.map((finding) => finding.ruleId).join(','),
      coolingOffHours: assessment.coolingOffHours,
    },
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
  const until = inserted.cooling_until
  await changeOrder(
    tx,
    context,
    inserted,
    until === null
      ? { events: [{ code: 'accepted' }], nextStepInSeconds: 0 }
      : {
          stage: 'coolingOff',
          events: [{ code: 'accepted' }, { code: 'coolingOff', params: { until } }],
          nextStepInSeconds: nextCoolingStep(inserted, now),
        },
  )
  return ok({ orderId: order.orderId, deadline: inserted.deadline })
}
