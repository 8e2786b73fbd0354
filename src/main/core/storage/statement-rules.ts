import { StoreError } from './errors.ts'

/** What a statement may be used for. */
export type StatementKind = 'read' | 'write'

const literalsAndComments = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//g

/** Functions whose answer differs from run to run, or that look at the connection instead of the data. */
const unrepeatable =
  /\b(random|randomblob|current_timestamp|current_date|current_time|last_insert_rowid|changes|total_changes|sqlite_version|sqlite_source_id)\b/i
const timeFunctions = /\b(date|time|datetime|julianday|unixepoch|strftime|timediff)\s*\(/i
const connectionControl =
  /^\s*(begin|commit|end|rollback|savepoint|release|pragma|attach|detach|vacuum|analyze|reindex)\b/i
/** Would undo, or fail, the other transactions of a group: those share one commit in memory. */
const reachesOthers = /\brollback\b|\binitially\s+deferred\b/i
const startsAsRead = /^\s*\(*\s*(select|with|values|explain)\b/i
const modifies = /\b(insert|replace)\s+(or\s+\w+\s+)?into\b|\bdelete\s+from\b|\bupdate\b[\s\S]*\bset\b/i

const known = new Map<string, StatementKind>()

/**
 * Tells reads from writes and refuses what must not reach the journal.
 * Frames hold statements and values and are replayed at opening, so a write has to give the same result every time:
 * no time, no chance, no connection state inside SQL. Throws `store.forbiddenSql`.
 */
export function statementKind(sql: string): StatementKind {
  const remembered = known.get(sql)
  if (remembered) return remembered
  const kind = classify(sql)
  if (known.size >= 1000) known.clear()
  known.set(sql, kind)
  return kind
}

function classify(sql: string): StatementKind {
  const bare = sql.replace(literalsAndComments, (match) =>
    match.startsWith('-') || match.startsWith('/') ? ' ' : "''",
  )
  if (connectionControl.test(bare)) {
    throw new StoreError('store.forbiddenSql', `transactions and pragmas belong to the store: ${firstWords(sql)}`)
  }
  if (startsAsRead.test(bare) && !modifies.test(bare)) return 'read'
  if (unrepeatable.test(bare) || timeFunctions.test(bare)) {
    throw new StoreError('store.forbiddenSql', `a write may not use time or chance inside SQL: ${firstWords(sql)}`)
  }
  if (reachesOthers.test(bare)) {
    throw new StoreError('store.forbiddenSql', `a write may only fail by itself and at once: ${firstWords(sql)}`)
  }
  return 'write'
}

function firstWords(sql: string): string {
  return sql.trim().replace(/\s+/g, ' ').slice(0, 80)
}

/** Throws `store.forbiddenSql` unless the statement only reads. */
export function assertRead(sql: string): void {
  if (statementKind(sql) !== 'read') {
    throw new StoreError('store.forbiddenSql', `writes belong into a transaction: ${firstWords(sql)}`)
  }
}

/** Throws `store.forbiddenSql` unless the statement writes and can be repeated. */
export function assertWrite(sql: string): void {
  if (statementKind(sql) !== 'write') {
    throw new StoreError('store.forbiddenSql', `run() is for writes: ${firstWords(sql)}`)
  }
}
