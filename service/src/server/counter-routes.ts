import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { calculateJwkThumbprint } from 'jose'
import { z } from 'zod'
import type { Result } from '../../../src/shared/domain/result.ts'
import { changesQuerySchema, sentChangesSchema } from '../../../src/shared/protocol/changes-answer.ts'
import { failureSchema } from '../../../src/shared/protocol/jobs.ts'
import { serviceRoutes } from '../../../src/shared/protocol/routes.ts'
import { requestApproval } from '../approvals/request-approval.ts'
import type { IsSessionCut } from '../auth/cut-sessions.ts'
import { enrolDevice } from '../auth/devices.ts'
import { signIn, signOut } from '../auth/sessions.ts'
import type { FeedWatch } from '../changes/feed-watch.ts'
import { readChanges } from '../changes/read-changes.ts'
import { sendOneTimeCode } from '../identity/one-time-codes.ts'
import { proveIdentity } from '../identity/prove-identity.ts'
import type { Intake } from '../intake/intake.ts'
import { locateNumber } from '../numbers/locate-number.ts'
import { overrideBlocker } from '../pre-checks/override-blocker.ts'
import { preCheckNumber } from '../pre-checks/pre-check-number.ts'
import { reconcileDevice } from '../reconciliation/reconcile-device.ts'
import type { ServiceContext } from '../service-context.ts'
import { admissionLimits, sendBusy } from './admission.ts'
import { callingDevice, callingKey, callingStaff, takeProof, tokenOf } from './authenticate.ts'
import { sendFailure } from './failures.ts'

const failureAnswer = z.object({ error: failureSchema })
const smallBody = 64 * 1024
const pictureBody = 4 * 1024 * 1024

function answer<T>(reply: FastifyReply, result: Result<T>): T | FastifyReply {
  return result.ok ? result.value : sendFailure(reply, result.error)
}

/** The routes of the contract (`src/shared/protocol/routes.ts`), each handing over to the folder that owns it. */
export function registerCounterRoutes(
  instance: FastifyInstance,
  context: ServiceContext,
  { intake, watch, isSessionCut }: { intake: Intake; watch: FeedWatch; isSessionCut: IsSessionCut },
): void {
  const server = instance.withTypeProvider<ZodTypeProvider>()
  const responses = <S extends z.ZodType>(schema: S) => ({ 200: schema, '4xx': failureAnswer, '5xx': failureAnswer })
  const routes = serviceRoutes

  server.post(
    routes.enrol.path,
    { bodyLimit: smallBody, schema: { body: routes.enrol.body, response: responses(routes.enrol.answer) } },
    async (request, reply) => {
      const thumbprint = await calculateJwkThumbprint(request.body.publicKey)
      if (thumbprint !== callingKey(request))
        return sendFailure(reply, { code: 'auth.proofInvalid', params: { reason: 'otherKey' } })
      const proof = takeProof(request)
      if (!proof) throw new Error('this route has no proof')
      return answer(reply, await enrolDevice(context, { enrolmentCode: request.body.enrolmentCode, proof }))
    },
  )
  server.post(
    routes.signIn.path,
    { bodyLimit: smallBody, schema: { body: routes.signIn.body, response: responses(routes.signIn.answer) } },
    async (request, reply) =>
      answer(reply, await signIn(context, callingDevice(request), callingKey(request), request.body)),
  )
  server.delete(routes.signOut.path, { schema: { response: responses(routes.signOut.answer) } }, async (request) => {
    const token = tokenOf(request)
    if (token) await signOut(context, token, callingDevice(request).deviceId)
    return {}
  })
  server.get(
    routes.queryNumber.path,
    { schema: { params: z.object({ msisdn: z.string() }), response: responses(routes.queryNumber.answer) } },
    async (request, reply) =>
      answer(reply, await locateNumber(context, request.params.msisdn, callingDevice(request).handlingProvince)),
  )
  server.post(
    routes.sendOneTimeCode.path,
    {
      bodyLimit: smallBody,
      schema: { body: routes.sendOneTimeCode.body, response: responses(routes.sendOneTimeCode.answer) },
    },
    async (request, reply) => answer(reply, await sendOneTimeCode(context, callingDevice(request), request.body)),
  )
  server.post(
    routes.proveIdentity.path,
    {
      bodyLimit: pictureBody,
      schema: { body: routes.proveIdentity.body, response: responses(routes.proveIdentity.answer) },
    },
    async (request, reply) =>
      answer(
        reply,
        await proveIdentity(context, { device: callingDevice(request), staff: callingStaff(request) }, request.body),
      ),
  )
  server.post(
    routes.preCheck.path,
    { bodyLimit: smallBody, schema: { body: routes.preCheck.body, response: responses(routes.preCheck.answer) } },
    async (request, reply) =>
      answer(
        reply,
        await preCheckNumber(context, { device: callingDevice(request), staff: callingStaff(request) }, request.body),
      ),
  )
  server.post(
    routes.approve.path,
    { bodyLimit: smallBody, schema: { body: routes.approve.body, response: responses(routes.approve.answer) } },
    async (request, reply) =>
      answer(
        reply,
        await requestApproval(context, { device: callingDevice(request), staff: callingStaff(request) }, request.body),
      ),
  )
  server.post(
    routes.overrideBlocker.path,
    {
      bodyLimit: smallBody,
      schema: { body: routes.overrideBlocker.body, response: responses(routes.overrideBlocker.answer) },
    },
    async (request, reply) =>
      answer(
        reply,
        await overrideBlocker(context, { device: callingDevice(request), staff: callingStaff(request) }, request.body),
      ),
  )
  server.post(
    routes.sendJobs.path,
    { schema: { body: routes.sendJobs.body, response: responses(routes.sendJobs.answer) } },
    async (request, reply) => {
      const { jobs, receipts } = request.body
      const device = callingDevice(request)
      if (intake.waitingOf(device.deviceId) >= admissionLimits.deliveriesOfDevice) return sendBusy(reply)
      const taken = await intake.accept({
        device,
        proof: takeProof(request),
        jobs,
        receipts,
      })
      if (!taken.ok) return sendFailure(reply, taken.error)
      // Made here from nothing but checked values: going through the schema again would cost more than writing it down.
      const answer: z.output<typeof routes.sendJobs.answer> = { results: taken.value }
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer) as never)
    },
  )
  server.post(
    routes.reconcile.path,
    {
      bodyLimit: pictureBody,
      schema: { body: routes.reconcile.body, response: responses(routes.reconcile.answer) },
    },
    async (request) => reconcileDevice(context, callingDevice(request), request.body),
  )
  server.get(
    routes.changes.path,
    { schema: { querystring: changesQuerySchema, response: responses(sentChangesSchema) } },
    async (request, reply) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const answer = await readChanges(context, {
        storeId: callingDevice(request).storeId,
        deviceId: callingDevice(request).deviceId,
        after: request.query.after,
        mark: request.query.mark,
        waitSeconds: request.query.waitSeconds,
        signal: AbortSignal.any([gone.signal, context.closing]),
        watch,
      })
      const signedOut = await isSessionCut(tokenOf(request))
      return { ...answer, ...(signedOut ? { signedOut } : {}) }
    },
  )
}
