import type pg from 'pg'

/** Any number will do, as long as nothing else locks it. */
const fetchLock = 7_205_333

/** The queue taking jobs whose groups are limited: it counts those under way and marks the next ones, by one statement. */
function takesLimitedJobs(text: string): boolean {
  return /\bgroup_id\b[\s\S]*\bskip locked\b/i.test(text)
}

function rowsOf(result: pg.QueryResult | pg.QueryResult[]): object[] {
  // Several statements in one text give an array of results; the queue expects the rows of all of them.
  return [result].flat().flatMap((one) => one.rows ?? [])
}

/**
 * Runs the queue's own statements. Two processes that took limited jobs at the same instant would each count without the other's and
 * together pass the limit. So they take them one after the other: the lock is there before the statement begins to see, and goes with the
 * commit that makes its choice visible. Within this process they wait without a connection.
 */
export function createQueueStatements(pool: pg.Pool) {
  let turn: Promise<unknown> = Promise.resolve()

  async function takeAlone(text: string, values: unknown[] | undefined): Promise<object[]> {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await client.query('begin')
      await client.query('select pg_advisory_xact_lock($1)', [fetchLock])
      const result = await client.query(text, values)
      await client.query('commit')
      return rowsOf(result)
    } catch (error) {
      await client.query('rollback').catch((failed: Error) => {
        broken = failed
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  return {
    async executeSql(text: string, values?: unknown[]): Promise<{ rows: object[] }> {
      if (!takesLimitedJobs(text)) return { rows: rowsOf(await pool.query(text, values)) }
      const taken = turn.then(() => takeAlone(text, values))
      turn = taken.catch(() => undefined)
      return { rows: await taken }
    },
  }
}
