import { connect, createServer, type Socket } from 'node:net'

/** A line to a server that can be cut, or made to swallow everything as a network does whose other end was switched off. */
export interface Line {
  port: number
  /** Nothing goes through any more, in neither direction, and nobody is told. */
  freeze(): void
  /** Connections from now on go through; those that were there meanwhile stay silent. */
  thaw(): void
  close(): void
}

/** Starts a line to a port of this machine. */
export async function startLine(to: number): Promise<Line> {
  let frozen = false
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const silent = frozen
    const far = silent ? undefined : connect(to, '127.0.0.1')
    for (const socket of [near, far])
      if (socket) {
        sockets.add(socket)
        socket.on('error', () => {})
        socket.on('close', () => {
          sockets.delete(socket)
          near.destroy()
          far?.destroy()
        })
      }
    near.on('data', (bytes) => frozen || far?.write(bytes))
    far?.on('data', (bytes) => frozen || near.write(bytes))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    freeze: () => {
      frozen = true
    },
    thaw: () => {
      frozen = false
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
