import { createConnection, type Socket } from 'node:net'

/** One keep-alive connection that sends bytes made beforehand and reads no more of the answer than it must. */
export interface RawConnection {
  /** Sends a whole request; resolves with status and body when the answer is complete. */
  send(request: Buffer): Promise<{ status: number; body: string }>
  end(): void
}

/** Opens a connection to a service at `url`. Answers must carry their length, as the service's do. */
export async function openRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url)
  const socket: Socket = createConnection({ host: hostname, port: Number(port), noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let waiting: { resolve(answer: { status: number; body: string }): void; reject(error: Error): void } | undefined
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    received += chunk
    const headEnd = received.indexOf('\r\n\r\n')
    if (headEnd < 0) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(received.slice(0, headEnd))?.[1] ?? 0)
    if (received.length < headEnd + 4 + length) return
    const answer = { status: Number(received.slice(9, 12)), body: received.slice(headEnd + 4, headEnd + 4 + length) }
    received = received.slice(headEnd + 4 + length)
    const done = waiting
    waiting = undefined
    done?.resolve(answer)
  })
  const broken = (error?: Error) => waiting?.reject(error ?? new Error('the connection ended'))
  socket.on('error', broken)
  socket.on('close', () => broken())
  return {
    send(request) {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(request)
      })
    },
    end: () => socket.destroy(),
  }
}
