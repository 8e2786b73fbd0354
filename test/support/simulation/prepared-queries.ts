import { type PGlite, type Results, types } from '@electric-sql/pglite'

/** Runs one statement with its values; the caller has the engine for itself. */
export type PreparedQuery = <T>(sql: string, params?: readonly unknown[]) => Promise<Results<T>>

interface Prepared {
  name: string
  parameterTypes: readonly number[]
}

const text = (value: string) => Buffer.from(`${value}\0`)

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** A message of PostgreSQL's protocol: kind, length, content. */
function message(kind: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(kind), long(body.length + 4), body])
}

const describeAndExecute = Buffer.concat([
  message('D', Buffer.from('P'), text('')),
  message('E', text(''), long(0)),
  message('S'),
])
const changing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/**
 * The engine takes six calls per statement and analyses its text each time, which was a third of what a seed costs. Here a text is
 * analysed once per process and a statement is one call, in PostgreSQL's own protocol, as drivers do with prepared statements.
 */
export async function preparedQueries(pglite: PGlite): Promise<PreparedQuery> {
  // A plan must not depend on how often, or in which seed, it was asked for.
  await pglite.exec('set plan_cache_mode = force_generic_plan')
  const known = new Map<string, Prepared>()
  const send = (...messages: Buffer[]) => pglite.execProtocolStream(Buffer.concat(messages), { syncToFs: false })

  async function prepare(sql: string): Promise<Prepared> {
    const found = known.get(sql)
    if (found) return found
    const name = `statement${known.size}`
    const answers = await send(
      message('P', text(name), text(sql), short(0)),
      message('D', Buffer.from('S'), text(name)),
      message('S'),
    )
    const described = answers.find((answer) => answer.name === 'parameterDescription')
    const prepared = { name, parameterTypes: (described as { dataTypeIDs?: number[] } | undefined)?.dataTypeIDs ?? [] }
    known.set(sql, prepared)
    return prepared
  }

  function value(given: unknown, type: number | undefined): Buffer {
    if (given === null || given === undefined) return long(-1)
    const serializer = pglite.serializers[type ?? 0]
    const bytes = Buffer.from(serializer ? serializer(given) : String(given))
    return Buffer.concat([long(bytes.length), bytes])
  }

  return async <T>(sql: string, params: readonly unknown[] = []) => {
    const { name, parameterTypes } = await prepare(sql)
    const values = params.map((given, index) => value(given, parameterTypes[index]))
    const bind = message('B', text(''), text(name), short(0), short(values.length), ...values, short(0))
    return resultOf<T>(pglite, await send(bind, describeAndExecute))
  }
}

type Answers = Awaited<ReturnType<PGlite['execProtocolStream']>>

function resultOf<T>(pglite: PGlite, answers: Answers): Results<T> {
  const result: Results<T> = { rows: [], fields: [] }
  for (const answer of answers) {
    if (answer.name === 'rowDescription') {
      const { fields } = answer as unknown as { fields: { name: string; dataTypeID: number }[] }
      result.fields = fields.map((field) => ({ name: field.name, dataTypeID: field.dataTypeID }))
    } else if (answer.name === 'dataRow') {
      const { fields } = answer as unknown as { fields: (string | null)[] }
      const row: Record<string, unknown> = {}
      for (const [index, { name, dataTypeID }] of result.fields.entries())
        row[name] = types.parseType(fields[index] ?? null, dataTypeID, pglite.parsers)
      result.rows.push(row as (typeof result.rows)[number])
    } else if (answer.name === 'commandComplete') {
      const words = (answer as unknown as { text: string }).text.split(' ')
      result.affectedRows = changing.has(words[0]!) ? Number(words.at(-1)) : 0
    }
  }
  return result
}
