import pg from 'pg'
import { PreparingClient } from './preparing-client.ts'

/**
 * The address of each server in a connection address that may name several, as libpq writes it:
 * `postgresql://user:secret@db1:5432,db2:5432/counterfoil`. One server gives one address.
 */
function serverAddresses(address: string): string[] {
  const parts = /^(postgres(?:ql)?:\/\/(?:[^@/]*@)?)([^/?]*)(.*)$/.exec(address)
  if (!parts) return [address]
  const [, before, servers, after] = parts
  return servers!.split(',').map((server) => `${before}${server}${after}`)
}

class NotThePrimary extends Error {
  // What PostgreSQL itself says of a write on a standby: trouble that passes.
  readonly code = '25006'
}

/** A client class that connects to the server that took writes last; when that is away or only follows another, the next is asked next time. */
function failoverClient(addresses: readonly string[]): typeof pg.Client {
  let preferred = 0
  return class FailoverClient extends PreparingClient {
    readonly #at: number

    constructor(config: pg.ClientConfig) {
      const at = preferred
      super({ ...config, connectionString: addresses[at] })
      this.#at = at
    }

    // biome-ignore lint/suspicious/noExplicitAny: answers by promise or callback, like the method it replaces
    override connect(callback?: (error: any, client?: any) => void): any {
      const connected = this.#connectForWriting()
      if (!callback) return connected
      connected.then(() => callback(null, this), callback)
    }

    async #connectForWriting(): Promise<this> {
      try {
        await super.connect()
        const { rows } = await this.query('select pg_is_in_recovery() as standby')
        if (rows[0]?.standby) throw new NotThePrimary('this server only follows another')
        return this
      } catch (error) {
        // Several connections may fail at this server together: only the first moves on.
        if (preferred === this.#at) preferred = (this.#at + 1) % addresses.length
        if (error instanceof NotThePrimary) await this.end()
        throw error
      }
    }
  } as unknown as typeof pg.Client
}

/**
 * A pool over one or several servers. With several, a connection is tried at each of them once before it fails: after a standby's
 * promotion the pool finds the new primary by itself, without a restart.
 */
export function createPool(address: string, config: pg.PoolConfig): pg.Pool {
  const addresses = serverAddresses(address)
  if (addresses.length === 1) return new pg.Pool({ ...config, connectionString: address })
  const pool = new pg.Pool({ ...config, Client: failoverClient(addresses) })
  const connectOnce = pool.connect.bind(pool) as () => Promise<pg.PoolClient>
  const connect = async (): Promise<pg.PoolClient> => {
    for (let left = addresses.length - 1; ; left -= 1)
      try {
        return await connectOnce()
      } catch (error) {
        if (left === 0) throw error
      }
  }
  pool.connect = ((callback?: (error?: Error, client?: pg.PoolClient, release?: (error?: Error) => void) => void) => {
    const connected = connect()
    if (!callback) return connected
    return connected.then((client) => callback(undefined, client, client.release.bind(client)), callback)
  }) as typeof pool.connect
  return pool
}
