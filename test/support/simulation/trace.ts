import { createHash } from 'node:crypto'

/** What happened in a world, line by line. Two runs of a seed are the same exactly when their traces are. */
export interface Trace {
  /** Adds a line: who, what, and values in a fixed order. */
  note(who: string, what: string, ...values: (string | number | boolean | undefined)[]): void
  readonly lines: readonly string[]
  hash(): string
}

/** Starts a trace; `now` gives virtual time. */
export function createTrace(now: () => number, start: number): Trace {
  const lines: string[] = []
  return {
    note(who, what, ...values) {
      const seconds = ((now() - start) / 1000).toFixed(3).padStart(10)
      lines.push(`${seconds} ${who} ${what}${values.length > 0 ? ` ${values.join(' ')}` : ''}`)
    },
    lines,
    hash: () => createHash('sha256').update(lines.join('\n')).digest('hex'),
  }
}
