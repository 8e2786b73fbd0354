import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { Device } from '../../../shared/protocol/device.ts'
import { writeAudit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import { readMeta, writeMeta } from '../meta.ts'
import { believedKeys } from '../rules/verify-rules.ts'
import type { Transaction } from '../storage/store.ts'

/**
 * A counter that lost its disk is enrolled again as the device it was: its jobs and cases are numbered on from what the service
 * has, so that no number is given twice. A submitted case has several jobs, so the highest job number is above its case numbers too.
 */
async function countOn(tx: Transaction, lastSequence: number): Promise<void> {
  for (const counter of ['lastJobSequence', 'lastCaseCounter'] as const)
    if (lastSequence > ((await readMeta(tx, counter)) ?? 0)) writeMeta(tx, counter, lastSequence)
}

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
  const { ruleKeys: offered = [], ...device } = answer.value
  const ruleKeys = await believedKeys([], offered)
  const learnt = await context.store.transaction(async (tx) => {
    writeMeta(tx, 'device', device)
    await countOn(tx, device.lastSequence ?? 0)
    await writeAudit(tx, context.ports, {
      staffId: by,
      action: 'device.enrol',
      details: { deviceId: device.deviceId, serviceId: device.serviceId },
    })
    return context.rules.learn(tx, ruleKeys)
  })
  learnt()
  context.enrolled(device)
  await context.fetchRules()
  context.events.emit({ name: 'connection.changed', payload: context.connection.view() })
  return ok(device)
}
