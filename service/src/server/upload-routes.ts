import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { failureSchema } from '../../../src/shared/protocol/jobs.ts'
import {
  largestPartBytes,
  uploadPartQuerySchema,
  uploadPartType,
  uploadRequestSchema,
  uploadStateSchema,
  uploadsPath,
} from '../../../src/shared/protocol/uploads.ts'
import { beginUpload, findUpload, receivePart } from '../papers/receive-upload.ts'
import type { ServiceContext } from '../service-context.ts'
import { callingDevice } from './authenticate.ts'
import { sendFailure } from './failures.ts'

/** Papers in parts: begin or find, ask how far, bring the next part. The job `attachment.store` then names what was brought. */
export function registerUploadRoutes(instance: FastifyInstance, context: ServiceContext): void {
  const failureAnswer = z.object({ error: failureSchema })
  const response = { 200: uploadStateSchema, '4xx': failureAnswer, '5xx': failureAnswer }
  const params = z.object({ attachmentId: z.uuid() })
  void instance.register(async (scope) => {
    scope.addContentTypeParser(
      uploadPartType,
      { parseAs: 'buffer', bodyLimit: largestPartBytes },
      (_request, body, done) => done(null, body),
    )
    const server = scope.withTypeProvider<ZodTypeProvider>()
    server.post(
      uploadsPath,
      { bodyLimit: 4_096, schema: { body: uploadRequestSchema, response } },
      async (request, reply) => {
        const begun = await beginUpload(context, callingDevice(request).deviceId, request.body)
        return begun.ok ? begun.value : sendFailure(reply, begun.error)
      },
    )
    server.get(`${uploadsPath}/:attachmentId`, { schema: { params, response } }, async (request, reply) => {
      const found = await findUpload(context.db, callingDevice(request).deviceId, request.params.attachmentId)
      return found.ok ? found.value : sendFailure(reply, found.error)
    })
    server.patch(
      `${uploadsPath}/:attachmentId`,
      {
        bodyLimit: largestPartBytes,
        schema: { params, querystring: uploadPartQuerySchema, consumes: [uploadPartType], response },
      },
      async (request, reply) => {
        if (!Buffer.isBuffer(request.body)) return sendFailure(reply, { code: 'request.malformed', field: 'body' })
        const received = await receivePart(context, callingDevice(request).deviceId, {
          uploadId: request.params.attachmentId,
          offset: request.query.offset,
          content: request.body,
        })
        return received.ok ? received.value : sendFailure(reply, received.error)
      },
    )
  })
}
