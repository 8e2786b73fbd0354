import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A wire between counter and service that can be cut and restored like a pulled cable. */
export interface CuttableProxy {
  url: string
  cut(): void
  restore(): void
  close(): Promise<void>
}

/**
 * Listens on a loopback port and forwards bytes to the http URL that `target` names at that moment. While cut, open connections are reset and new
 * ones refused after they connect, as a dead line behind a living router does.
 */
export async function startCuttableProxy(target: () => string): Promise<CuttableProxy> {
  const sockets = new Set<Socket>()
  let alive = true
  const server = createServer((client) => {
    if (!alive) {
      client.resetAndDestroy()
      return
    }
    const { hostname, port } = new URL(target())
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
      // A reset is what this proxy is for; the other side is closed by the handler above.
      socket.on('error', () => socket.destroy())
    }
    client.pipe(upstream)
    upstream.pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const reset = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      alive = false
      reset()
    },
    restore: () => {
      alive = true
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        reset()
      }),
  }
}
