import { type PGlite, type Results, types } from '@electric-sql/pglite'

/** Runs one statement with its values; the caller has the engine for itself. */
export type PreparedQuery = <T>(sql: string, params?: readonly unknown[]) => Promise<Results<T>>

interface Column {
  name: string
  dataTypeID: number
}

interface Prepared {
  name: string
  parameterTypes: readonly number[]
  columns: Column[]
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

const nothing = long(-1)

/** A message of PostgreSQL's protocol: kind, length, content. */
function message(kind: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(kind), long(body.length + 4), body])
}

const execute = Buffer.concat([message('E', text(''), long(0)), message('S')])
const changing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/**
 * The engine takes six calls per statement, analyses its text each time and copies every name and value of its answer twice, which was a
 * third of what a seed costs. Here a text is analysed and described once per process and a statement is one call, in PostgreSQL's
 * own protocol, as drivers do with prepared statements.
 */
export async function preparedQueries(pglite: PGlite): Promise<PreparedQuery> {
  // A plan must not depend on how often, or in which seed, it was asked for.
  await pglite.exec('set plan_cache_mode = force_generic_plan')
  const known = new Map<string, Prepared>()
  async function send(...messages: Buffer[]): Promise<Answer[]> {
    const parts: Uint8Array[] = []
    const onRawData = (part: Uint8Array) => void parts.push(part.slice())
    await pglite.execProtocolRawStream(Buffer.concat(messages), { syncToFs: false, onRawData })
    return answersIn(Buffer.concat(parts))
  }

  async function prepare(sql: string): Promise<Prepared> {
    const found = known.get(sql)
    if (found) return found
    const name = `statement${known.size}`
    const prepared: Prepared = { name, parameterTypes: [], columns: [] }
    const parse = message('P', text(name), text(sql), short(0))
    for (const { kind, body } of await send(parse, message('D', Buffer.from('S'), text(name)), message('S'))) {
      if (kind === 'E') throw errorOf(body)
      if (kind === 't') prepared.parameterTypes = parameterTypesOf(body)
      if (kind === 'T') prepared.columns = columnsOf(body)
    }
    known.set(sql, prepared)
    return prepared
  }

  function value(given: unknown, type: number | undefined): Buffer[] {
    if (given === null || given === undefined) return [nothing]
    const serializer = pglite.serializers[type ?? 0]
    const bytes = Buffer.from(serializer ? serializer(given) : String(given))
    return [long(bytes.length), bytes]
  }

  return async <T>(sql: string, params: readonly unknown[] = []) => {
    const { name, parameterTypes, columns } = await prepare(sql)
    const values = params.flatMap((given, index) => value(given, parameterTypes[index]))
    const bind = message('B', text(''), text(name), short(0), short(params.length), ...values, short(0))
    const result: Results<T> = { rows: [], fields: columns }
    for (const { kind, body } of await send(bind, execute)) {
      if (kind === 'E') throw errorOf(body)
      if (kind === 'D') result.rows.push(rowOf(body, columns, pglite.parsers) as T)
      if (kind === 'C') {
        const words = body.toString('latin1', 0, body.length - 1).split(' ')
        result.affectedRows = changing.has(words[0]!) ? Number(words.at(-1)) : 0
      }
    }
    return result
  }
}

interface Answer {
  kind: string
  body: Buffer
}

function answersIn(all: Buffer): Answer[] {
  const answers: Answer[] = []
  for (let at = 0; at < all.length; ) {
    const end = at + 1 + all.readInt32BE(at + 1)
    answers.push({ kind: String.fromCharCode(all[at]!), body: all.subarray(at + 5, end) })
    at = end
  }
  return answers
}

function parameterTypesOf(body: Buffer): number[] {
  return Array.from({ length: body.readInt16BE(0) }, (_, index) => body.readInt32BE(2 + index * 4))
}

function columnsOf(body: Buffer): Column[] {
  let at = 2
  return Array.from({ length: body.readInt16BE(0) }, () => {
    const end = body.indexOf(0, at)
    const column = { name: body.toString('utf8', at, end), dataTypeID: body.readInt32BE(end + 7) }
    at = end + 19
    return column
  })
}

function rowOf(body: Buffer, columns: readonly Column[], parsers: PGlite['parsers']): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  let at = 2
  for (const { name, dataTypeID } of columns) {
    const length = body.readInt32BE(at)
    at += 4
    if (length < 0) {
      row[name] = null
      continue
    }
    row[name] = types.parseType(body.toString('utf8', at, at + length), dataTypeID, parsers)
    at += length
  }
  return row
}

const errorFields: Record<string, string> = { C: 'code', D: 'detail', n: 'constraint', t: 'table', S: 'severity' }

/** An error as the engine's own library throws it. */
function errorOf(body: Buffer): Error {
  const told = new Map(
    body
      .toString('utf8')
      .split('\0')
      .map((field) => [field[0] ?? '', field.slice(1)]),
  )
  const details = Object.entries(errorFields).map(([letter, name]) => [name, told.get(letter)])
  return Object.assign(new Error(told.get('M')), Object.fromEntries(details))
}
