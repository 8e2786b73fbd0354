import { z } from 'zod'
import { provinceSchema } from '../domain/geography.ts'
import { statementSchema, statementSummarySchema } from '../domain/ledger-statement.ts'
import { dateSchema, instantSchema } from '../domain/scalars.ts'

/** Longest span of days one list of statements covers. */
export const mostStatementDays = 62

/** `GET /v1/ledger/statements?from=…&to=…`: statements of the asking store's province, on either side, newest day first. */
export const statementsQuerySchema = z.object({ from: dateSchema, to: dateSchema })
export const statementsAnswerSchema = z.object({
  statements: z.array(statementSummarySchema),
  /** The last day that was closed; absent before the first. */
  closedUntil: dateSchema.optional(),
  serviceTime: instantSchema,
})
export type StatementsAnswer = z.infer<typeof statementsAnswerSchema>

/** A statement's place: `GET /v1/ledger/statements/:handling/:home/:day`. Error: `ledger.notFound`. */
export const statementPlaceSchema = z.object({ handling: provinceSchema, home: provinceSchema, day: dateSchema })
export const statementAnswerSchema = z.object({ statement: statementSchema, serviceTime: instantSchema })

export const exportFormats = ['csv', 'xlsx'] as const
/** `GET …/export?format=csv&language=zh-CN`: the same statement as a file for accountants. */
export const statementExportQuerySchema = z.object({
  format: z.enum(exportFormats),
  language: z.enum(['zh-CN', 'en']).default('zh-CN'),
})
export const statementFileSchema = z.object({
  fileName: z.string(),
  mediaType: z.string(),
  contentBase64: z.base64(),
})
export type StatementFile = z.infer<typeof statementFileSchema>
