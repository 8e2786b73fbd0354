import { z } from 'zod'

/*
 * Bodies made from the schemas themselves, with a mark in every place that takes words: whatever a route does with them, the mark shows
 * where it came out.
 */

interface JsonSchema {
  type?: string
  const?: unknown
  enum?: unknown[]
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  exclusiveMinimum?: number
  minItems?: number
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  $ref?: string
  $defs?: Record<string, JsonSchema>
}

const uuid = '018f0000-0000-7000-8000-000000000000'

function text(schema: JsonSchema, mark: string): string {
  if (schema.format === 'uuid') return uuid
  if (schema.format === 'base64' || schema.pattern?.includes('base64')) return Buffer.from(mark).toString('base64')
  if (schema.pattern) {
    for (const fit of ['2026-11-22', '13800138000', '44', 'a'.repeat(64), '123456', 'abc', 'R-1'])
      if (new RegExp(schema.pattern, 'u').test(fit)) return fit
  }
  return mark.slice(0, schema.maxLength ?? mark.length).padEnd(schema.minLength ?? 0, 'x')
}

function sampleOf(schema: JsonSchema, root: JsonSchema, mark: string, depth: number): unknown {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1)!
    return depth > 12 ? null : sampleOf(root.$defs?.[name] ?? {}, root, mark, depth + 1)
  }
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const choice = (schema.oneOf ?? schema.anyOf)?.find((one) => one.type !== 'null')
  if (choice) return sampleOf(choice, root, mark, depth + 1)
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one) => sampleOf(one, root, mark, depth + 1)))
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, one]) => [name, sampleOf(one, root, mark, depth + 1)]),
      )
    case 'array':
      return Array.from({ length: Math.max(1, schema.minItems ?? 1) }, () =>
        sampleOf(schema.items ?? {}, root, mark, depth + 1),
      )
    case 'integer':
    case 'number':
      return schema.minimum ?? (schema.exclusiveMinimum ?? 0) + 1
    case 'boolean':
      return true
    case 'string':
      return text(schema, mark)
    default:
      return mark
  }
}

/** Something a schema takes, or nearly takes, with the mark wherever words go. */
export function markedSample(schema: z.ZodType, mark: string): unknown {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  return sampleOf(json, json, mark, 0)
}

/** The same with every value replaced by the mark, whatever the schema wants. */
export function everythingMarked(sample: unknown, mark: string): unknown {
  if (Array.isArray(sample)) return sample.map((one) => everythingMarked(one, mark))
  if (typeof sample === 'object' && sample !== null)
    return Object.fromEntries(Object.entries(sample).map(([name, one]) => [name, everythingMarked(one, mark)]))
  return mark
}
