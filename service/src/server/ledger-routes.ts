import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { failureSchema } from '../../../src/shared/protocol/jobs.ts'
import {
  statementExportQuerySchema,
  statementPlaceSchema,
  statementsQuerySchema,
} from '../../../src/shared/protocol/ledger.ts'
import { serviceRoutes } from '../../../src/shared/protocol/routes.ts'
import { exportStatement } from '../ledger/export-statement.ts'
import { listStatements } from '../ledger/list-statements.ts'
import { readStatement } from '../ledger/read-ledger.ts'
import type { ServiceContext } from '../service-context.ts'
import { callingDevice } from './authenticate.ts'
import { sendFailure } from './failures.ts'

const failureAnswer = z.object({ error: failureSchema })

/** The inter-province ledger for supervisors and auditors: only pairs in which their own province is one of the two. */
export function registerLedgerRoutes(instance: FastifyInstance, context: ServiceContext): void {
  const server = instance.withTypeProvider<ZodTypeProvider>()
  const responses = <S extends z.ZodType>(schema: S) => ({ 200: schema, '4xx': failureAnswer, '5xx': failureAnswer })
  const { listStatements: list, readStatement: one, exportStatement: file } = serviceRoutes

  const find = async (place: z.infer<typeof statementPlaceSchema>, province: string) =>
    place.handling === province || place.home === province
      ? readStatement(context.db, { handlingProvince: place.handling, homeProvince: place.home }, place.day)
      : undefined

  server.get(
    list.path,
    { schema: { querystring: statementsQuerySchema, response: responses(list.answer) } },
    async (request) => listStatements(context, { ...request.query, province: callingDevice(request).handlingProvince }),
  )
  server.get(
    one.path,
    { schema: { params: statementPlaceSchema, response: responses(one.answer) } },
    async (request, reply) => {
      const statement = await find(request.params, callingDevice(request).handlingProvince)
      if (!statement) return sendFailure(reply, { code: 'ledger.notFound' })
      return { statement, serviceTime: instant(context.clock.now()) }
    },
  )
  server.get(
    file.path,
    {
      schema: {
        params: statementPlaceSchema,
        querystring: statementExportQuerySchema,
        response: responses(file.answer),
      },
    },
    async (request, reply) => {
      const statement = await find(request.params, callingDevice(request).handlingProvince)
      if (!statement) return sendFailure(reply, { code: 'ledger.notFound' })
      return exportStatement(statement, request.query)
    },
  )
}
