import type { Failure } from '../../../src/shared/domain/result.ts'
import type { Device } from '../../../src/shared/protocol/device.ts'
import type { JobEnvelope } from '../../../src/shared/protocol/jobs.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { Tx } from '../database/handle.ts'
import type { ServiceContext } from '../service-context.ts'
import { openTicket } from '../tickets/tickets.ts'

/**
 * A job refused for a limit or a risk is told to the store's supervisors and kept in the audit chain; its own writes are already
 * undone. Once per case: a counter that tries again adds nothing.
 */
export async function alarmOnRefusal(
  tx: Tx,
  context: ServiceContext,
  device: Device,
  envelope: JobEnvelope,
  failure: Failure,
): Promise<void> {
  const kinds = { 'limit.exceeded': 'limitReached', 'risk.refused': 'riskRefused' } as const
  if (!(failure.code in kinds)) return
  const kind = kinds[failure.code as keyof typeof kinds]
  const known = await tx
    .selectFrom('trouble_ticket')
    .select('ticket_id')
    .where('case_id', '=', envelope.lane)
    .where('kind', '=', kind)
    .executeTakeFirst()
  if (known) return
  const details = { staff: envelope.staffId, ...failure.params }
  await appendAudit(tx, {
    storeId: device.storeId,
    at: context.clock.now(),
    actor: envelope.staffId,
    deviceId: device.deviceId,
    action: `refused.${failure.code}`,
    subject: envelope.id,
    details: { caseId: envelope.lane, ...details },
  })
  await openTicket(tx, context, {
    storeId: device.storeId,
    kind,
    severity: 'waits',
    caseId: envelope.lane,
    params: details,
  })
}
