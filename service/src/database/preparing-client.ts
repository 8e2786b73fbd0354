import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import pg from 'pg'

/** Begins the text of a statement that each connection prepares once. */
export const preparedMark = '/* prepared */'

/**
 * Marks a statement whose text is always the same and which is run very often: each connection to PostgreSQL parses it once. Only for
 * results whose columns no migration can change; PGlite takes the mark for the comment it is.
 */
export function prepared(): RawBuilder<unknown> {
  return sql.raw(preparedMark)
}

/** A connection that prepares marked statements under a name of their own, and remembers since when it waits for an answer. */
export class PreparingClient extends pg.Client {
  readonly #names = new Map<string, string>()
  /** When what is not answered yet was asked, on the monotonic clock; undefined while nothing is. */
  askedAt: number | undefined

  constructor(config?: string | pg.ClientConfig) {
    super(config)
    this.on('drain', () => {
      this.askedAt = undefined
    })
  }

  // biome-ignore lint/suspicious/noExplicitAny: the driver's overloads are many and only one of them is looked at
  override query(...args: any[]): any {
    const [text, values] = args
    this.askedAt ??= performance.now()
    if (typeof text !== 'string' || !text.startsWith(preparedMark) || !Array.isArray(values))
      return (super.query as (...given: unknown[]) => unknown)(...args)
    let name = this.#names.get(text)
    if (name === undefined) {
      name = createHash('sha256').update(text).digest('base64url')
      this.#names.set(text, name)
    }
    return (super.query as (...given: unknown[]) => unknown)({ name, text, values }, ...args.slice(2))
  }
}
