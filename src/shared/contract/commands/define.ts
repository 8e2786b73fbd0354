import { z } from 'zod'
import type { StaffRole } from '../../protocol/device.ts'

/** Who may call: nobody signed in yet, or staff of these roles. */
export type Access = 'public' | readonly StaffRole[]

export interface Command<Input extends z.ZodType, Output> {
  input: Input
  access: Access
  /** Carries the result type; never present at run time. */
  readonly output?: Output
}

/** One row of the command table: `command<Result>()(who may call, input)`. */
export function command<Output>() {
  return <Input extends z.ZodType>(access: Access, input: Input): Command<Input, Output> => ({ access, input })
}

export const counter = ['clerk', 'supervisor', 'trainer'] as const
export const readers = ['clerk', 'supervisor', 'trainer', 'auditor'] as const
export const accountants = ['supervisor', 'auditor'] as const

export const nothing = z.strictObject({})
export const caseOnly = z.strictObject({ caseId: z.uuid() })
export const reason = z.string().trim().min(2).max(200)
/** One array of points per stroke, in CSS pixels and milliseconds since the first point. */
export const strokesSchema = z
  .array(z.array(z.strictObject({ x: z.number(), y: z.number(), t: z.number() })).min(1))
  .min(1)
  .max(200)
/** What the customer read, by its hash. */
export const documentHashSchema = z.string().regex(/^[0-9a-f]{64}$/)
/** A picture the clerk chose instead of taking it at the station. */
export const pictureFileSchema = z.strictObject({
  mediaType: z.enum(['image/png', 'image/jpeg']),
  contentBase64: z.base64().max(2_800_000),
})
