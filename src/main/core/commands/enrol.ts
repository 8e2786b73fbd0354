import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { Device } from '../../../shared/protocol/device.ts'
import { writeAudit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import { writeMeta } from '../meta.ts'

/**
 * Enrols this device once with an administrator's one-time code. The key pair exists before the code is used, so a crash
 * in between costs a code and nothing else. Errors: `device.alreadyEnrolled`, `device.enrolmentCode`, `connection.*`.
 */
export async function enrol(
  context: Context,
  enrolmentCode: string,
  by: 'counter' | 'configuration',
): Promise<Result<Device>> {
  if (context.device()) return fail('device.alreadyEnrolled')
  const publicKey = await context.proof.publicKey()
  const answer = await context.service.call('enrol', { body: { enrolmentCode, publicKey } })
  if (!answer.ok) return answer
  const device = answer.value
  await context.store.transaction(async (tx) => {
    writeMeta(tx, 'device', device)
    await writeAudit(tx, context.ports, {
      staffId: by,
      action: 'device.enrol',
      details: { deviceId: device.deviceId, serviceId: device.serviceId },
    })
  })
  context.enrolled(device)
  context.events.emit({ name: 'connection.changed', payload: context.connection.view() })
  return ok(device)
}
