import { z } from 'zod'

/**
 * One section of a rule pack: what a pack may say of it, how a more specific pack is laid over what it inherits, and what must
 * come out in the end. A pack's own words are checked but kept as they were written, so that they can be signed and compared.
 */
export interface RuleSection<Whole> {
  /** Checks what one pack says: any part of the whole. */
  part: z.ZodType
  /** Checks and types what all packs together say. */
  whole: z.ZodType<Whole>
  /** Lays a pack's part over what was inherited (undefined at the root). */
  merge(inherited: unknown, part: unknown): unknown
  /** The keys a part speaks about: rule ids of a list, property names of an object. */
  keysOf(part: unknown): string[]
  /** What was inherited without some keys. */
  drop(inherited: unknown, keys: readonly string[]): unknown
}

type Properties = Record<string, unknown>

/** The schema as a check only: issues are those of `schema`, the value stays as it was written (no defaults slip in). */
function asWritten(schema: z.ZodType): z.ZodType {
  return z.unknown().superRefine((value, context) => {
    const checked = schema.safeParse(value)
    if (checked.success) return
    for (const issue of checked.error.issues)
      context.addIssue({ code: 'custom', path: issue.path, message: issue.message })
  })
}

/**
 * A section that is one object: a child pack names only the properties it changes; each replaces the inherited one as a whole.
 * `whole` may hold conditions across properties.
 */
export function objectSection<Shape extends z.ZodObject, Whole = z.infer<Shape>>(
  shape: Shape,
  whole: z.ZodType<Whole> = shape as unknown as z.ZodType<Whole>,
): RuleSection<Whole> {
  return {
    part: asWritten(shape.partial().strict()),
    whole,
    merge: (inherited, part) => ({ ...(inherited as Properties | undefined), ...(part as Properties) }),
    keysOf: (part) => Object.keys(part as Properties),
    drop: (inherited, keys) =>
      Object.fromEntries(Object.entries((inherited ?? {}) as Properties).filter(([key]) => !keys.includes(key))),
  }
}

/**
 * A section that is a list of keyed entries. An entry with a new key is added; an entry with an inherited key names only the
 * properties it changes. The order is that of the first mention, national entries first.
 */
export function listSection<Shape extends z.ZodObject, Whole = z.infer<Shape>[]>(
  shape: Shape,
  key: keyof z.infer<Shape> & string,
  whole: z.ZodType<Whole> = z.array(shape) as unknown as z.ZodType<Whole>,
): RuleSection<Whole> {
  const partial = shape.partial().strict() as unknown as z.ZodObject
  const keyOf = (entry: unknown) => String((entry as Properties)[key])
  return {
    part: asWritten(z.array(partial.required({ [key]: true } as Record<string, true>))),
    whole,
    merge(inherited, part) {
      const entries = new Map(((inherited ?? []) as Properties[]).map((entry) => [keyOf(entry), entry]))
      for (const entry of part as Properties[]) entries.set(keyOf(entry), { ...entries.get(keyOf(entry)), ...entry })
      return [...entries.values()]
    },
    keysOf: (part) => (part as Properties[]).map(keyOf),
    drop: (inherited, keys) => ((inherited ?? []) as Properties[]).filter((entry) => !keys.includes(keyOf(entry))),
  }
}
