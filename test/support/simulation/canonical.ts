import serialize from 'canonicalize'

/** One text for one value, whatever order its keys were written in. */
export function canonicalize(value: unknown): string {
  return serialize(value) ?? ''
}
