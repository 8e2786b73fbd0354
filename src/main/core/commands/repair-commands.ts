import { ok } from '../../../shared/domain/result.ts'
import { writeAudit } from '../audit/audit.ts'
import type { Handler } from './handler.ts'

/** What may be done to an order by hand now, as the service says. Errors: `order.notFound`, `connection.*`. */
export const viewRepairs: Handler<'order.repairs'> = ({ orderId }, context) =>
  context.service.call('repairOptions', { params: { orderId } })

/**
 * A supervisor repairs an order by hand; the service decides, and the change feed brings what became of it. Needs the service. Errors:
 * `order.notFound`, `repair.*`, `approval.credentials`, `approval.samePerson`, `auth.locked`, `connection.*`.
 */
export const repairOrder: Handler<'order.repair'> = async ({ orderId, repair }, context, staff) => {
  const answer = await context.service.call('repairOrder', { params: { orderId }, body: repair })
  if (!answer.ok) return answer
  const { caseId, stage } = answer.value
  await context.store.transaction((tx) =>
    writeAudit(tx, context.ports, {
      staffId: staff.staffId,
      action: 'order.repair',
      caseId,
      details: { orderId, repairId: repair.repairId, repair: repair.action },
    }),
  )
  return ok({ orderId, caseId, stage })
}
