import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { ErrorCode } from '../../../src/shared/contract/errors.ts'
import type { Failure } from '../../../src/shared/domain/result.ts'
import { isPassingTrouble } from '../database/passing-trouble.ts'
import type { Log } from '../ports.ts'
import { isStorable } from '../storable.ts'

const statuses: Partial<Record<ErrorCode, number>> = {
  'auth.credentials': 401,
  'auth.required': 401,
  'auth.expired': 401,
  'auth.deviceUnknown': 401,
  'auth.proofInvalid': 401,
  'device.notEnrolled': 401,
  'auth.forbidden': 403,
  'auth.locked': 423,
  'proof.locked': 423,
  'request.malformed': 400,
  'request.notFound': 404,
  'request.tooLarge': 413,
  'number.notFound': 404,
  'upload.notFound': 404,
  'upload.offsetDiffers': 409,
  'upload.tooMany': 429,
  // Not 5xx: the service itself is well, and a counter must not take the home system's trouble for the service's.
  'home.unavailable': 424,
  'home.unexpectedAnswer': 424,
  'connection.busy': 503,
  'service.internal': 500,
}

/** HTTP status of a failure; 422 for everything that is a rule's answer. */
export function statusOf(code: ErrorCode): number {
  return statuses[code] ?? 422
}

/** Answers a failure in the one form counters know. */
export function sendFailure(reply: FastifyReply, failure: Failure, status = statusOf(failure.code)): FastifyReply {
  return reply.status(status).send({ error: failure })
}

/** Refuses a request with a text in it that no database could keep, before anything else is made of it. */
export async function refuseUnstorable(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  for (const field of ['body', 'query'] as const)
    if (!isStorable(request[field])) return sendFailure(reply, { code: 'request.malformed', field })
  return undefined
}

/**
 * What is thrown becomes a clear answer without a stack trace or anything the request carried. A wrong request names its field;
 * everything unforeseen is `service.internal`, logged with the error's class and place only.
 * `troubled` is told of trouble of the database that passes, with its code.
 */
export function createErrorHandler(log: Log, troubled: (code: string | undefined) => void) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (hasZodFastifySchemaValidationErrors(error)) {
      const first = error.validation[0]
      const field = first?.instancePath.replace(/^\//, '').replaceAll('/', '.') || error.validationContext || 'body'
      return sendFailure(reply, { code: 'request.malformed', field })
    }
    if (error.statusCode === 413) return sendFailure(reply, { code: 'request.tooLarge' })
    if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
      return sendFailure(reply, { code: 'request.malformed', field: 'body' })
    if (isPassingTrouble(error)) {
      troubled(error.code)
      log.warn({ requestId: request.id, route: request.routeOptions.url, code: error.code }, 'database away')
      return sendFailure(reply.header('retry-after', '2'), { code: 'connection.busy', params: { seconds: 2 } })
    }
    log.error(
      {
        requestId: request.id,
        route: request.routeOptions.url,
        error: error.name,
        code: error.code,
        at: error.stack
          ?.split('\n')
          .find((line) => line.includes('at '))
          ?.trim(),
      },
      'unforeseen error',
    )
    return sendFailure(reply, { code: 'service.internal', params: { requestId: request.id } })
  }
}
