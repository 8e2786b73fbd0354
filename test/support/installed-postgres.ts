import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort, type PostgresCluster } from './postgres.ts'

const run = promisify(execFile)
const needed = ['initdb', 'pg_ctl', 'pg_basebackup', 'pg_verifybackup']
const user = 'counterfoil'

/**
 * Where a server with all its tools is installed, as Debian's packages put them; undefined where there is none. The one inside the npm
 * package has no `pg_basebackup`, and a tool of an older version does not talk to a newer server.
 */
export function installedPostgres(): string | undefined {
  const root = '/usr/lib/postgresql'
  if (process.platform !== 'linux' || !existsSync(root)) return undefined
  return readdirSync(root)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'))
    .find((bin) => needed.every((program) => existsSync(join(bin, program))))
}

/** The server refuses to run as root; its package brings a user for it. */
function serverUser(): { uid: number; gid: number } {
  const { uid, gid } = userInfo()
  if (uid !== 0) return { uid, gid }
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** The command of the operators' guide without its folder, so that what the tests take is what the page says. */
async function backupCommand(): Promise<string[]> {
  const guide = await readFile(new URL('../../docs/guide/operation.md', import.meta.url), 'utf8')
  const command = /`pg_basebackup -D \S+ ([^`]+)`/.exec(guide)?.[1]
  if (!command) throw new Error('docs/guide/operation.md does not show pg_basebackup')
  return command.split(' ')
}

/** A cluster of the server installed in `bin`, backed up with the server's own tools. */
export async function startInstalledPostgres(bin: string): Promise<PostgresCluster> {
  const home = join(tmpdir(), `counterfoil-installed-${process.pid}-${randomBytes(4).toString('hex')}`)
  const [data, copy, passwordFile] = [join(home, 'data'), join(home, 'backup'), join(home, 'password')]
  const [port, password, owner] = [await freePort(), randomBytes(12).toString('hex'), serverUser()]
  const tool = (program: string, ...args: string[]) =>
    run(join(bin, program), args, { ...owner, cwd: home, env: { PATH: bin, PGPASSWORD: password, LC_ALL: 'C' } })
  await mkdir(home)
  await chown(home, owner.uid, owner.gid)
  await writeFile(passwordFile, password)
  const flags = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`
  const start = () => tool('pg_ctl', 'start', '-w', '-D', data, '-l', join(home, 'log'), '-o', flags)
  const quit = () => tool('pg_ctl', 'stop', '-w', '-m', 'immediate', '-D', data).catch(() => undefined)
  await tool(
    'initdb',
    '-D',
    data,
    '-U',
    user,
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--no-sync',
  )
  await start()
  let databases = 0
  return {
    async crashAndRestart(pauseMs) {
      await quit()
      await wait(pauseMs)
      await start()
    },
    async backUp() {
      await rm(copy, { recursive: true, force: true })
      const where = ['-h', '127.0.0.1', '-p', String(port), '-U', user]
      await tool('pg_basebackup', '-D', copy, ...(await backupCommand()), ...where)
      await tool('pg_verifybackup', copy)
      return async () => {
        await quit()
        await rm(data, { recursive: true })
        await run('cp', ['-a', copy, data])
        await start()
      }
    },
    async createDatabase() {
      databases += 1
      const name = `counterfoil_${databases}`
      const url = `postgresql://${user}:${password}@127.0.0.1:${port}`
      const client = new pg.Client({ connectionString: `${url}/postgres` })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return `${url}/${name}`
    },
    async stop() {
      await quit()
      await rm(home, { recursive: true, force: true })
    },
  }
}
