import { fail, ok } from '../../../shared/domain/result.ts'
import { writeAudit } from '../audit/audit.ts'
import { writeMeta } from '../meta.ts'
import { appView } from './app-commands.ts'
import type { Handler } from './handler.ts'

/**
 * Signs staff in at the service. Errors: `device.notEnrolled`, `auth.credentials`, `auth.locked`, `device.otherService`
 * when the answer comes from another service than the one this device is enrolled at, `connection.*`.
 */
export const signIn: Handler<'session.signIn'> = async (request, context) => {
  const device = context.device()
  if (!device) return fail('device.notEnrolled')
  const answer = await context.service.call('signIn', { body: request })
  if (!answer.ok) return answer
  const session = answer.value
  if (session.device.serviceId !== device.serviceId || session.device.deviceId !== device.deviceId) {
    context.ports.log.error('session.otherService')
    return fail('device.otherService')
  }
  await context.store.transaction(async (tx) => {
    context.session.write(tx, session)
    writeMeta(tx, 'device', session.device)
    await writeAudit(tx, context.ports, {
      staffId: session.staff.staffId,
      action: 'session.signIn',
      details: { role: session.staff.role },
    })
  })
  context.enrolled(session.device)
  context.session.began(session)
  return ok(appView(context))
}

/**
 * Signs out here at once and tells the service when it can be reached; it is not waited for.
 * What waits to be sent stays and goes out when somebody signs in again.
 */
export const signOut: Handler<'session.signOut'> = async (_, context, staff) => {
  // Takes the token with it before it is forgotten.
  context.service.call('signOut', {}).catch(() => context.ports.log.warn('session.signOutNotTold'))
  await context.store.transaction(async (tx) => {
    context.session.erase(tx)
    await writeAudit(tx, context.ports, { staffId: staff.staffId, action: 'session.signOut' })
  })
  context.session.ended()
  return ok(appView(context))
}
